# Polski
#
# Durations are in the accusative, as "przez" demands it in link-once; client-unknown-system
# stands after "w systemie".

# Durations and times
minutes = { $count ->
    [one] { $count } minutę
    [few] { $count } minuty
    [many] { $count } minut
   *[other] { $count } minuty
}
hours = { $count ->
    [one] { $count } godzinę
    [few] { $count } godziny
    [many] { $count } godzin
   *[other] { $count } godziny
}
seconds = { $count ->
    [one] { $count } sekundę
    [few] { $count } sekundy
    [many] { $count } sekund
   *[other] { $count } sekundy
}
moment-utc = { $moment } UTC

# What every mail has
hello = Dzień dobry!
hello-name = Dzień dobry, { $name }!
link-once = Link zadziała tylko raz. Jest ważny przez { $lifetime }, do { $until }.
link-copy = Jeśli przycisk nie działa, skopiuj ten link:
reference = Identyfikator zgłoszenia: { $reference }

# Somebody forgot a password
password-reset-subject = Ustaw nowe hasło do serwisu { $title }
password-reset-intro = Otrzymaliśmy – najprawdopodobniej od Ciebie – prośbę o zmianę hasła do Twojego konta w serwisie { $title }.
password-reset-button = Ustaw nowe hasło
password-reset-ignore = Jeśli to nie Twoja prośba, nie musisz nic robić: hasło pozostanie bez zmian.

# A password was changed
password-changed-subject = Zmieniono Twoje hasło do serwisu { $title }
password-changed-intro = Hasło do Twojego konta w serwisie { $title } zmieniono { $time }.
password-changed-client = Użyte oprogramowanie: { $client }.
password-changed-fine = Jeśli to Ty, wszystko w porządku.
password-changed-not-you = Jeśli to nie Ty, daj nam znać od razu: na tę skrzynkę wyślemy wtedy link do ustawienia innego hasła.
password-changed-button = To nie ja
password-changed-mailbox = Zmień też hasło do swojej skrzynki pocztowej i powiadom administratorów serwisu { $title }.
client-browser-on-system = { $browser } w systemie { $system }
client-unknown-browser = nieznany program
client-unknown-system = nieznanego typu

# An address is to be confirmed
email-confirmation-subject = Potwierdź swój adres e-mail w serwisie { $title }
email-confirmation-intro = Potwierdź, że ten adres należy do Twojego konta w serwisie { $title }.
email-confirmation-button = Potwierdź ten adres
email-confirmation-ignore = Jeśli nie masz konta w serwisie { $title }, nie musisz nic robić.

# A link to log in once
login-link-subject = Twój link do logowania w serwisie { $title }
login-link-intro = Otrzymaliśmy – najprawdopodobniej od Ciebie – prośbę o link do logowania w serwisie { $title }.
login-link-button = Zaloguj się
login-link-ignore = Jeśli to nie Twoja prośba, nie musisz nic robić. Nikomu nie przekazuj tego linku: kto go ma, może zalogować się na Twoje konto.

# An account was made for somebody
invitation-subject = Twoje konto w serwisie { $title }
invitation-intro = Utworzono dla Ciebie konto w serwisie { $title }. Ustaw hasło, aby zacząć.
invitation-button = Ustaw hasło
invitation-ignore = Jeśli nic o tym nie wiesz, nie musisz nic robić.

# An operator was given a link
link-issued-subject = Utworzono link do Twojego konta w serwisie { $title }
link-issued-intro = { $purpose ->
    [login] Administratorzy serwisu { $title } utworzyli { $time } link, za pomocą którego można zalogować się na Twoje konto. Link zadziała tylko raz. Jest ważny do { $until }.
    [email-confirmation] Administratorzy serwisu { $title } utworzyli { $time } link, który potwierdza adres e-mail Twojego konta. Jest ważny do { $until }.
   *[password-reset] Administratorzy serwisu { $title } utworzyli { $time } link, za pomocą którego można ustawić nowe hasło do Twojego konta. Link zadziała tylko raz. Jest ważny do { $until }.
}
link-issued-fine = Jeśli to na Twoją prośbę, wszystko w porządku.
link-issued-not-you = { $purpose ->
    [email-confirmation] Jeśli nie, daj im znać od razu.
   *[password-reset] Jeśli nie, daj im znać od razu: mogą unieważnić ten link. Przestanie on też działać, gdy tylko ustawisz nowe hasło.
}

