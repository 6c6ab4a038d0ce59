# Türkçe

# Durations and times
minutes = { $count ->
    [one] { $count } dakika
   *[other] { $count } dakika
}
hours = { $count ->
    [one] { $count } saat
   *[other] { $count } saat
}
seconds = { $count ->
    [one] { $count } saniye
   *[other] { $count } saniye
}
moment-utc = { $moment } UTC

# What every mail has
hello = Merhaba,
hello-name = Merhaba { $name },
link-once = Bağlantı yalnızca bir kez çalışır ve önümüzdeki { $lifetime } boyunca, { $until } tarihine kadar geçerlidir.
link-copy = Düğme çalışmazsa bu bağlantıyı kopyalayın:
reference = Referans kodu: { $reference }

# Somebody forgot a password
password-reset-subject = { $title } için yeni bir parola belirleyin
password-reset-intro = Birisi, büyük olasılıkla siz, { $title } hesabınız için yeni bir parola belirlemek istedi.
password-reset-button = Yeni parola belirle
password-reset-ignore = Bunu siz istemediyseniz bir şey yapmanız gerekmez. Parolanız olduğu gibi kalır.

# A password was changed
password-changed-subject = { $title } parolanız değiştirildi
password-changed-intro = { $title } hesabınızın parolası { $time } tarihinde değiştirildi.
password-changed-client = Değişiklik, { $client } ile yapıldı.
password-changed-fine = Bunu siz yaptıysanız her şey yolunda.
password-changed-not-you = Siz yapmadıysanız hemen bize bildirin. Ardından, bu posta kutusuna göndereceğimiz bağlantıyla başka bir parola belirleyebilirsiniz.
password-changed-button = Bunu ben yapmadım
password-changed-mailbox = Posta kutunuzun parolasını da değiştirin ve { $title } yöneticilerine haber verin.
client-browser-on-system = { $system } üzerinde { $browser }
client-unknown-browser = bilinmeyen bir program
client-unknown-system = bilinmeyen bir sistem

# An address is to be confirmed
email-confirmation-subject = { $title } için e-posta adresinizi doğrulayın
email-confirmation-intro = Lütfen bu adresin { $title } hesabınıza ait olduğunu doğrulayın.
email-confirmation-button = Bu adresi doğrula
email-confirmation-ignore = { $title } hesabınız yoksa bir şey yapmanız gerekmez.

# A link to log in once
login-link-subject = { $title } için oturum açma bağlantınız
login-link-intro = Birisi, büyük olasılıkla siz, { $title } hesabınızda oturum açmak için bir bağlantı istedi.
login-link-button = Oturum aç
login-link-ignore = Bunu siz istemediyseniz bir şey yapmanız gerekmez. Bağlantıyı kimseye vermeyin. Bağlantıyı ele geçiren herkes sizin adınıza oturum açabilir.

# An account was made for somebody
invitation-subject = { $title } hesabınız
invitation-intro = Sizin için bir { $title } hesabı oluşturuldu. Başlamak için bir parola belirleyin.
invitation-button = Parola belirle
invitation-ignore = Bundan haberiniz yoksa bir şey yapmanız gerekmez.

# An operator was given a link
link-issued-subject = { $title } hesabınız için bir bağlantı oluşturuldu
link-issued-intro = { $purpose ->
    [login] { $title } yöneticileri, { $time } tarihinde, hesabınızda oturum açmayı sağlayan bir bağlantı oluşturdu. Bağlantı yalnızca bir kez çalışır ve { $until } tarihine kadar geçerlidir.
    [email-confirmation] { $title } yöneticileri, { $time } tarihinde, hesabınızın e-posta adresini doğrulayan bir bağlantı oluşturdu. Bağlantı { $until } tarihine kadar geçerlidir.
   *[password-reset] { $title } yöneticileri, { $time } tarihinde, hesabınız için yeni bir parola belirlemeyi sağlayan bir bağlantı oluşturdu. Bağlantı yalnızca bir kez çalışır ve { $until } tarihine kadar geçerlidir.
}
link-issued-fine = Onlardan yardım istediyseniz her şey yolunda.
link-issued-not-you = { $purpose ->
    [email-confirmation] İstemediyseniz onlara hemen haber verin.
   *[password-reset] İstemediyseniz onlara hemen haber verin: Bağlantıyı geçersiz kılabilirler. Kendiniz yeni bir parola belirlediğinizde de bağlantı artık çalışmaz.
}

