# Deutsch
#
# Address: Sie. $client stands after "mit", $system after "unter": both in the dative.

# Durations and times
minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
moment-utc = { $moment } UTC

# What every mail has
hello = Guten Tag!
hello-name = Guten Tag { $name }!
link-once = Der Link funktioniert nur einmal und nur { $lifetime } lang, bis zum { $until }.
link-copy = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diesen Link:
reference = Referenz: { $reference }

# Somebody forgot a password
password-reset-subject = Neues Passwort für { $title } wählen
password-reset-intro = Jemand, höchstwahrscheinlich Sie selbst, möchte ein neues Passwort für Ihr Konto bei { $title } wählen.
password-reset-button = Neues Passwort wählen
password-reset-ignore = Wenn Sie das nicht angefordert haben, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.

# A password was changed
password-changed-subject = Ihr Passwort für { $title } wurde geändert
password-changed-intro = Das Passwort Ihres Kontos bei { $title } wurde am { $time } geändert.
password-changed-client = Das geschah mit { $client }.
password-changed-fine = Wenn Sie das waren, ist alles in Ordnung.
password-changed-not-you = Wenn Sie es nicht waren, sagen Sie uns sofort Bescheid: Über einen Link, den wir an dieses Postfach schicken, können Sie dann ein anderes Passwort wählen.
password-changed-button = Das war ich nicht
password-changed-mailbox = Ändern Sie auch das Passwort Ihres Postfachs, und sagen Sie denen Bescheid, die { $title } betreiben.
client-browser-on-system = { $browser } unter { $system }
client-unknown-browser = einem unbekannten Programm
client-unknown-system = einem unbekannten System

# An address is to be confirmed
email-confirmation-subject = Bestätigen Sie Ihre E-Mail-Adresse für { $title }
email-confirmation-intro = Bitte bestätigen Sie, dass diese Adresse zu Ihrem Konto bei { $title } gehört.
email-confirmation-button = Diese Adresse bestätigen
email-confirmation-ignore = Wenn Sie kein Konto bei { $title } haben, müssen Sie nichts tun.

# A link to log in once
login-link-subject = Ihr Link zum Anmelden bei { $title }
login-link-intro = Jemand, höchstwahrscheinlich Sie selbst, hat einen Link zum Anmelden bei { $title } angefordert.
login-link-button = Anmelden
login-link-ignore = Wenn Sie das nicht angefordert haben, müssen Sie nichts tun. Geben Sie den Link an niemanden weiter: Wer ihn hat, kann sich in Ihrem Namen anmelden.

# An account was made for somebody
invitation-subject = Ihr Konto bei { $title }
invitation-intro = Für Sie wurde ein Konto bei { $title } angelegt. Wählen Sie ein Passwort, um loszulegen.
invitation-button = Passwort wählen
invitation-ignore = Wenn Sie das nicht erwartet haben, müssen Sie nichts tun.

# An operator was given a link
link-issued-subject = Ein Link zu Ihrem Konto bei { $title } wurde erstellt
link-issued-intro = { $purpose ->
    [login] Am { $time } haben diejenigen, die { $title } betreiben, einen Link erstellt, mit dem man sich bei Ihrem Konto anmelden kann. Er funktioniert nur einmal, bis zum { $until }.
    [email-confirmation] Am { $time } haben diejenigen, die { $title } betreiben, einen Link erstellt, der die E-Mail-Adresse Ihres Kontos bestätigt. Er funktioniert bis zum { $until }.
   *[password-reset] Am { $time } haben diejenigen, die { $title } betreiben, einen Link erstellt, mit dem sich ein neues Passwort für Ihr Konto wählen lässt. Er funktioniert nur einmal, bis zum { $until }.
}
link-issued-fine = Wenn Sie dort um Hilfe gebeten haben, ist alles in Ordnung.
link-issued-not-you = { $purpose ->
    [email-confirmation] Wenn nicht, sagen Sie dort sofort Bescheid.
   *[password-reset] Wenn nicht, sagen Sie dort sofort Bescheid: Der Link kann ungültig gemacht werden. Er funktioniert auch nicht mehr, sobald Sie selbst ein neues Passwort wählen.
}

