# Français
#
# Address: vous. No "de" before $title: it would have to elide before a vowel.
# A no-break space stands before a colon, a narrow one before other double signs.

# Durations and times
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
moment-utc = { $moment } UTC

# What every mail has
hello = Bonjour,
hello-name = Bonjour { $name },
link-once = Le lien ne fonctionne qu’une seule fois, pendant { $lifetime }, jusqu’au { $until }.
link-copy = Si le bouton ne fonctionne pas, copiez ce lien :
reference = Référence : { $reference }

# Somebody forgot a password
password-reset-subject = Choisissez un nouveau mot de passe pour { $title }
password-reset-intro = Quelqu’un, très probablement vous, a demandé à choisir un nouveau mot de passe pour votre compte sur { $title }.
password-reset-button = Choisir un nouveau mot de passe
password-reset-ignore = Si cette demande ne vient pas de vous, vous n’avez rien à faire : votre mot de passe reste le même.

# A password was changed
password-changed-subject = Votre mot de passe pour { $title } a été modifié
password-changed-intro = Le mot de passe de votre compte sur { $title } a été modifié le { $time }.
password-changed-client = Cette modification a été faite avec { $client }.
password-changed-fine = Si c’était vous, tout va bien.
password-changed-not-you = Si ce n’était pas vous, dites-le-nous tout de suite : vous pourrez alors choisir un autre mot de passe grâce à un lien que nous enverrons dans cette boîte mail.
password-changed-button = Ce n’était pas moi
password-changed-mailbox = Changez aussi le mot de passe de votre boîte mail, et prévenez les personnes qui gèrent { $title }.
client-browser-on-system = { $browser } sur { $system }
client-unknown-browser = un programme inconnu
client-unknown-system = un système inconnu

# An address is to be confirmed
email-confirmation-subject = Confirmez votre adresse e-mail pour { $title }
email-confirmation-intro = Merci de confirmer que cette adresse est bien celle de votre compte sur { $title }.
email-confirmation-button = Confirmer cette adresse
email-confirmation-ignore = Si vous n’avez pas de compte sur { $title }, vous n’avez rien à faire.

# A link to log in once
login-link-subject = Votre lien de connexion pour { $title }
login-link-intro = Quelqu’un, très probablement vous, a demandé un lien de connexion pour { $title }.
login-link-button = Se connecter
login-link-ignore = Si cette demande ne vient pas de vous, vous n’avez rien à faire. Ne donnez ce lien à personne : quiconque le détient peut se connecter à votre place.

# An account was made for somebody
invitation-subject = Votre compte sur { $title }
invitation-intro = Un compte a été créé pour vous sur { $title }. Choisissez un mot de passe pour commencer.
invitation-button = Choisir un mot de passe
invitation-ignore = Si vous ne vous y attendiez pas, vous n’avez rien à faire.

# An operator was given a link
link-issued-subject = Un lien vers votre compte sur { $title } a été créé
link-issued-intro = { $purpose ->
    [login] Le { $time }, les personnes qui gèrent { $title } ont créé un lien permettant de se connecter à votre compte. Il ne fonctionne qu’une seule fois, jusqu’au { $until }.
    [email-confirmation] Le { $time }, les personnes qui gèrent { $title } ont créé un lien qui confirme l’adresse e-mail de votre compte. Il fonctionne jusqu’au { $until }.
   *[password-reset] Le { $time }, les personnes qui gèrent { $title } ont créé un lien permettant de choisir un nouveau mot de passe pour votre compte. Il ne fonctionne qu’une seule fois, jusqu’au { $until }.
}
link-issued-fine = Si vous leur avez demandé de l’aide, tout va bien.
link-issued-not-you = { $purpose ->
    [email-confirmation] Si ce n’est pas le cas, prévenez-les tout de suite.
   *[password-reset] Si ce n’est pas le cas, prévenez-les tout de suite : elles peuvent annuler ce lien. Il cesse aussi de fonctionner dès que vous choisissez vous-même un nouveau mot de passe.
}