# What an operator sends to see that mail arrives
test-subject = Wiadomość testowa serwisu { $title }
test-intro = Polecenie "regain check --send-test-mail" wysłało tę wiadomość { $time } dla serwisu { $title }. Linki do ustawiania nowego hasła są wysyłane tą samą drogą: sprawdź, czy wiadomość dotarła od razu i czy nie trafiła do spamu.
test-nothing = Nic nie trzeba robić.

# What pages share
mistakes = Sprawdź wpisane dane
one-moment = Chwileczkę…
support = Pomoc
try-again = Spróbuj ponownie

# Asking for a link
asked = Jeśli istnieje pasujące konto, wiadomość z linkiem jest już w drodze.
ask-heading = Nie pamiętasz hasła?
ask-intro = Powiedz nam, kim jesteś, a wyślemy Ci wiadomość z linkiem do ustawienia nowego hasła.
ask-address = Adres e-mail
ask-address-or-name = Adres e-mail lub nazwa użytkownika
ask-button = Wyślij link
ask-empty = Wpisz swój adres e-mail lub nazwę użytkownika.
ask-invalid = Wpisany tekst nie jest ani adresem e-mail, ani nazwą użytkownika.
sent-heading = Sprawdź pocztę
sent-intro = Jeśli istnieje konto pasujące do wpisanych danych, wiadomość z linkiem jest już w drodze. Link zadziała tylko raz i tylko przez krótki czas.
sent-nothing = Po kilku minutach nadal nic? Zajrzyj do spamu albo poproś o link ponownie.
ask-again = Poproś o nowy link

# Choosing a password
new-password-heading = Ustaw nowe hasło
new-password-account = Dla konta { $account }
new-password-other = W międzyczasie w tej przeglądarce otwarto inny link. Ustawiasz teraz hasło do pokazanego tu konta.
new-password-label = Nowe hasło
new-password-rule = { $min ->
    [one] Co najmniej { $min } znak. Znaki mogą być dowolne.
    [few] Co najmniej { $min } znaki. Znaki mogą być dowolne.
    [many] Co najmniej { $min } znaków. Znaki mogą być dowolne.
   *[other] Co najmniej { $min } znaku. Znaki mogą być dowolne.
}
new-password-repeat = Powtórz nowe hasło
password-show = Pokaż hasło
new-password-button = Ustaw hasło
new-password-differ = Podane hasła nie są takie same.
done-heading = Hasło zostało zmienione
done-intro = Możesz się teraz nim zalogować. Wykorzystany link już nie działa.
done-go-on = Przejdź do serwisu { $title }
done-log-in = Zaloguj się w serwisie { $title }
refusal-too-short = { $min ->
    [one] Hasło musi mieć co najmniej { $min } znak.
    [few] Hasło musi mieć co najmniej { $min } znaki.
    [many] Hasło musi mieć co najmniej { $min } znaków.
   *[other] Hasło musi mieć co najmniej { $min } znaku.
}
refusal-too-long = { $max ->
    [one] Hasło może mieć najwyżej { $max } znak.
    [few] Hasło może mieć najwyżej { $max } znaki.
    [many] Hasło może mieć najwyżej { $max } znaków.
   *[other] Hasło może mieć najwyżej { $max } znaku.
}
refusal-too-many-bytes = { $max ->
    [one] Hasło może mieć najwyżej { $max } bajt; litery takie jak ą czy ł oraz znaki takie jak emoji zajmują więcej niż jeden.
    [few] Hasło może mieć najwyżej { $max } bajty; litery takie jak ą czy ł oraz znaki takie jak emoji zajmują więcej niż jeden.
    [many] Hasło może mieć najwyżej { $max } bajtów; litery takie jak ą czy ł oraz znaki takie jak emoji zajmują więcej niż jeden.
   *[other] Hasło może mieć najwyżej { $max } bajta; litery takie jak ą czy ł oraz znaki takie jak emoji zajmują więcej niż jeden.
}
refusal-nul = Hasło nie może zawierać znaku NUL.
refusal-breached = To hasło jest znane z wycieku danych i inni mogą je wypróbować. Wybierz inne.
refusal-common = To hasło jest jednym z pierwszych, które się sprawdza. Wybierz inne, na przykład kilka niepowiązanych ze sobą słów.
refusal-like-common = To hasło za bardzo przypomina takie, którego używa wiele osób. Dodaj jeszcze jedno lub dwa słowa.
refusal-keyboard = Klawisze leżące obok siebie łatwo odgadnąć. Użyj raczej kilku słów.
refusal-repetition = Powtórzenia łatwo odgadnąć. Dodaj raczej inne słowa.
refusal-sequence = Ciągi takie jak abc lub 6543 łatwo odgadnąć. Użyj raczej kilku słów.
refusal-date = Daty i lata łatwo odgadnąć. Dodaj jeszcze jedno lub dwa słowa.
refusal-single-word = Pojedyncze słowo łatwo odgadnąć. Dodaj jeszcze jedno lub dwa słowa.
refusal-name = Imiona i nazwiska łatwo odgadnąć. Dodaj jeszcze jedno lub dwa słowa.
refusal-personal = Twoje imię i nazwisko, Twój adres oraz nazwę tego serwisu łatwo odgadnąć. Użyj innych słów.
refusal-guessable = To hasło zbyt łatwo odgadnąć. Dodaj jeszcze jedno lub dwa słowa.
refusal-capitals = Wielkie litery prawie nie utrudniają odgadnięcia hasła.
refusal-reversed = Słowa pisane wspak są prawie tak samo łatwe do odgadnięcia.
refusal-substitutions = Znaki zamiast liter, na przykład @ zamiast a, prawie nie utrudniają odgadnięcia hasła.