# What an operator sends to see that mail arrives
test-subject = { $title } için deneme e-postası
test-intro = Bu e-posta, { $title } için { $time } tarihinde "regain check --send-test-mail" komutuyla gönderildi. Yeni parola belirleme bağlantıları da aynı yoldan gider. E-postanın hemen gelip gelmediğine ve istenmeyen postalar arasına düşüp düşmediğine bakın.
test-nothing = Yapmanız gereken bir şey yok.

# What pages share
mistakes = Lütfen yazdıklarınızı kontrol edin
one-moment = Bir dakika…
support = Yardım alın
try-again = Yeniden dene

# Asking for a link
asked = Eşleşen bir hesap varsa bağlantıyı içeren e-posta yola çıktı.
ask-heading = Parolanızı mı unuttunuz?
ask-intro = Bize kim olduğunuzu söyleyin, size yeni bir parola belirleme bağlantısı içeren bir e-posta gönderelim.
ask-address = E-posta adresi
ask-address-or-name = E-posta adresi veya kullanıcı adı
ask-button = Bağlantıyı gönder
ask-empty = E-posta adresinizi veya kullanıcı adınızı yazın.
ask-invalid = Yazdığınız metin ne bir e-posta adresi ne de bir kullanıcı adı.
sent-heading = E-postanıza bakın
sent-intro = Yazdığınız bilgiyle eşleşen bir hesap varsa bağlantıyı içeren e-posta yola çıktı. Bağlantı yalnızca bir kez ve kısa bir süre için çalışır.
sent-nothing = Birkaç dakika geçti, hâlâ bir şey gelmedi mi? İstenmeyen postalara bakın veya yeniden isteyin.
ask-again = Yeni bağlantı iste

# Choosing a password
new-password-heading = Yeni bir parola belirleyin
new-password-account = { $account } hesabı için
new-password-other = Bu arada bu tarayıcıda başka bir bağlantı açıldı. Şimdi burada gösterilen hesabın parolasını belirliyorsunuz.
new-password-label = Yeni parola
new-password-rule = { $min ->
    [one] En az { $min } karakter. Her türlü karakter olabilir.
   *[other] En az { $min } karakter. Her türlü karakter olabilir.
}
new-password-repeat = Yeni parolayı tekrarlayın
password-show = Parolayı göster
new-password-button = Parolayı ayarla
new-password-differ = İki parola birbirinden farklı.
done-heading = Parolanız değiştirildi
done-intro = Şimdi yeni parolanızla oturum açabilirsiniz. Kullandığınız bağlantı artık çalışmaz.
done-go-on = { $title } uygulamasına git
done-log-in = { $title } için oturum aç
refusal-too-short = { $min ->
    [one] Parola en az { $min } karakter olmalıdır.
   *[other] Parola en az { $min } karakter olmalıdır.
}
refusal-too-long = { $max ->
    [one] Parola en fazla { $max } karakter olabilir.
   *[other] Parola en fazla { $max } karakter olabilir.
}
refusal-too-many-bytes = { $max ->
    [one] Parola en fazla { $max } bayt olabilir; ç, ğ, ş gibi harfler ve emoji gibi işaretler birden fazla bayt tutar.
   *[other] Parola en fazla { $max } bayt olabilir; ç, ğ, ş gibi harfler ve emoji gibi işaretler birden fazla bayt tutar.
}
refusal-nul = Parola NUL karakteri içeremez.
refusal-breached = Bu parola bir veri sızıntısıyla ortaya çıktı, başkaları onu deneyebilir. Başka bir parola seçin.
refusal-common = Bu, ilk denenen parolalardan biridir. Başka bir parola seçin, örneğin birbiriyle ilgisi olmayan birkaç sözcük.
refusal-like-common = Bu parola, birçok kişinin kullandığı bir parolaya çok benziyor. Bir iki sözcük daha ekleyin.
refusal-keyboard = Klavyede yan yana duran tuşlar kolayca tahmin edilir. Bunun yerine birkaç sözcük kullanın.
refusal-repetition = Yinelenenler kolayca tahmin edilir. Bunun yerine başka sözcükler ekleyin.
refusal-sequence = abc ya da 6543 gibi diziler kolayca tahmin edilir. Bunun yerine birkaç sözcük kullanın.
refusal-date = Tarihler ve yıllar kolayca tahmin edilir. Bir iki sözcük daha ekleyin.
refusal-single-word = Tek bir sözcük kolayca tahmin edilir. Bir iki sözcük daha ekleyin.
refusal-name = Adlar ve soyadları kolayca tahmin edilir. Bir iki sözcük daha ekleyin.
refusal-personal = Adınız, adresiniz ve bu hizmetin adı kolayca tahmin edilir. Başka sözcükler kullanın.
refusal-guessable = Bu parola çok kolay tahmin edilir. Bir iki sözcük daha ekleyin.
refusal-capitals = Büyük harfler parolanın tahmin edilmesini pek zorlaştırmaz.
refusal-reversed = Tersten yazılan sözcüklerin tahmin edilmesi pek daha zor değildir.
refusal-substitutions = Harf yerine işaret kullanmak, örneğin a yerine @, parolanın tahmin edilmesini pek zorlaştırmaz.