# What an operator sends to see that mail arrives
test-subject = Un e-mail de test pour { $title }
test-intro = "regain check --send-test-mail" a envoyé cet e-mail pour { $title } le { $time }. Les liens pour choisir un nouveau mot de passe suivent le même chemin : vérifiez que cet e-mail est arrivé tout de suite, et pas parmi les courriers indésirables.
test-nothing = Vous n’avez rien à faire.

# What pages share
mistakes = Vérifiez votre saisie
one-moment = Un instant…
support = Obtenir de l’aide
try-again = Réessayer

# Asking for a link
asked = Si un compte correspond, un e-mail avec un lien est en route.
ask-heading = Mot de passe oublié ?
ask-intro = Dites-nous qui vous êtes, et nous vous enverrons un e-mail avec un lien pour choisir un nouveau mot de passe.
ask-address = Adresse e-mail
ask-address-or-name = Adresse e-mail ou identifiant
ask-button = Envoyer le lien
ask-empty = Saisissez votre adresse e-mail ou votre identifiant.
ask-invalid = Ce que vous avez saisi n’est ni une adresse e-mail ni un identifiant.
sent-heading = Consultez vos e-mails
sent-intro = Si un compte correspond à votre saisie, un e-mail avec un lien est en route. Le lien ne fonctionne qu’une seule fois, et pour peu de temps.
sent-nothing = Toujours rien après quelques minutes ? Regardez parmi les courriers indésirables, ou refaites une demande.
ask-again = Demander un nouveau lien

# Choosing a password
new-password-heading = Choisissez un nouveau mot de passe
new-password-account = Pour le compte { $account }
new-password-other = Entre-temps, un autre lien a été ouvert dans ce navigateur. Vous choisissez maintenant le mot de passe du compte affiché ici.
new-password-label = Nouveau mot de passe
new-password-rule = { $min ->
    [one] Au moins { $min } caractère. Tous les caractères conviennent.
   *[other] Au moins { $min } caractères. Tous les caractères conviennent.
}
new-password-repeat = Répétez le nouveau mot de passe
password-show = Afficher le mot de passe
new-password-button = Enregistrer le mot de passe
new-password-differ = Les deux mots de passe sont différents.
done-heading = Votre mot de passe est modifié
done-intro = Vous pouvez l’utiliser dès maintenant pour vous connecter. Le lien que vous avez utilisé ne fonctionne plus.
done-go-on = Continuer vers { $title }
done-log-in = Se connecter à { $title }
refusal-too-short = { $min ->
    [one] Le mot de passe doit comporter au moins { $min } caractère.
   *[other] Le mot de passe doit comporter au moins { $min } caractères.
}
refusal-too-long = { $max ->
    [one] Le mot de passe doit comporter au plus { $max } caractère.
   *[other] Le mot de passe doit comporter au plus { $max } caractères.
}
refusal-too-many-bytes = { $max ->
    [one] Le mot de passe doit comporter au plus { $max } octet ; les lettres accentuées et les signes comme les émojis en prennent plus d’un.
   *[other] Le mot de passe doit comporter au plus { $max } octets ; les lettres accentuées et les signes comme les émojis en prennent plus d’un.
}
refusal-nul = Le mot de passe ne doit pas contenir de caractère NUL.
refusal-breached = Ce mot de passe a été révélé par une fuite de données : d’autres peuvent l’essayer. Choisissez-en un autre.
refusal-common = Ce mot de passe est parmi les premiers que l’on essaie. Choisissez-en un autre, par exemple quelques mots sans rapport entre eux.
refusal-like-common = Ce mot de passe ressemble trop à un autre que beaucoup de gens utilisent. Ajoutez un ou deux mots.
refusal-keyboard = Les touches voisines du clavier sont faciles à deviner. Utilisez plutôt quelques mots.
refusal-repetition = Les répétitions sont faciles à deviner. Ajoutez plutôt d’autres mots.
refusal-sequence = Les suites comme abc ou 6543 sont faciles à deviner. Utilisez plutôt quelques mots.
refusal-date = Les dates et les années sont faciles à deviner. Ajoutez un ou deux mots.
refusal-single-word = Un mot seul est facile à deviner. Ajoutez un ou deux mots.
refusal-name = Les noms et prénoms sont faciles à deviner. Ajoutez un ou deux mots.
refusal-personal = Votre nom, votre adresse et le nom de ce service sont faciles à deviner. Utilisez d’autres mots.
refusal-guessable = Ce mot de passe est trop facile à deviner. Ajoutez un ou deux mots.
refusal-capitals = Les majuscules ne le rendent guère plus difficile à deviner.
refusal-reversed = Les mots écrits à l’envers ne sont guère plus difficiles à deviner.
refusal-substitutions = Des signes à la place des lettres, comme @ pour a, ne le rendent guère plus difficile à deviner.

