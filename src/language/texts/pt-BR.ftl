# Português (Brasil)
#
# Address: você. "em" before $title and $system, without an article: it serves any name.

# Durations and times
minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
moment-utc = { $moment } UTC

# What every mail has
hello = Olá!
hello-name = Olá, { $name }!
link-once = O link funciona uma única vez, por { $lifetime }, até { $until }.
link-copy = Se o botão não funcionar, copie este link:
reference = Referência: { $reference }

# Somebody forgot a password
password-reset-subject = Escolha uma nova senha para { $title }
password-reset-intro = Alguém, muito provavelmente você, pediu para escolher uma nova senha para a sua conta em { $title }.
password-reset-button = Escolher uma nova senha
password-reset-ignore = Se não foi você quem pediu, não precisa fazer nada: sua senha continua a mesma.

# A password was changed
password-changed-subject = Sua senha em { $title } foi alterada
password-changed-intro = A senha da sua conta em { $title } foi alterada em { $time }.
password-changed-client = A alteração foi feita com { $client }.
password-changed-fine = Se foi você, está tudo bem.
password-changed-not-you = Se não foi você, avise-nos imediatamente: assim você poderá escolher outra senha com um link que enviaremos para esta caixa de e-mail.
password-changed-button = Não fui eu
password-changed-mailbox = Altere também a senha da sua caixa de e-mail e avise quem administra { $title }.
client-browser-on-system = { $browser } em { $system }
client-unknown-browser = um programa desconhecido
client-unknown-system = um sistema desconhecido

# An address is to be confirmed
email-confirmation-subject = Confirme seu endereço de e-mail para { $title }
email-confirmation-intro = Por favor, confirme que este endereço pertence à sua conta em { $title }.
email-confirmation-button = Confirmar este endereço
email-confirmation-ignore = Se você não tem uma conta em { $title }, não precisa fazer nada.

# A link to log in once
login-link-subject = Seu link para entrar em { $title }
login-link-intro = Alguém, muito provavelmente você, pediu um link para entrar em { $title }.
login-link-button = Entrar
login-link-ignore = Se não foi você quem pediu, não precisa fazer nada. Não passe o link para ninguém: quem tiver o link pode entrar como se fosse você.

# An account was made for somebody
invitation-subject = Sua conta em { $title }
invitation-intro = Uma conta em { $title } foi criada para você. Escolha uma senha para começar.
invitation-button = Escolher uma senha
invitation-ignore = Se você não esperava por isso, não precisa fazer nada.

# An operator was given a link
link-issued-subject = Um link para a sua conta em { $title } foi criado
link-issued-intro = { $purpose ->
    [login] Em { $time }, os responsáveis por { $title } criaram um link com o qual é possível entrar na sua conta. Ele funciona uma única vez, até { $until }.
    [email-confirmation] Em { $time }, os responsáveis por { $title } criaram um link que confirma o endereço de e-mail da sua conta. Ele funciona até { $until }.
   *[password-reset] Em { $time }, os responsáveis por { $title } criaram um link com o qual é possível escolher uma nova senha para a sua conta. Ele funciona uma única vez, até { $until }.
}
link-issued-fine = Se você pediu ajuda a eles, está tudo bem.
link-issued-not-you = { $purpose ->
    [email-confirmation] Se não pediu, avise-os imediatamente.
   *[password-reset] Se não pediu, avise-os imediatamente: eles podem anular o link. Ele também deixa de funcionar assim que você escolher uma nova senha.
}

# What an operator sends to see that mail arrives
test-subject = Um e-mail de teste de { $title }
test-intro = "regain check --send-test-mail" enviou este e-mail em nome de { $title } em { $time }. Os links para escolher uma nova senha seguem o mesmo caminho: veja se este e-mail chegou logo e se não foi parar no spam.
test-nothing = Não é preciso fazer nada.

# What pages share
mistakes = Confira o que você digitou
one-moment = Um momento…
support = Obter ajuda
try-again = Tentar de novo

# Asking for a link
asked = Se houver uma conta correspondente, um e-mail com um link está a caminho.
ask-heading = Esqueceu sua senha?
ask-intro = Diga quem você é, e enviaremos um e-mail com um link para escolher uma nova.
ask-address = Endereço de e-mail
ask-address-or-name = Endereço de e-mail ou nome de usuário
ask-button = Enviar o link
ask-empty = Digite seu endereço de e-mail ou seu nome de usuário.
ask-invalid = O que você digitou não é um endereço de e-mail nem um nome de usuário.
sent-heading = Confira seu e-mail
sent-intro = Se houver uma conta para o que você digitou, um e-mail com um link está a caminho. O link funciona uma única vez, e só por pouco tempo.
sent-nothing = Nada depois de alguns minutos? Procure no spam ou peça outro link.
ask-again = Pedir um novo link

