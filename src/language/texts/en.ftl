# English: what every other language is compared with.
#
# The format is Fluent's (https://projectfluent.org). One entry a text; what stands in braces is
# filled in. No text holds markup. Names of entries and of what is filled in stay as they are here.
#
#   $title      what people know the application as
#   $name       what to call the person
#   $account    an account, masked: its address as a…@example.com, or its user name as a…
#   $lifetime   how long a link works: one of the durations below
#   $until      the moment at which it ends, with its zone
#   $purpose    what a link is for: password-reset, email-confirmation or login
#   $time       the moment at which something happened, with its zone
#   $client     a browser and a system, as client-browser-on-system has them
#   $reference  the id of the request
#   $min, $max  lengths of a password

# Durations and times
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
moment-utc = { $moment } UTC

# What every mail has
hello = Hello,
hello-name = Hello { $name },
link-once = The link works once, for the next { $lifetime }, until { $until }.
link-copy = If the button does not work, copy this link:
reference = Reference: { $reference }

# Somebody forgot a password
password-reset-subject = Choose a new password for { $title }
password-reset-intro = Somebody, most likely you, asked to choose a new password for your account at { $title }.
password-reset-button = Choose a new password
password-reset-ignore = If you did not ask for this, you need not do anything: your password stays as it is.

# A password was changed
password-changed-subject = Your password for { $title } was changed
password-changed-intro = The password of your account at { $title } was changed on { $time }.
password-changed-client = It was done with { $client }.
password-changed-fine = If that was you, all is well.
password-changed-not-you = If it was not you, tell us at once: you can then choose another password by a link that we send to this mailbox.
password-changed-button = This was not me
password-changed-mailbox = Change the password of your mailbox, too, and tell the people who run { $title }.
client-browser-on-system = { $browser } on { $system }
client-unknown-browser = an unknown program
client-unknown-system = an unknown system

# An address is to be confirmed
email-confirmation-subject = Confirm your email address for { $title }
email-confirmation-intro = Please confirm that this address belongs to your account at { $title }.
email-confirmation-button = Confirm this address
email-confirmation-ignore = If you have no account at { $title }, you need not do anything.

# A link to log in once
login-link-subject = Your link to log in to { $title }
login-link-intro = Somebody, most likely you, asked for a link to log in to { $title }.
login-link-button = Log in
login-link-ignore = If you did not ask for this, you need not do anything. Give the link to nobody: whoever has it can log in as you.

# An account was made for somebody
invitation-subject = Your account at { $title }
invitation-intro = An account at { $title } was made for you. Choose a password to begin.
invitation-button = Choose a password
invitation-ignore = If you did not expect this, you need not do anything.

# An operator was given a link
link-issued-subject = A link to your account at { $title } was made
link-issued-intro = { $purpose ->
    [login] On { $time }, the people who run { $title } made a link with which one can log in to your account. It works once, until { $until }.
    [email-confirmation] On { $time }, the people who run { $title } made a link that confirms the email address of your account. It works until { $until }.
   *[password-reset] On { $time }, the people who run { $title } made a link with which one can choose a new password for your account. It works once, until { $until }.
}
link-issued-fine = If you asked them for help, all is well.
link-issued-not-you = { $purpose ->
    [email-confirmation] If you did not, tell them at once.
   *[password-reset] If you did not, tell them at once: they can void the link. It stops working, too, as soon as you choose a new password yourself.
}

# What an operator sends to see that mail arrives
test-subject = A test mail of { $title }
test-intro = "regain check --send-test-mail" sent this for { $title } on { $time }. Links to choose a new password take the same way: see whether it came at once, and not among the unwanted mail.
test-nothing = Nothing is to be done.

# What pages share
mistakes = Please check what you typed
one-moment = One moment …
support = Get help
try-again = Try again

# Asking for a link
asked = If an account matches, a mail with a link is on its way.
ask-heading = Forgot your password?
ask-intro = Tell us who you are, and we will send you a mail with a link to choose a new one.
ask-address = Email address
ask-address-or-name = Email address or user name
ask-button = Send the link
ask-empty = Type your email address or your user name.
ask-invalid = What you typed is neither an email address nor a user name.
sent-heading = Check your mail
sent-intro = If there is an account for what you typed, a mail with a link is on its way. The link works once, and for a short time only.
sent-nothing = Nothing there after a few minutes? Look among the unwanted mail, or ask again.
ask-again = Ask for a new link

