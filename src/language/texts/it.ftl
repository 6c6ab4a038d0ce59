# Italiano
#
# Address: tu, without participles that would show a gender. No article before a date: it would
# have to be another one before the 8th and the 11th ("l’8").

# Durations and times
minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minuti
}
hours = { $count ->
    [one] { $count } ora
   *[other] { $count } ore
}
seconds = { $count ->
    [one] { $count } secondo
   *[other] { $count } secondi
}
moment-utc = { $moment } UTC

# What every mail has
hello = Ciao,
hello-name = Ciao { $name },
link-once = Il link funziona una sola volta, per { $lifetime } (scadenza: { $until }).
link-copy = Se il pulsante non funziona, copia questo link:
reference = Riferimento: { $reference }

# Somebody forgot a password
password-reset-subject = Scegli una nuova password per { $title }
password-reset-intro = Qualcuno, molto probabilmente tu, ha chiesto di scegliere una nuova password per il tuo account su { $title }.
password-reset-button = Scegli una nuova password
password-reset-ignore = Se non l’hai chiesto tu, non devi fare nulla: la tua password resta com’è.

# A password was changed
password-changed-subject = La tua password per { $title } è stata cambiata
password-changed-intro = La password del tuo account su { $title } è stata cambiata in data { $time }.
password-changed-client = La modifica è stata fatta con { $client }.
password-changed-fine = Se eri tu, va tutto bene.
password-changed-not-you = Se non eri tu, diccelo subito: potrai scegliere un’altra password con un link che invieremo a questa casella di posta.
password-changed-button = Non ero io
password-changed-mailbox = Cambia anche la password della tua casella di posta e avvisa chi gestisce { $title }.
client-browser-on-system = { $browser } su { $system }
client-unknown-browser = un programma sconosciuto
client-unknown-system = un sistema sconosciuto

# An address is to be confirmed
email-confirmation-subject = Conferma il tuo indirizzo email per { $title }
email-confirmation-intro = Per favore, conferma che questo indirizzo appartiene al tuo account su { $title }.
email-confirmation-button = Conferma questo indirizzo
email-confirmation-ignore = Se non hai un account su { $title }, non devi fare nulla.

# A link to log in once
login-link-subject = Il tuo link per accedere a { $title }
login-link-intro = Qualcuno, molto probabilmente tu, ha chiesto un link per accedere a { $title }.
login-link-button = Accedi
login-link-ignore = Se non l’hai chiesto tu, non devi fare nulla. Non dare il link a nessuno: chi ce l’ha può accedere al posto tuo.

# An account was made for somebody
invitation-subject = Il tuo account su { $title }
invitation-intro = È stato creato per te un account su { $title }. Scegli una password per iniziare.
invitation-button = Scegli una password
invitation-ignore = Se non te lo aspettavi, non devi fare nulla.

# An operator was given a link
link-issued-subject = È stato creato un link al tuo account su { $title }
link-issued-intro = { $purpose ->
    [login] In data { $time } chi gestisce { $title } ha creato un link con cui si può accedere al tuo account. Funziona una sola volta (scadenza: { $until }).
    [email-confirmation] In data { $time } chi gestisce { $title } ha creato un link che conferma l’indirizzo email del tuo account (scadenza: { $until }).
   *[password-reset] In data { $time } chi gestisce { $title } ha creato un link con cui si può scegliere una nuova password per il tuo account. Funziona una sola volta (scadenza: { $until }).
}
link-issued-fine = Se hai chiesto aiuto a chi lo gestisce, va tutto bene.
link-issued-not-you = { $purpose ->
    [email-confirmation] Altrimenti avvisa subito.
   *[password-reset] Altrimenti avvisa subito: il link può essere annullato. Smette di funzionare anche non appena scegli tu una nuova password.
}

# What an operator sends to see that mail arrives
test-subject = Un’email di prova di { $title }
test-intro = "regain check --send-test-mail" ha inviato questa email per conto di { $title } in data { $time }. I link per scegliere una nuova password seguono la stessa strada: controlla che questa email sia arrivata subito e non sia finita nella posta indesiderata.
test-nothing = Non devi fare nulla.

# What pages share
mistakes = Controlla quello che hai scritto
one-moment = Un momento…
support = Chiedi aiuto
try-again = Riprova

# Asking for a link
asked = Se esiste un account corrispondente, un’email con un link è in arrivo.
ask-heading = Hai dimenticato la password?
ask-intro = Dicci chi sei e ti invieremo un’email con un link per sceglierne una nuova.
ask-address = Indirizzo email
ask-address-or-name = Indirizzo email o nome utente
ask-button = Invia il link
ask-empty = Scrivi il tuo indirizzo email o il tuo nome utente.
ask-invalid = Quello che hai scritto non è né un indirizzo email né un nome utente.
sent-heading = Controlla la posta
sent-intro = Se esiste un account per quello che hai scritto, un’email con un link è in arrivo. Il link funziona una sola volta, e solo per poco tempo.
sent-nothing = Ancora nulla dopo qualche minuto? Guarda nella posta indesiderata o chiedi un nuovo link.
ask-again = Chiedi un nuovo link

