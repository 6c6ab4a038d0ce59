# Nederlands
#
# Address: je.

# Durations and times
minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}
seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } seconden
}
moment-utc = { $moment } UTC

# What every mail has
hello = Hallo,
hello-name = Hallo { $name },
link-once = De link werkt maar één keer, { $lifetime } lang, tot { $until }.
link-copy = Werkt de knop niet? Kopieer dan deze link:
reference = Referentie: { $reference }

# Somebody forgot a password
password-reset-subject = Kies een nieuw wachtwoord voor { $title }
password-reset-intro = Iemand, hoogstwaarschijnlijk jijzelf, wil een nieuw wachtwoord kiezen voor je account bij { $title }.
password-reset-button = Nieuw wachtwoord kiezen
password-reset-ignore = Heb je hier niet om gevraagd? Dan hoef je niets te doen: je wachtwoord blijft zoals het is.

# A password was changed
password-changed-subject = Je wachtwoord voor { $title } is gewijzigd
password-changed-intro = Het wachtwoord van je account bij { $title } is gewijzigd op { $time }.
password-changed-client = Dat gebeurde met { $client }.
password-changed-fine = Was jij dat? Dan is alles in orde.
password-changed-not-you = Was jij het niet? Laat het ons meteen weten: je kunt dan een ander wachtwoord kiezen via een link die we naar deze mailbox sturen.
password-changed-button = Dit was ik niet
password-changed-mailbox = Wijzig ook het wachtwoord van je mailbox en waarschuw de mensen die { $title } beheren.
client-browser-on-system = { $browser } op { $system }
client-unknown-browser = een onbekend programma
client-unknown-system = een onbekend systeem

# An address is to be confirmed
email-confirmation-subject = Bevestig je e-mailadres voor { $title }
email-confirmation-intro = Bevestig dat dit het juiste adres is voor je account bij { $title }.
email-confirmation-button = Dit adres bevestigen
email-confirmation-ignore = Heb je geen account bij { $title }? Dan hoef je niets te doen.

# A link to log in once
login-link-subject = Je link om in te loggen bij { $title }
login-link-intro = Iemand, hoogstwaarschijnlijk jijzelf, heeft een link aangevraagd om in te loggen bij { $title }.
login-link-button = Inloggen
login-link-ignore = Heb je hier niet om gevraagd? Dan hoef je niets te doen. Geef de link aan niemand: wie hem heeft, kan in jouw naam inloggen.

# An account was made for somebody
invitation-subject = Je account bij { $title }
invitation-intro = Er is een account bij { $title } voor je aangemaakt. Kies een wachtwoord om te beginnen.
invitation-button = Wachtwoord kiezen
invitation-ignore = Had je dit niet verwacht? Dan hoef je niets te doen.

# An operator was given a link
link-issued-subject = Er is een link naar je account bij { $title } gemaakt
link-issued-intro = { $purpose ->
    [login] Op { $time } hebben de mensen die { $title } beheren een link gemaakt waarmee op je account kan worden ingelogd. De link werkt maar één keer, tot { $until }.
    [email-confirmation] Op { $time } hebben de mensen die { $title } beheren een link gemaakt die het e-mailadres van je account bevestigt. De link werkt tot { $until }.
   *[password-reset] Op { $time } hebben de mensen die { $title } beheren een link gemaakt waarmee een nieuw wachtwoord voor je account kan worden gekozen. De link werkt maar één keer, tot { $until }.
}
link-issued-fine = Heb je hun om hulp gevraagd? Dan is alles in orde.
link-issued-not-you = { $purpose ->
    [email-confirmation] Zo niet, waarschuw hen dan meteen.
   *[password-reset] Zo niet, waarschuw hen dan meteen: zij kunnen de link ongeldig maken. De link werkt ook niet meer zodra je zelf een nieuw wachtwoord kiest.
}

# What an operator sends to see that mail arrives
test-subject = Een testmail van { $title }
test-intro = "regain check --send-test-mail" heeft deze mail op { $time } verstuurd voor { $title }. Links om een nieuw wachtwoord te kiezen gaan dezelfde weg: kijk of deze mail meteen is aangekomen en niet bij de ongewenste mail zit.
test-nothing = Je hoeft niets te doen.

# What pages share
mistakes = Controleer wat je hebt ingevuld
one-moment = Een ogenblik…
support = Hulp
try-again = Opnieuw proberen

# Asking for a link
asked = Als er een bijpassend account is, is er een mail met een link onderweg.
ask-heading = Wachtwoord vergeten?
ask-intro = Vertel ons wie je bent, dan sturen we je een mail met een link om een nieuw wachtwoord te kiezen.
ask-address = E-mailadres
ask-address-or-name = E-mailadres of gebruikersnaam
ask-button = Link versturen
ask-empty = Vul je e-mailadres of je gebruikersnaam in.
ask-invalid = Wat je hebt ingevuld, is geen e-mailadres en ook geen gebruikersnaam.
sent-heading = Bekijk je mail
sent-intro = Als er een account is voor wat je hebt ingevuld, is er een mail met een link onderweg. De link werkt maar één keer, en maar korte tijd.
sent-nothing = Na een paar minuten nog niets? Kijk bij de ongewenste mail of vraag een nieuwe link aan.
ask-again = Nieuwe link aanvragen

