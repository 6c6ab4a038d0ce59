# 日本語

# Durations and times
minutes = { $count ->
   *[other] { $count }分
}
hours = { $count ->
   *[other] { $count }時間
}
seconds = { $count ->
   *[other] { $count }秒
}
moment-utc = { $moment } UTC

# What every mail has
hello = こんにちは。
hello-name = { $name } 様
link-once = このリンクは1回だけ使えます。有効期間は{ $lifetime }で、{ $until }までです。
link-copy = ボタンが動作しない場合は、次のリンクをコピーしてください：
reference = お問い合わせ番号：{ $reference }

# Somebody forgot a password
password-reset-subject = 【{ $title }】新しいパスワードの設定
password-reset-intro = どなたか（おそらくご本人）から、「{ $title }」のアカウントに新しいパスワードを設定したいというリクエストがありました。
password-reset-button = 新しいパスワードを設定する
password-reset-ignore = お心当たりがない場合は、何もする必要はありません。パスワードは今のままです。

# A password was changed
password-changed-subject = 【{ $title }】パスワードが変更されました
password-changed-intro = { $time }に、「{ $title }」のアカウントのパスワードが変更されました。
password-changed-client = 変更は{ $client }から行われました。
password-changed-fine = ご本人による変更であれば、問題ありません。
password-changed-not-you = お心当たりがない場合は、すぐにお知らせください。このメールアドレスにお送りするリンクから、別のパスワードを設定できます。
password-changed-button = 私ではありません
password-changed-mailbox = お使いのメールのパスワードも変更し、「{ $title }」の運営者にお知らせください。
client-browser-on-system = { $system }上の{ $browser }
client-unknown-browser = 不明なプログラム
client-unknown-system = 不明なシステム

# An address is to be confirmed
email-confirmation-subject = 【{ $title }】メールアドレスの確認
email-confirmation-intro = このメールアドレスが、「{ $title }」でお使いのアカウントのものであることを確認してください。
email-confirmation-button = このアドレスを確認する
email-confirmation-ignore = 「{ $title }」のアカウントをお持ちでない場合は、何もする必要はありません。

# A link to log in once
login-link-subject = 【{ $title }】ログイン用リンク
login-link-intro = どなたか（おそらくご本人）から、「{ $title }」へのログイン用リンクのリクエストがありました。
login-link-button = ログインする
login-link-ignore = お心当たりがない場合は、何もする必要はありません。リンクは誰にも渡さないでください。リンクを手に入れた人は、誰でもご本人としてログインできてしまいます。

# An account was made for somebody
invitation-subject = 【{ $title }】アカウントのご案内
invitation-intro = 「{ $title }」にあなたのアカウントが作成されました。パスワードを設定して、利用を始めましょう。
invitation-button = パスワードを設定する
invitation-ignore = お心当たりがない場合は、何もする必要はありません。

# An operator was given a link
link-issued-subject = 【{ $title }】アカウント用のリンクが作成されました
link-issued-intro = { $purpose ->
    [login] { $time }に、「{ $title }」の運営者が、あなたのアカウントにログインできるリンクを作成しました。このリンクは1回だけ、{ $until }まで使えます。
    [email-confirmation] { $time }に、「{ $title }」の運営者が、あなたのアカウントのメールアドレスを確認するリンクを作成しました。このリンクは{ $until }まで使えます。
   *[password-reset] { $time }に、「{ $title }」の運営者が、あなたのアカウントに新しいパスワードを設定できるリンクを作成しました。このリンクは1回だけ、{ $until }まで使えます。
}
link-issued-fine = 運営者にサポートを依頼された場合は、問題ありません。
link-issued-not-you = { $purpose ->
    [email-confirmation] お心当たりがない場合は、すぐに運営者にお知らせください。
   *[password-reset] お心当たりがない場合は、すぐに運営者にお知らせください。運営者はこのリンクを無効にできます。ご自身で新しいパスワードを設定した場合も、このリンクは使えなくなります。
}

# What an operator sends to see that mail arrives
test-subject = 【{ $title }】テストメール
test-intro = このメールは、{ $time }にコマンド "regain check --send-test-mail" が「{ $title }」用に送信したものです。新しいパスワードを設定するリンクも、同じ経路で届きます。すぐに届いたか、迷惑メールに入っていないかをご確認ください。
test-nothing = 何もする必要はありません。

# What pages share
mistakes = 入力内容をご確認ください
one-moment = お待ちください…
support = ヘルプ
try-again = もう一度試す

# Asking for a link
asked = 該当するアカウントがあれば、リンクを記載したメールがまもなく届きます。
ask-heading = パスワードをお忘れですか？
ask-intro = アカウントの情報を入力してください。新しいパスワードを設定するリンクをメールでお送りします。
ask-address = メールアドレス
ask-address-or-name = メールアドレスまたはユーザー名
ask-button = リンクを送信する
ask-empty = メールアドレスまたはユーザー名を入力してください。
ask-invalid = 入力された内容は、メールアドレスでもユーザー名でもありません。
sent-heading = メールをご確認ください
sent-intro = 入力された内容に該当するアカウントがあれば、リンクを記載したメールがまもなく届きます。リンクは1回だけ、短い時間に限り使えます。
sent-nothing = 数分たっても届かない場合は、迷惑メールを確認するか、もう一度リクエストしてください。
ask-again = 新しいリンクをリクエストする