# Choosing a password
new-password-heading = Scegli una nuova password
new-password-account = Per l’account { $account }
new-password-other = Nel frattempo in questo browser è stato aperto un altro link. Ora stai scegliendo la password dell’account mostrato qui.
new-password-label = Nuova password
new-password-rule = { $min ->
    [one] Almeno { $min } carattere. Va bene qualsiasi carattere.
   *[other] Almeno { $min } caratteri. Va bene qualsiasi carattere.
}
new-password-repeat = Ripeti la nuova password
password-show = Mostra password
new-password-button = Imposta la password
new-password-differ = Le due password non coincidono.
done-heading = La tua password è stata cambiata
done-intro = Ora puoi usarla per accedere. Il link che hai usato non funziona più.
done-go-on = Continua su { $title }
done-log-in = Accedi a { $title }
refusal-too-short = { $min ->
    [one] La password deve avere almeno { $min } carattere.
   *[other] La password deve avere almeno { $min } caratteri.
}
refusal-too-long = { $max ->
    [one] La password deve avere al massimo { $max } carattere.
   *[other] La password deve avere al massimo { $max } caratteri.
}
refusal-too-many-bytes = { $max ->
    [one] La password deve avere al massimo { $max } byte; le lettere accentate e i segni come le emoji ne occupano più di uno.
   *[other] La password deve avere al massimo { $max } byte; le lettere accentate e i segni come le emoji ne occupano più di uno.
}
refusal-nul = La password non può contenere un carattere NUL.
refusal-breached = Questa password è nota per una violazione di dati e altri possono provarla. Scegline un’altra.
refusal-common = Questa password è tra le prime che si provano. Scegline un’altra, per esempio alcune parole senza legame tra loro.
refusal-like-common = Questa password somiglia troppo a una che usano in molti. Aggiungi una o due parole.
refusal-keyboard = I tasti vicini tra loro sono facili da indovinare. Usa invece alcune parole.
refusal-repetition = Ciò che si ripete è facile da indovinare. Aggiungi invece altre parole.
refusal-sequence = Le sequenze come abc o 6543 sono facili da indovinare. Usa invece alcune parole.
refusal-date = Le date e gli anni sono facili da indovinare. Aggiungi una o due parole.
refusal-single-word = Una parola da sola è facile da indovinare. Aggiungi una o due parole.
refusal-name = I nomi e i cognomi sono facili da indovinare. Aggiungi una o due parole.
refusal-personal = Il tuo nome, il tuo indirizzo e il nome di questo servizio sono facili da indovinare. Usa altre parole.
refusal-guessable = Questa password è troppo facile da indovinare. Aggiungi una o due parole.
refusal-capitals = Le maiuscole la rendono appena più difficile da indovinare.
refusal-reversed = Le parole scritte al contrario sono appena più difficili da indovinare.
refusal-substitutions = I segni al posto delle lettere, come @ per a, la rendono appena più difficile da indovinare.

# When something is wrong
expired-heading = Questo link è scaduto
expired-detail = Il tempo è finito. Chiedi un nuovo link: arriva subito.
not-valid-heading = Questo link non è valido
not-valid-detail = Ogni link funziona una sola volta. Se l’hai già usato, la tua nuova password è impostata; altrimenti chiedi un nuovo link e apri l’email più recente.
too-often-heading = Troppi tentativi
too-often-detail = Aspetta un po’, poi riprova.
busy-heading = Il servizio è sovraccarico in questo momento
busy-detail = Riprova tra un attimo. Nulla è andato perso: il tuo link continua a funzionare.
not-found-heading = Questa pagina non esiste
not-found-detail = L’indirizzo non è del tutto giusto.
trouble-heading = Qualcosa è andato storto
trouble-detail = Riprova. Se il problema rimane, avvisa chi gestisce questo servizio e indica il riferimento qui sotto.
not-taken-heading = Il modulo non è stato accettato
not-taken-detail = È rimasto aperto troppo a lungo, è stato inviato da un’altra pagina o contiene troppi dati. Non è cambiato nulla: riapri la pagina e invialo da lì.

# Somebody else changed a password
not-me-heading = Qualcun altro ha cambiato la tua password?
not-me-intro = Dicci chi sei. Ne prenderemo nota, avviseremo chi gestisce { $title } e ti invieremo un’e-mail con un link per scegliere subito un’altra password.
not-me-button = Non ero io

# Confirming an address, and logging in by a link
confirm-email-heading = Conferma il tuo indirizzo email
confirm-email-intro = Dicci chi sei e ti invieremo un’email con un link per confermare il tuo indirizzo.
confirm-email-now-intro = Premi il pulsante per confermare che le email inviate al tuo indirizzo ti arrivano.
confirmed-heading = Il tuo indirizzo email è confermato
confirmed-intro = Non c’è altro da fare. Puoi chiudere questa pagina.
login-heading = Accedi con un link
login-intro = Dicci chi sei e ti invieremo un’email con un link per accedere.
login-now-heading = Accedi a { $title }
login-now-intro = Premi il pulsante per accedere. Il link funziona una sola volta.
other-account = Nel frattempo in questo browser è stato aperto un altro link. Quello che fai ora riguarda l’account mostrato qui.
not-valid-link-detail = Ogni link funziona una sola volta e per un account com’era allora. Chiedi un nuovo link e apri l’email più recente.