# When something is wrong
expired-heading = Ce lien a expiré
expired-detail = Le délai est passé. Demandez un nouveau lien : il arrive tout de suite.
not-valid-heading = Ce lien n’est pas valable
not-valid-detail = Chaque lien ne fonctionne qu’une seule fois. Si vous l’avez déjà utilisé, votre nouveau mot de passe est enregistré ; sinon, demandez un nouveau lien et ouvrez l’e-mail le plus récent.
too-often-heading = Trop de tentatives
too-often-detail = Merci de patienter un peu, puis de réessayer.
busy-heading = Le service est très sollicité en ce moment
busy-detail = Merci de réessayer dans un instant. Rien n’est perdu : votre lien fonctionne toujours.
not-found-heading = Cette page n’existe pas
not-found-detail = L’adresse n’est pas tout à fait la bonne.
trouble-heading = Un problème est survenu
trouble-detail = Merci de réessayer. Si le problème persiste, prévenez les personnes qui gèrent ce service, avec la référence ci-dessous.
not-taken-heading = Le formulaire n’a pas été accepté
not-taken-detail = Il est resté ouvert trop longtemps, a été envoyé depuis un autre endroit ou contient trop de données. Rien n’a été modifié : rouvrez la page et envoyez-le de là.

# Somebody else changed a password
not-me-heading = Quelqu’un d’autre a changé votre mot de passe ?
not-me-intro = Dites-nous qui vous êtes. Nous en prenons note, prévenons les personnes qui gèrent { $title } et vous envoyons un e-mail avec un lien pour choisir aussitôt un autre mot de passe.
not-me-button = Ce n’était pas moi

# Confirming an address, and logging in by a link
confirm-email-heading = Confirmez votre adresse e-mail
confirm-email-intro = Dites-nous qui vous êtes, et nous vous enverrons un e-mail avec un lien pour confirmer votre adresse.
confirm-email-now-intro = Appuyez sur le bouton pour confirmer que les e-mails envoyés à votre adresse vous parviennent.
confirmed-heading = Votre adresse e-mail est confirmée
confirmed-intro = Il n’y a plus rien à faire. Vous pouvez fermer cette page.
login-heading = Se connecter avec un lien
login-intro = Dites-nous qui vous êtes, et nous vous enverrons un e-mail avec un lien de connexion.
login-now-heading = Connexion à { $title }
login-now-intro = Appuyez sur le bouton pour vous connecter. Le lien ne fonctionne qu’une seule fois.
other-account = Entre-temps, un autre lien a été ouvert dans ce navigateur. Ce que vous faites maintenant concerne le compte affiché ici.
not-valid-link-detail = Chaque lien ne fonctionne qu’une seule fois, et pour un compte tel qu’il était alors. Demandez un nouveau lien et ouvrez l’e-mail le plus récent.
