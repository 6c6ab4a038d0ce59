# Español
#
# Address: tú. Words and tenses that serve in Spain and in Latin America alike.

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
hello = Hola:
hello-name = Hola, { $name }:
link-once = El enlace funciona una sola vez, durante { $lifetime }, hasta el { $until }.
link-copy = Si el botón no funciona, copia este enlace:
reference = Referencia: { $reference }

# Somebody forgot a password
password-reset-subject = Elige una contraseña nueva para { $title }
password-reset-intro = Alguien, muy probablemente tú, pidió elegir una contraseña nueva para tu cuenta en { $title }.
password-reset-button = Elegir una contraseña nueva
password-reset-ignore = Si no lo pediste tú, no tienes que hacer nada: tu contraseña sigue igual.

# A password was changed
password-changed-subject = Se cambió tu contraseña de { $title }
password-changed-intro = La contraseña de tu cuenta en { $title } se cambió el { $time }.
password-changed-client = El cambio se hizo con { $client }.
password-changed-fine = Si fuiste tú, todo está bien.
password-changed-not-you = Si no fuiste tú, avísanos de inmediato: así podrás elegir otra contraseña con un enlace que enviaremos a este buzón.
password-changed-button = No fui yo
password-changed-mailbox = Cambia también la contraseña de tu buzón de correo y avisa a quienes administran { $title }.
client-browser-on-system = { $browser } en { $system }
client-unknown-browser = un programa desconocido
client-unknown-system = un sistema desconocido

# An address is to be confirmed
email-confirmation-subject = Confirma tu correo electrónico para { $title }
email-confirmation-intro = Por favor, confirma que esta dirección pertenece a tu cuenta en { $title }.
email-confirmation-button = Confirmar esta dirección
email-confirmation-ignore = Si no tienes una cuenta en { $title }, no tienes que hacer nada.

# A link to log in once
login-link-subject = Tu enlace para iniciar sesión en { $title }
login-link-intro = Alguien, muy probablemente tú, pidió un enlace para iniciar sesión en { $title }.
login-link-button = Iniciar sesión
login-link-ignore = Si no lo pediste tú, no tienes que hacer nada. No compartas el enlace con nadie: quien lo tenga puede iniciar sesión en tu lugar.

# An account was made for somebody
invitation-subject = Tu cuenta en { $title }
invitation-intro = Se creó una cuenta para ti en { $title }. Elige una contraseña para empezar.
invitation-button = Elegir una contraseña
invitation-ignore = Si no esperabas esto, no tienes que hacer nada.

# An operator was given a link
link-issued-subject = Se creó un enlace a tu cuenta de { $title }
link-issued-intro = { $purpose ->
    [login] El { $time }, quienes administran { $title } crearon un enlace con el que se puede iniciar sesión en tu cuenta. Funciona una sola vez, hasta el { $until }.
    [email-confirmation] El { $time }, quienes administran { $title } crearon un enlace que confirma la dirección de correo de tu cuenta. Funciona hasta el { $until }.
   *[password-reset] El { $time }, quienes administran { $title } crearon un enlace con el que se puede elegir una contraseña nueva para tu cuenta. Funciona una sola vez, hasta el { $until }.
}
link-issued-fine = Si les pediste ayuda, todo está bien.
link-issued-not-you = { $purpose ->
    [email-confirmation] Si no, avísales de inmediato.
   *[password-reset] Si no, avísales de inmediato: pueden anular el enlace. También deja de funcionar en cuanto tú elijas una contraseña nueva.
}

# What an operator sends to see that mail arrives
test-subject = Un correo de prueba de { $title }
test-intro = "regain check --send-test-mail" envió este correo en nombre de { $title } el { $time }. Los enlaces para elegir una contraseña nueva siguen el mismo camino: comprueba que este correo llegó enseguida y que no está entre el correo no deseado.
test-nothing = No tienes que hacer nada.

# What pages share
mistakes = Revisa lo que escribiste
one-moment = Un momento…
support = Obtener ayuda
try-again = Volver a intentarlo

# Asking for a link
asked = Si hay una cuenta que coincide, ya va en camino un correo con un enlace.
ask-heading = ¿Olvidaste tu contraseña?
ask-intro = Dinos quién eres y te enviaremos un correo con un enlace para elegir una nueva.
ask-address = Correo electrónico
ask-address-or-name = Correo electrónico o nombre de usuario
ask-button = Enviar el enlace
ask-empty = Escribe tu correo electrónico o tu nombre de usuario.
ask-invalid = Lo que escribiste no es un correo electrónico ni un nombre de usuario.
sent-heading = Revisa tu correo
sent-intro = Si hay una cuenta para lo que escribiste, ya va en camino un correo con un enlace. El enlace funciona una sola vez y solo por poco tiempo.
sent-nothing = ¿Nada después de unos minutos? Busca entre el correo no deseado o pide otro enlace.
ask-again = Pedir un enlace nuevo