# Choosing a password
new-password-heading = Kies een nieuw wachtwoord
new-password-account = Voor het account { $account }
new-password-other = Intussen is in deze browser een andere link geopend. Je kiest nu het wachtwoord van het account dat hier staat.
new-password-label = Nieuw wachtwoord
new-password-rule = { $min ->
    [one] Minstens { $min } teken. Alle tekens mogen.
   *[other] Minstens { $min } tekens. Alle tekens mogen.
}
new-password-repeat = Herhaal het nieuwe wachtwoord
password-show = Wachtwoord tonen
new-password-button = Wachtwoord instellen
new-password-differ = De twee wachtwoorden zijn niet gelijk.
done-heading = Je wachtwoord is gewijzigd
done-intro = Je kunt er nu mee inloggen. De link die je hebt gebruikt, werkt niet meer.
done-go-on = Verder naar { $title }
done-log-in = Inloggen bij { $title }
refusal-too-short = { $min ->
    [one] Het wachtwoord moet minstens { $min } teken lang zijn.
   *[other] Het wachtwoord moet minstens { $min } tekens lang zijn.
}
refusal-too-long = { $max ->
    [one] Het wachtwoord mag hoogstens { $max } teken lang zijn.
   *[other] Het wachtwoord mag hoogstens { $max } tekens lang zijn.
}
refusal-too-many-bytes = { $max ->
    [one] Het wachtwoord mag hoogstens { $max } byte lang zijn; letters met accenten en tekens zoals emoji nemen meer dan één byte in.
   *[other] Het wachtwoord mag hoogstens { $max } bytes lang zijn; letters met accenten en tekens zoals emoji nemen meer dan één byte in.
}
refusal-nul = Het wachtwoord mag geen NUL-teken bevatten.
refusal-breached = Dit wachtwoord is bekend geworden door een datalek, dus anderen kunnen het proberen. Kies een ander.
refusal-common = Dit wachtwoord wordt als een van de eerste geprobeerd. Kies een ander, bijvoorbeeld een paar woorden die niets met elkaar te maken hebben.
refusal-like-common = Dit wachtwoord lijkt te veel op een dat veel mensen gebruiken. Voeg nog een of twee woorden toe.
refusal-keyboard = Toetsen die naast elkaar liggen zijn makkelijk te raden. Gebruik liever een paar woorden.
refusal-repetition = Herhalingen zijn makkelijk te raden. Voeg liever andere woorden toe.
refusal-sequence = Reeksen zoals abc of 6543 zijn makkelijk te raden. Gebruik liever een paar woorden.
refusal-date = Datums en jaartallen zijn makkelijk te raden. Voeg nog een of twee woorden toe.
refusal-single-word = Eén enkel woord is makkelijk te raden. Voeg nog een of twee woorden toe.
refusal-name = Namen zijn makkelijk te raden. Voeg nog een of twee woorden toe.
refusal-personal = Je naam, je adres en de naam van deze dienst zijn makkelijk te raden. Gebruik andere woorden.
refusal-guessable = Dit wachtwoord is te makkelijk te raden. Voeg nog een of twee woorden toe.
refusal-capitals = Hoofdletters maken het nauwelijks moeilijker te raden.
refusal-reversed = Omgekeerd geschreven woorden zijn nauwelijks moeilijker te raden.
refusal-substitutions = Tekens in plaats van letters, zoals @ voor a, maken het nauwelijks moeilijker te raden.

# When something is wrong
expired-heading = Deze link is verlopen
expired-detail = De tijd is om. Vraag een nieuwe aan: die komt meteen.
not-valid-heading = Deze link is niet geldig
not-valid-detail = Elke link werkt maar één keer. Heb je hem al gebruikt, dan is je nieuwe wachtwoord ingesteld. Zo niet, vraag dan een nieuwe link aan en open de nieuwste mail.
too-often-heading = Te veel pogingen
too-often-detail = Wacht even en probeer het dan opnieuw.
busy-heading = Het is nu even te druk
busy-detail = Probeer het zo meteen opnieuw. Er is niets verloren: je link blijft werken.
not-found-heading = Deze pagina bestaat niet
not-found-detail = Het adres klopt niet helemaal.
trouble-heading = Er ging iets mis
trouble-detail = Probeer het opnieuw. Blijft het zo, laat het dan weten aan de mensen die deze dienst beheren, en geef de referentie hieronder door.
not-taken-heading = Het formulier is niet geaccepteerd
not-taken-detail = Het stond te lang open, is ergens anders vandaan verstuurd of bevat te veel. Er is niets gewijzigd: open de pagina opnieuw en verstuur het van daaruit.

# Somebody else changed a password
not-me-heading = Heeft iemand anders je wachtwoord gewijzigd?
not-me-intro = Vertel ons wie je bent. We noteren het, laten het weten aan de mensen die { $title } beheren, en sturen je een mail met een link om meteen een ander wachtwoord te kiezen.
not-me-button = Dat was ik niet

# Confirming an address, and logging in by a link
confirm-email-heading = Bevestig je e-mailadres
confirm-email-intro = Vertel ons wie je bent, dan sturen we je een mail met een link om je adres te bevestigen.
confirm-email-now-intro = Druk op de knop om te bevestigen dat mail naar je adres bij je aankomt.
confirmed-heading = Je e-mailadres is bevestigd
confirmed-intro = Verder hoef je niets te doen. Je kunt deze pagina sluiten.
login-heading = Inloggen met een link
login-intro = Vertel ons wie je bent, dan sturen we je een mail met een link om in te loggen.
login-now-heading = Inloggen bij { $title }
login-now-intro = Druk op de knop om in te loggen. De link werkt maar één keer.
other-account = Intussen is in deze browser een andere link geopend. Wat je nu doet, geldt voor het account dat hier staat.
not-valid-link-detail = Elke link werkt maar één keer, en voor een account zoals het toen was. Vraag een nieuwe link aan en open de nieuwste mail.