# Choosing a password
new-password-heading = Choose a new password
new-password-account = For the account { $account }
new-password-other = Meanwhile another link was opened in this browser. What you choose now is the password of the account shown here.
new-password-label = New password
new-password-rule = { $min ->
    [one] At least { $min } character. Any characters will do.
   *[other] At least { $min } characters. Any characters will do.
}
new-password-repeat = Repeat the new password
password-show = Show password
new-password-button = Set the password
new-password-differ = The two passwords differ.
done-heading = Your password is changed
done-intro = You can log in with it now. The link that you used no longer works.
done-go-on = Go on to { $title }
done-log-in = Log in to { $title }
refusal-too-short = { $min ->
    [one] The password must have at least { $min } character.
   *[other] The password must have at least { $min } characters.
}
refusal-too-long = { $max ->
    [one] The password must have at most { $max } character.
   *[other] The password must have at most { $max } characters.
}
refusal-too-many-bytes = { $max ->
    [one] The password must have at most { $max } byte; letters with accents, and signs such as emoji, take more than one.
   *[other] The password must have at most { $max } bytes; letters with accents, and signs such as emoji, take more than one.
}
refusal-nul = The password must not have a NUL character.
refusal-breached = This password has become known by a data breach, so others may try it. Choose another.
refusal-common = This is one of the passwords that are guessed first. Choose another, say a few words that do not belong together.
refusal-like-common = This is too much like a password that many people use. Add another word or two.
refusal-keyboard = Keys that lie side by side are easy to guess. Use a few words instead.
refusal-repetition = What is repeated is easy to guess. Add other words instead.
refusal-sequence = Sequences such as abc or 6543 are easy to guess. Use a few words instead.
refusal-date = Dates and years are easy to guess. Add another word or two.
refusal-single-word = A word by itself is easy to guess. Add another word or two.
refusal-name = Names are easy to guess. Add another word or two.
refusal-personal = Your name, your address and the name of this service are easy to guess. Use other words.
refusal-guessable = This password is too easy to guess. Add another word or two.
refusal-capitals = Capital letters hardly make it harder to guess.
refusal-reversed = Words written backwards are hardly harder to guess.
refusal-substitutions = Signs in place of letters, such as @ for a, hardly make it harder to guess.

# When something is wrong
expired-heading = This link has expired
expired-detail = Its time is over. Ask for a new one: it comes at once.
not-valid-heading = This link is not valid
not-valid-detail = Each link works once. If you have used it, your new password is set; if not, ask for a new link and open the newest mail.
too-often-heading = Too many attempts
too-often-detail = Please wait a while, then try again.
busy-heading = Too much to do just now
busy-detail = Please try again in a moment. Nothing is lost: your link goes on working.
not-found-heading = There is no such page
not-found-detail = The address is not quite right.
trouble-heading = Something went wrong
trouble-detail = Please try again. If it stays so, tell the people who run this service, with the reference below.
not-taken-heading = The form was not accepted
not-taken-detail = It stood open for too long, was sent from elsewhere or holds too much. Nothing was changed: open the page again and send it from there.

# Somebody else changed a password
not-me-heading = Somebody else changed your password?
not-me-intro = Tell us who you are. We will note it, tell the people who run { $title }, and send you a mail with a link to choose another password at once.
not-me-button = This was not me

# Confirming an address, and logging in by a link
confirm-email-heading = Confirm your email address
confirm-email-intro = Tell us who you are, and we will send you a mail with a link to confirm your address.
confirm-email-now-intro = Press the button to confirm that mail to your address reaches you.
confirmed-heading = Your email address is confirmed
confirmed-intro = There is nothing more to do. You can close this page.
login-heading = Log in by a link
login-intro = Tell us who you are, and we will send you a mail with a link to log in.
login-now-heading = Log in to { $title }
login-now-intro = Press the button to log in. The link works once.
other-account = Meanwhile another link was opened in this browser. What you do now is done for the account shown here.
not-valid-link-detail = Each link works once, and for one account as it was then. Ask for a new link and open the newest mail.