# Choosing a password
new-password-heading = Elige una contraseña nueva
new-password-account = Para la cuenta { $account }
new-password-other = Mientras tanto se abrió otro enlace en este navegador. Ahora estás eligiendo la contraseña de la cuenta que se muestra aquí.
new-password-label = Contraseña nueva
new-password-rule = { $min ->
    [one] Al menos { $min } carácter. Sirve cualquier carácter.
   *[other] Al menos { $min } caracteres. Sirve cualquier carácter.
}
new-password-repeat = Repite la contraseña nueva
password-show = Mostrar contraseña
new-password-button = Guardar la contraseña
new-password-differ = Las dos contraseñas no coinciden.
done-heading = Tu contraseña ya está cambiada
done-intro = Ahora puedes iniciar sesión con ella. El enlace que usaste ya no funciona.
done-go-on = Continuar a { $title }
done-log-in = Iniciar sesión en { $title }
refusal-too-short = { $min ->
    [one] La contraseña debe tener al menos { $min } carácter.
   *[other] La contraseña debe tener al menos { $min } caracteres.
}
refusal-too-long = { $max ->
    [one] La contraseña debe tener como máximo { $max } carácter.
   *[other] La contraseña debe tener como máximo { $max } caracteres.
}
refusal-too-many-bytes = { $max ->
    [one] La contraseña debe tener como máximo { $max } byte; las letras con acento y los signos como los emojis ocupan más de uno.
   *[other] La contraseña debe tener como máximo { $max } bytes; las letras con acento y los signos como los emojis ocupan más de uno.
}
refusal-nul = La contraseña no debe contener ningún carácter NUL.
refusal-breached = Esta contraseña se conoce por una filtración de datos y otras personas pueden probarla. Elige otra.
refusal-common = Esta contraseña es de las primeras que se prueban. Elige otra, por ejemplo unas cuantas palabras sin relación entre sí.
refusal-like-common = Esta contraseña se parece demasiado a una que usa mucha gente. Añade una o dos palabras más.
refusal-keyboard = Las teclas que están juntas son fáciles de adivinar. Usa mejor unas cuantas palabras.
refusal-repetition = Lo que se repite es fácil de adivinar. Añade mejor otras palabras.
refusal-sequence = Las secuencias como abc o 6543 son fáciles de adivinar. Usa mejor unas cuantas palabras.
refusal-date = Las fechas y los años son fáciles de adivinar. Añade una o dos palabras más.
refusal-single-word = Una palabra sola es fácil de adivinar. Añade una o dos palabras más.
refusal-name = Los nombres y apellidos son fáciles de adivinar. Añade una o dos palabras más.
refusal-personal = Tu nombre, tu dirección y el nombre de este servicio son fáciles de adivinar. Usa otras palabras.
refusal-guessable = Esta contraseña es demasiado fácil de adivinar. Añade una o dos palabras más.
refusal-capitals = Las mayúsculas apenas la hacen más difícil de adivinar.
refusal-reversed = Las palabras escritas al revés apenas son más difíciles de adivinar.
refusal-substitutions = Los signos en lugar de letras, como @ por a, apenas la hacen más difícil de adivinar.

# When something is wrong
expired-heading = Este enlace expiró
expired-detail = Su plazo ya pasó. Pide uno nuevo: llega enseguida.
not-valid-heading = Este enlace no es válido
not-valid-detail = Cada enlace funciona una sola vez. Si ya lo usaste, tu contraseña nueva está guardada; si no, pide un enlace nuevo y abre el correo más reciente.
too-often-heading = Demasiados intentos
too-often-detail = Por favor, espera un poco y vuelve a intentarlo.
busy-heading = El servicio está saturado en este momento
busy-detail = Por favor, vuelve a intentarlo en un momento. No se perdió nada: tu enlace sigue funcionando.
not-found-heading = Esta página no existe
not-found-detail = La dirección no es del todo correcta.
trouble-heading = Algo salió mal
trouble-detail = Por favor, vuelve a intentarlo. Si sigue igual, avisa a quienes administran este servicio e indica la referencia de abajo.
not-taken-heading = No se aceptó el formulario
not-taken-detail = Estuvo abierto demasiado tiempo, se envió desde otro sitio o contiene demasiado. No se cambió nada: abre la página de nuevo y envíalo desde ahí.

# Somebody else changed a password
not-me-heading = ¿Otra persona cambió tu contraseña?
not-me-intro = Dinos quién eres. Lo anotaremos, avisaremos a quienes administran { $title } y te enviaremos un correo con un enlace para elegir otra contraseña de inmediato.
not-me-button = No fui yo

# Confirming an address, and logging in by a link
confirm-email-heading = Confirma tu dirección de correo
confirm-email-intro = Dinos quién eres y te enviaremos un correo con un enlace para confirmar tu dirección.
confirm-email-now-intro = Pulsa el botón para confirmar que los correos enviados a tu dirección te llegan.
confirmed-heading = Tu dirección de correo está confirmada
confirmed-intro = No hay nada más que hacer. Puedes cerrar esta página.
login-heading = Iniciar sesión con un enlace
login-intro = Dinos quién eres y te enviaremos un correo con un enlace para iniciar sesión.
login-now-heading = Iniciar sesión en { $title }
login-now-intro = Pulsa el botón para iniciar sesión. El enlace funciona una sola vez.
other-account = Mientras tanto se abrió otro enlace en este navegador. Lo que hagas ahora se aplica a la cuenta que se muestra aquí.
not-valid-link-detail = Cada enlace funciona una sola vez y para una cuenta tal como era entonces. Pide un enlace nuevo y abre el correo más reciente.