# What an operator sends to see that mail arrives
test-subject = Eine Test-E-Mail von { $title }
test-intro = "regain check --send-test-mail" hat diese E-Mail am { $time } für { $title } gesendet. Links für ein neues Passwort nehmen denselben Weg: Sehen Sie nach, ob diese E-Mail sofort angekommen ist und nicht im Spam-Ordner liegt.
test-nothing = Sie müssen nichts weiter tun.

# What pages share
mistakes = Bitte prüfen Sie Ihre Eingabe
one-moment = Einen Moment …
support = Hilfe
try-again = Noch einmal versuchen

# Asking for a link
asked = Wenn es ein passendes Konto gibt, ist eine E-Mail mit einem Link unterwegs.
ask-heading = Passwort vergessen?
ask-intro = Sagen Sie uns, wer Sie sind, und wir schicken Ihnen eine E-Mail mit einem Link, über den Sie ein neues Passwort wählen können.
ask-address = E-Mail-Adresse
ask-address-or-name = E-Mail-Adresse oder Benutzername
ask-button = Link senden
ask-empty = Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.
ask-invalid = Ihre Eingabe ist weder eine E-Mail-Adresse noch ein Benutzername.
sent-heading = Sehen Sie in Ihrem Postfach nach
sent-intro = Wenn es zu Ihrer Eingabe ein Konto gibt, ist eine E-Mail mit einem Link unterwegs. Der Link funktioniert nur einmal und nur für kurze Zeit.
sent-nothing = Nach ein paar Minuten noch nichts da? Sehen Sie im Spam-Ordner nach, oder fordern Sie einen neuen Link an.
ask-again = Neuen Link anfordern

# Choosing a password
new-password-heading = Wählen Sie ein neues Passwort
new-password-account = Für das Konto { $account }
new-password-other = Inzwischen wurde in diesem Browser ein anderer Link geöffnet. Sie wählen jetzt das Passwort des hier angezeigten Kontos.
new-password-label = Neues Passwort
new-password-rule = { $min ->
    [one] Mindestens { $min } Zeichen. Alle Zeichen sind erlaubt.
   *[other] Mindestens { $min } Zeichen. Alle Zeichen sind erlaubt.
}
new-password-repeat = Neues Passwort wiederholen
password-show = Passwort anzeigen
new-password-button = Passwort festlegen
new-password-differ = Die beiden Passwörter stimmen nicht überein.
done-heading = Ihr Passwort ist geändert
done-intro = Sie können sich jetzt damit anmelden. Der Link, den Sie benutzt haben, funktioniert nicht mehr.
done-go-on = Weiter zu { $title }
done-log-in = Bei { $title } anmelden
refusal-too-short = { $min ->
    [one] Das Passwort muss mindestens { $min } Zeichen lang sein.
   *[other] Das Passwort muss mindestens { $min } Zeichen lang sein.
}
refusal-too-long = { $max ->
    [one] Das Passwort darf höchstens { $max } Zeichen lang sein.
   *[other] Das Passwort darf höchstens { $max } Zeichen lang sein.
}
refusal-too-many-bytes = { $max ->
    [one] Das Passwort darf höchstens { $max } Byte lang sein; Umlaute, Buchstaben mit Akzent und Zeichen wie Emojis brauchen mehr als ein Byte.
   *[other] Das Passwort darf höchstens { $max } Bytes lang sein; Umlaute, Buchstaben mit Akzent und Zeichen wie Emojis brauchen mehr als ein Byte.
}
refusal-nul = Das Passwort darf kein NUL-Zeichen enthalten.
refusal-breached = Dieses Passwort ist durch ein Datenleck bekannt geworden, andere können es ausprobieren. Wählen Sie ein anderes.
refusal-common = Dieses Passwort wird mit als Erstes ausprobiert. Wählen Sie ein anderes, zum Beispiel ein paar Wörter, die nicht zusammengehören.
refusal-like-common = Dieses Passwort ähnelt zu sehr einem, das viele benutzen. Fügen Sie ein oder zwei Wörter hinzu.
refusal-keyboard = Tasten, die nebeneinanderliegen, sind leicht zu erraten. Nehmen Sie stattdessen ein paar Wörter.
refusal-repetition = Wiederholungen sind leicht zu erraten. Fügen Sie stattdessen andere Wörter hinzu.
refusal-sequence = Folgen wie abc oder 6543 sind leicht zu erraten. Nehmen Sie stattdessen ein paar Wörter.
refusal-date = Daten und Jahreszahlen sind leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu.
refusal-single-word = Ein einzelnes Wort ist leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu.
refusal-name = Namen sind leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu.
refusal-personal = Ihr Name, Ihre Adresse und der Name dieses Dienstes sind leicht zu erraten. Nehmen Sie andere Wörter.
refusal-guessable = Dieses Passwort ist zu leicht zu erraten. Fügen Sie ein oder zwei Wörter hinzu.
refusal-capitals = Großbuchstaben machen es kaum schwerer zu erraten.
refusal-reversed = Rückwärts geschriebene Wörter sind kaum schwerer zu erraten.
refusal-substitutions = Zeichen anstelle von Buchstaben, etwa @ für a, machen es kaum schwerer zu erraten.