# When something is wrong
expired-heading = Ten link wygasł
expired-detail = Jego czas minął. Poproś o nowy: przyjdzie od razu.
not-valid-heading = Ten link jest nieważny
not-valid-detail = Każdy link działa tylko raz. Jeśli został już użyty, nowe hasło jest ustawione; jeśli nie, poproś o nowy link i otwórz najnowszą wiadomość.
too-often-heading = Zbyt wiele prób
too-often-detail = Odczekaj chwilę, a potem spróbuj ponownie.
busy-heading = Mamy teraz zbyt duży ruch
busy-detail = Spróbuj ponownie za chwilę. Nic nie przepadło: Twój link nadal działa.
not-found-heading = Nie ma takiej strony
not-found-detail = W adresie jest jakiś błąd.
trouble-heading = Coś poszło nie tak
trouble-detail = Spróbuj ponownie. Jeśli problem nie zniknie, powiadom administratorów tej usługi i podaj poniższy identyfikator zgłoszenia.
not-taken-heading = Formularz nie został przyjęty
not-taken-detail = Był otwarty zbyt długo, wysłano go z innego miejsca albo zawiera zbyt wiele danych. Nic się nie zmieniło: otwórz stronę ponownie i wyślij formularz stamtąd.

# Somebody else changed a password
not-me-heading = Ktoś inny zmienił Twoje hasło?
not-me-intro = Podaj, o czyje konto chodzi. Odnotujemy to, powiadomimy osoby prowadzące serwis { $title } i wyślemy Ci wiadomość z linkiem, który pozwoli od razu ustawić inne hasło.
not-me-button = To nie ja

# Confirming an address, and logging in by a link
confirm-email-heading = Potwierdź swój adres e-mail
confirm-email-intro = Powiedz nam, kim jesteś, a wyślemy Ci wiadomość z linkiem do potwierdzenia adresu.
confirm-email-now-intro = Naciśnij przycisk, aby potwierdzić, że wiadomości wysyłane na Twój adres do Ciebie docierają.
confirmed-heading = Twój adres e-mail jest potwierdzony
confirmed-intro = Nic więcej nie trzeba robić. Możesz zamknąć tę stronę.
login-heading = Logowanie za pomocą linku
login-intro = Powiedz nam, kim jesteś, a wyślemy Ci wiadomość z linkiem do logowania.
login-now-heading = Logowanie w serwisie { $title }
login-now-intro = Naciśnij przycisk, aby się zalogować. Link działa tylko raz.
other-account = W międzyczasie w tej przeglądarce otwarto inny link. To, co teraz zrobisz, dotyczy pokazanego tu konta.
not-valid-link-detail = Każdy link działa tylko raz i dla konta w takim stanie, w jakim było wtedy. Poproś o nowy link i otwórz najnowszą wiadomość.