# When something is wrong
expired-heading = Bu bağlantının süresi doldu
expired-detail = Bağlantı artık kullanılamaz. Yeni bir bağlantı isteyin; hemen gelir.
not-valid-heading = Bu bağlantı geçerli değil
not-valid-detail = Her bağlantı yalnızca bir kez çalışır. Bağlantıyı kullandıysanız yeni parolanız ayarlanmıştır; kullanmadıysanız yeni bir bağlantı isteyin ve en son gelen e-postayı açın.
too-often-heading = Çok fazla deneme yapıldı
too-often-detail = Lütfen biraz bekleyip yeniden deneyin.
busy-heading = Şu anda çok yoğunuz
busy-detail = Lütfen birazdan yeniden deneyin. Hiçbir şey kaybolmadı, bağlantınız çalışmaya devam ediyor.
not-found-heading = Böyle bir sayfa yok
not-found-detail = Adreste bir yanlışlık var.
trouble-heading = Bir sorun oluştu
trouble-detail = Lütfen yeniden deneyin. Sorun sürerse bu hizmetin yöneticilerine haber verin ve aşağıdaki referans kodunu iletin.
not-taken-heading = Form kabul edilmedi
not-taken-detail = Çok uzun süre açık kaldı, başka bir yerden gönderildi veya çok fazla veri içeriyor. Hiçbir şey değiştirilmedi; sayfayı yeniden açıp formu oradan gönderin.

# Somebody else changed a password
not-me-heading = Parolanızı başka biri mi değiştirdi?
not-me-intro = Bize kim olduğunuzu bildirin. Bunu kaydedeceğiz, { $title } yöneticilerine haber vereceğiz ve hemen başka bir parola seçmeniz için size bağlantı içeren bir e-posta göndereceğiz.
not-me-button = Bu ben değildim

# Confirming an address, and logging in by a link
confirm-email-heading = E-posta adresinizi doğrulayın
confirm-email-intro = Bize kim olduğunuzu söyleyin, size adresinizi doğrulama bağlantısı içeren bir e-posta gönderelim.
confirm-email-now-intro = Adresinize gönderilen e-postaların size ulaştığını doğrulamak için düğmeye basın.
confirmed-heading = E-posta adresiniz doğrulandı
confirmed-intro = Yapılacak başka bir şey yok. Bu sayfayı kapatabilirsiniz.
login-heading = Bağlantıyla oturum açın
login-intro = Bize kim olduğunuzu söyleyin, size oturum açma bağlantısı içeren bir e-posta gönderelim.
login-now-heading = { $title } için oturum açın
login-now-intro = Oturum açmak için düğmeye basın. Bağlantı yalnızca bir kez çalışır.
other-account = Bu arada bu tarayıcıda başka bir bağlantı açıldı. Şimdi yapacaklarınız burada gösterilen hesap için geçerlidir.
not-valid-link-detail = Her bağlantı yalnızca bir kez ve hesabın o zamanki hâli için çalışır. Yeni bir bağlantı isteyin ve en son gelen e-postayı açın.