# Choosing a password
new-password-heading = Escolha uma nova senha
new-password-account = Para a conta { $account }
new-password-other = Enquanto isso, outro link foi aberto neste navegador. Agora você está escolhendo a senha da conta mostrada aqui.
new-password-label = Nova senha
new-password-rule = { $min ->
    [one] Pelo menos { $min } caractere. Qualquer caractere serve.
   *[other] Pelo menos { $min } caracteres. Qualquer caractere serve.
}
new-password-repeat = Repita a nova senha
password-show = Mostrar senha
new-password-button = Salvar a senha
new-password-differ = As duas senhas são diferentes.
done-heading = Sua senha foi alterada
done-intro = Você já pode entrar com ela. O link que você usou não funciona mais.
done-go-on = Continuar para { $title }
done-log-in = Entrar em { $title }
refusal-too-short = { $min ->
    [one] A senha deve ter pelo menos { $min } caractere.
   *[other] A senha deve ter pelo menos { $min } caracteres.
}
refusal-too-long = { $max ->
    [one] A senha deve ter no máximo { $max } caractere.
   *[other] A senha deve ter no máximo { $max } caracteres.
}
refusal-too-many-bytes = { $max ->
    [one] A senha deve ter no máximo { $max } byte; letras com acento e sinais como emojis ocupam mais de um.
   *[other] A senha deve ter no máximo { $max } bytes; letras com acento e sinais como emojis ocupam mais de um.
}
refusal-nul = A senha não pode conter um caractere NUL.
refusal-breached = Esta senha apareceu em um vazamento de dados e outras pessoas podem tentá-la. Escolha outra.
refusal-common = Esta senha é uma das primeiras que se tentam. Escolha outra, por exemplo algumas palavras sem relação entre si.
refusal-like-common = Esta senha é parecida demais com uma que muita gente usa. Acrescente mais uma ou duas palavras.
refusal-keyboard = Teclas que ficam lado a lado são fáceis de adivinhar. Use algumas palavras em vez disso.
refusal-repetition = O que se repete é fácil de adivinhar. Acrescente outras palavras em vez disso.
refusal-sequence = Sequências como abc ou 6543 são fáceis de adivinhar. Use algumas palavras em vez disso.
refusal-date = Datas e anos são fáceis de adivinhar. Acrescente mais uma ou duas palavras.
refusal-single-word = Uma palavra sozinha é fácil de adivinhar. Acrescente mais uma ou duas palavras.
refusal-name = Nomes e sobrenomes são fáceis de adivinhar. Acrescente mais uma ou duas palavras.
refusal-personal = Seu nome, seu endereço e o nome deste serviço são fáceis de adivinhar. Use outras palavras.
refusal-guessable = Esta senha é fácil demais de adivinhar. Acrescente mais uma ou duas palavras.
refusal-capitals = Letras maiúsculas quase não a tornam mais difícil de adivinhar.
refusal-reversed = Palavras escritas de trás para a frente quase não são mais difíceis de adivinhar.
refusal-substitutions = Sinais no lugar de letras, como @ por a, quase não a tornam mais difícil de adivinhar.

# When something is wrong
expired-heading = Este link expirou
expired-detail = O prazo dele acabou. Peça um novo: ele chega logo.
not-valid-heading = Este link não é válido
not-valid-detail = Cada link funciona uma única vez. Se você já o usou, sua nova senha está salva; se não, peça um novo link e abra o e-mail mais recente.
too-often-heading = Tentativas demais
too-often-detail = Por favor, espere um pouco e tente de novo.
busy-heading = O serviço está sobrecarregado neste momento
busy-detail = Por favor, tente de novo daqui a pouco. Nada se perdeu: seu link continua funcionando.
not-found-heading = Esta página não existe
not-found-detail = O endereço não está totalmente certo.
trouble-heading = Algo deu errado
trouble-detail = Por favor, tente de novo. Se continuar assim, avise quem administra este serviço e informe a referência abaixo.
not-taken-heading = O formulário não foi aceito
not-taken-detail = Ele ficou aberto por tempo demais, foi enviado de outro lugar ou contém dados demais. Nada foi alterado: abra a página de novo e envie o formulário por lá.

# Somebody else changed a password
not-me-heading = Outra pessoa alterou sua senha?
not-me-intro = Diga quem você é. Vamos registrar isso, avisar quem administra { $title } e enviar um e-mail com um link para você escolher outra senha imediatamente.
not-me-button = Não fui eu

# Confirming an address, and logging in by a link
confirm-email-heading = Confirme seu endereço de e-mail
confirm-email-intro = Diga quem você é, e enviaremos um e-mail com um link para confirmar seu endereço.
confirm-email-now-intro = Pressione o botão para confirmar que os e-mails enviados ao seu endereço chegam até você.
confirmed-heading = Seu endereço de e-mail está confirmado
confirmed-intro = Não há mais nada a fazer. Você pode fechar esta página.
login-heading = Entrar com um link
login-intro = Diga quem você é, e enviaremos um e-mail com um link para entrar.
login-now-heading = Entrar em { $title }
login-now-intro = Pressione o botão para entrar. O link funciona uma única vez.
other-account = Enquanto isso, outro link foi aberto neste navegador. O que você fizer agora vale para a conta mostrada aqui.
not-valid-link-detail = Cada link funciona uma única vez e para uma conta como ela era naquele momento. Peça um novo link e abra o e-mail mais recente.