# Choosing a password
new-password-heading = 新しいパスワードの設定
new-password-account = 対象アカウント：{ $account }
new-password-other = このブラウザーで別のリンクが開かれました。これから設定するのは、ここに表示されているアカウントのパスワードです。
new-password-label = 新しいパスワード
new-password-rule = { $min ->
   *[other] { $min }文字以上。どのような文字でも使えます。
}
new-password-repeat = 新しいパスワード（もう一度）
password-show = パスワードを表示する
new-password-button = パスワードを設定する
new-password-differ = 2つのパスワードが一致しません。
done-heading = パスワードを変更しました
done-intro = 新しいパスワードでログインできます。使用したリンクはもう使えません。
done-go-on = 「{ $title }」に進む
done-log-in = 「{ $title }」にログインする
refusal-too-short = { $min ->
   *[other] パスワードは{ $min }文字以上にしてください。
}
refusal-too-long = { $max ->
   *[other] パスワードは{ $max }文字以内にしてください。
}
refusal-too-many-bytes = { $max ->
   *[other] パスワードは{ $max }バイト以内にしてください。漢字やかな、絵文字などは、1文字で複数のバイトになります。
}
refusal-nul = パスワードにNUL文字は使えません。
refusal-breached = このパスワードはデータ漏えいで知られており、他人に試されるおそれがあります。別のパスワードにしてください。
refusal-common = このパスワードは、真っ先に試されるものの1つです。互いに関係のない単語をいくつか並べるなど、別のパスワードにしてください。
refusal-like-common = このパスワードは、多くの人が使っているものに似すぎています。単語をもう1つか2つ加えてください。
refusal-keyboard = キーボードの並びは簡単に推測されます。代わりに、いくつかの単語を使ってください。
refusal-repetition = 繰り返しは簡単に推測されます。代わりに、別の単語を加えてください。
refusal-sequence = abcや6543のような連続した並びは簡単に推測されます。代わりに、いくつかの単語を使ってください。
refusal-date = 日付や年は簡単に推測されます。単語をもう1つか2つ加えてください。
refusal-single-word = 単語1つだけでは簡単に推測されます。単語をもう1つか2つ加えてください。
refusal-name = 人の名前は簡単に推測されます。単語をもう1つか2つ加えてください。
refusal-personal = あなたの名前やアドレス、このサービスの名前は簡単に推測されます。別の単語を使ってください。
refusal-guessable = このパスワードは簡単に推測されてしまいます。単語をもう1つか2つ加えてください。
refusal-capitals = 大文字にしても、推測の難しさはほとんど変わりません。
refusal-reversed = 単語を逆から書いても、推測の難しさはほとんど変わりません。
refusal-substitutions = aを@にするなど、文字を記号に置き換えても、推測の難しさはほとんど変わりません。

# When something is wrong
expired-heading = このリンクは期限切れです
expired-detail = リンクの有効期間が過ぎました。新しいリンクをリクエストすると、すぐに届きます。
not-valid-heading = このリンクは無効です
not-valid-detail = リンクが使えるのは1回だけです。すでに使った場合、新しいパスワードは設定済みです。まだの場合は、新しいリンクをリクエストして、最新のメールを開いてください。
too-often-heading = 試行回数が多すぎます
too-often-detail = しばらく待ってから、もう一度お試しください。
busy-heading = ただいま混み合っています
busy-detail = 少し待ってから、もう一度お試しください。リンクは引き続き使えますので、ご安心ください。
not-found-heading = ページが見つかりません
not-found-detail = アドレスが正しくないようです。
trouble-heading = 問題が発生しました
trouble-detail = もう一度お試しください。問題が続く場合は、下記のお問い合わせ番号を添えて、このサービスの運営者にお知らせください。
not-taken-heading = フォームを受け付けられませんでした
not-taken-detail = 長時間開いたままだったか、別の場所から送信されたか、内容が多すぎます。何も変更されていません。ページを開き直して、そこから送信してください。

# Somebody else changed a password
not-me-heading = ほかの人がパスワードを変更しましたか？
not-me-intro = アカウントの情報を入力してください。内容を記録して「{ $title }」の運営者に知らせ、すぐに別のパスワードを設定できるリンクをメールでお送りします。
not-me-button = 自分ではありません

# Confirming an address, and logging in by a link
confirm-email-heading = メールアドレスの確認
confirm-email-intro = アカウントの情報を入力してください。メールアドレスを確認するリンクをメールでお送りします。
confirm-email-now-intro = ボタンを押すと、このアドレス宛てのメールが届いていることを確認できます。
confirmed-heading = メールアドレスが確認されました
confirmed-intro = これで完了です。このページは閉じてかまいません。
login-heading = リンクでログイン
login-intro = アカウントの情報を入力してください。ログイン用リンクをメールでお送りします。
login-now-heading = 「{ $title }」にログイン
login-now-intro = ボタンを押すとログインします。リンクが使えるのは1回だけです。
other-account = このブラウザーで別のリンクが開かれました。これからの操作は、ここに表示されているアカウントに対して行われます。
not-valid-link-detail = リンクが使えるのは1回だけで、発行時から変更のないアカウントに限られます。新しいリンクをリクエストして、最新のメールを開いてください。