# When something is wrong
expired-heading = Dieser Link ist abgelaufen
expired-detail = Die Zeit ist um. Fordern Sie einen neuen Link an: Er kommt sofort.
not-valid-heading = Dieser Link ist nicht gültig
not-valid-detail = Jeder Link funktioniert nur einmal. Wenn Sie ihn schon benutzt haben, gilt Ihr neues Passwort bereits; wenn nicht, fordern Sie einen neuen Link an und öffnen Sie die neueste E-Mail.
too-often-heading = Zu viele Versuche
too-often-detail = Bitte warten Sie eine Weile, und versuchen Sie es dann noch einmal.
busy-heading = Gerade ist zu viel los
busy-detail = Bitte versuchen Sie es gleich noch einmal. Nichts ist verloren: Ihr Link funktioniert weiterhin.
not-found-heading = Diese Seite gibt es nicht
not-found-detail = Die Adresse stimmt nicht ganz.
trouble-heading = Etwas ist schiefgegangen
trouble-detail = Bitte versuchen Sie es noch einmal. Wenn es dabei bleibt, sagen Sie denen Bescheid, die diesen Dienst betreiben, und nennen Sie die Referenz unten.
not-taken-heading = Das Formular wurde nicht angenommen
not-taken-detail = Es war zu lange geöffnet, wurde von anderswo gesendet oder enthält zu viel. Es wurde nichts geändert: Öffnen Sie die Seite neu, und senden Sie das Formular von dort ab.

# Somebody else changed a password
not-me-heading = Jemand anderes hat Ihr Passwort geändert?
not-me-intro = Sagen Sie uns, wer Sie sind. Wir vermerken es, geben denen Bescheid, die { $title } betreiben, und schicken Ihnen eine E-Mail mit einem Link, über den Sie sofort ein anderes Passwort wählen können.
not-me-button = Das war ich nicht

# Confirming an address, and logging in by a link
confirm-email-heading = Bestätigen Sie Ihre E-Mail-Adresse
confirm-email-intro = Sagen Sie uns, wer Sie sind, und wir schicken Ihnen eine E-Mail mit einem Link, über den Sie Ihre Adresse bestätigen können.
confirm-email-now-intro = Mit der Schaltfläche bestätigen Sie, dass E-Mails an Ihre Adresse bei Ihnen ankommen.
confirmed-heading = Ihre E-Mail-Adresse ist bestätigt
confirmed-intro = Mehr ist nicht zu tun. Sie können diese Seite schließen.
login-heading = Mit einem Link anmelden
login-intro = Sagen Sie uns, wer Sie sind, und wir schicken Ihnen eine E-Mail mit einem Link, über den Sie sich anmelden können.
login-now-heading = Anmelden bei { $title }
login-now-intro = Mit der Schaltfläche melden Sie sich an. Der Link funktioniert nur einmal.
other-account = Inzwischen wurde in diesem Browser ein anderer Link geöffnet. Was Sie jetzt tun, gilt für das hier angezeigte Konto.
not-valid-link-detail = Jeder Link funktioniert nur einmal und nur für ein Konto, wie es damals war. Fordern Sie einen neuen Link an, und öffnen Sie die neueste E-Mail.
