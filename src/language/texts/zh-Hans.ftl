# 简体中文

# Durations and times
minutes = { $count ->
   *[other] { $count } 分钟
}
hours = { $count ->
   *[other] { $count } 小时
}
seconds = { $count ->
   *[other] { $count } 秒
}
moment-utc = { $moment } UTC

# What every mail has
hello = 您好！
hello-name = { $name }，您好！
link-once = 该链接只能使用一次，有效时间为 { $lifetime }，截至 { $until }。
link-copy = 如果按钮无法使用，请复制此链接：
reference = 参考编号：{ $reference }

# Somebody forgot a password
password-reset-subject = 为 { $title } 设置新密码
password-reset-intro = 有人（很可能是您本人）请求为您的 { $title } 账号设置新密码。
password-reset-button = 设置新密码
password-reset-ignore = 如果这不是您本人的请求，您无需进行任何操作，密码会保持不变。

# A password was changed
password-changed-subject = 您的 { $title } 密码已更改
password-changed-intro = 您的 { $title } 账号密码已于 { $time } 更改。
password-changed-client = 更改时使用的程序和系统：{ $client }。
password-changed-fine = 如果是您本人操作，则一切正常。
password-changed-not-you = 如果不是您本人操作，请立即告诉我们。我们会向此邮箱发送链接，您可以通过该链接设置另一个密码。
password-changed-button = 不是我本人操作
password-changed-mailbox = 请同时更改您的邮箱密码，并告知 { $title } 的管理人员。
client-browser-on-system = { $browser }（{ $system }）
client-unknown-browser = 未知程序
client-unknown-system = 未知系统

# An address is to be confirmed
email-confirmation-subject = 确认您在 { $title } 的邮箱地址
email-confirmation-intro = 请确认此邮箱地址属于您的 { $title } 账号。
email-confirmation-button = 确认此地址
email-confirmation-ignore = 如果您没有 { $title } 账号，则无需进行任何操作。

# A link to log in once
login-link-subject = 您的 { $title } 登录链接
login-link-intro = 有人（很可能是您本人）请求获取登录 { $title } 的链接。
login-link-button = 登录
login-link-ignore = 如果这不是您本人的请求，您无需进行任何操作。请勿将链接交给任何人：拿到链接的人都能以您的身份登录。

# An account was made for somebody
invitation-subject = 您的 { $title } 账号
invitation-intro = 已为您创建 { $title } 账号。请设置密码，即可开始使用。
invitation-button = 设置密码
invitation-ignore = 如果您对此并不知情，则无需进行任何操作。

# An operator was given a link
link-issued-subject = 已创建一个用于您的 { $title } 账号的链接
link-issued-intro = { $purpose ->
    [login] { $title } 的管理人员已于 { $time } 创建了一个链接，可用于登录您的账号。该链接只能使用一次，截至 { $until }。
    [email-confirmation] { $title } 的管理人员已于 { $time } 创建了一个链接，用于确认您账号的邮箱地址。该链接截至 { $until } 有效。
   *[password-reset] { $title } 的管理人员已于 { $time } 创建了一个链接，可用于为您的账号设置新密码。该链接只能使用一次，截至 { $until }。
}
link-issued-fine = 如果您曾请他们协助，则一切正常。
link-issued-not-you = { $purpose ->
    [email-confirmation] 如果没有，请立即告知他们。
   *[password-reset] 如果没有，请立即告知他们：他们可以使该链接失效。您自己设置新密码后，该链接也会失效。
}

# What an operator sends to see that mail arrives
test-subject = { $title } 的测试邮件
test-intro = 这封邮件由命令 "regain check --send-test-mail" 于 { $time } 为 { $title } 发送。设置新密码的链接也会经由同样的途径送达：请查看邮件是否立即收到，以及是否被归入垃圾邮件。
test-nothing = 您无需进行任何操作。

# What pages share
mistakes = 请检查您输入的内容
one-moment = 请稍候…
support = 获取帮助
try-again = 重试

# Asking for a link
asked = 如果有匹配的账号，带有链接的邮件很快就会送达。
ask-heading = 忘记密码了？
ask-intro = 请告诉我们您是谁，我们会给您发送一封邮件，其中带有设置新密码的链接。
ask-address = 邮箱地址
ask-address-or-name = 邮箱地址或用户名
ask-button = 发送链接
ask-empty = 请输入您的邮箱地址或用户名。
ask-invalid = 您输入的内容既不是邮箱地址，也不是用户名。
sent-heading = 请查收邮件
sent-intro = 如果有账号与您输入的内容匹配，带有链接的邮件很快就会送达。该链接只能使用一次，且仅在短时间内有效。
sent-nothing = 几分钟后仍未收到？请查看垃圾邮件，或重新获取链接。
ask-again = 获取新链接

# Choosing a password
new-password-heading = 设置新密码
new-password-account = 账号：{ $account }
new-password-other = 在此期间，此浏览器中打开了另一个链接。您现在设置的是此处所示账号的密码。
new-password-label = 新密码
new-password-rule = { $min ->
   *[other] 至少 { $min } 个字符，可使用任何字符。
}
new-password-repeat = 再次输入新密码
password-show = 显示密码
new-password-button = 设置密码
new-password-differ = 两次输入的密码不一致。
done-heading = 您的密码已更改
done-intro = 您现在可以用新密码登录。您刚才使用的链接已失效。
done-go-on = 前往 { $title }
done-log-in = 登录 { $title }
refusal-too-short = { $min ->
   *[other] 密码至少要有 { $min } 个字符。
}
refusal-too-long = { $max ->
   *[other] 密码最多只能有 { $max } 个字符。
}
refusal-too-many-bytes = { $max ->
   *[other] 密码最多只能有 { $max } 个字节；汉字和表情符号等字符，每个会占用多个字节。
}
refusal-nul = 密码不能包含 NUL 字符。
refusal-breached = 此密码已在数据泄露中曝光，可能会被他人尝试。请另选一个。
refusal-common = 此密码是最先会被猜到的密码之一。请另选一个，例如几个互不相关的词。
refusal-like-common = 此密码与很多人使用的密码过于相似。请再添加一两个词。
refusal-keyboard = 键盘上相邻的按键很容易被猜到。请改用几个词。
refusal-repetition = 重复的内容很容易被猜到。请改为添加其他词。
refusal-sequence = abc 或 6543 这样的序列很容易被猜到。请改用几个词。
refusal-date = 日期和年份很容易被猜到。请再添加一两个词。
refusal-single-word = 单独一个词很容易被猜到。请再添加一两个词。
refusal-name = 姓名很容易被猜到。请再添加一两个词。
refusal-personal = 您的姓名、地址以及此服务的名称很容易被猜到。请使用其他词。
refusal-guessable = 此密码太容易被猜到。请再添加一两个词。
refusal-capitals = 使用大写字母几乎不会让密码更难猜。
refusal-reversed = 把词倒过来写几乎不会让密码更难猜。
refusal-substitutions = 用符号代替字母（例如用 @ 代替 a）几乎不会让密码更难猜。

# When something is wrong
expired-heading = 此链接已过期
expired-detail = 链接的有效时间已过。请重新获取链接，新链接会立即送达。
not-valid-heading = 此链接无效
not-valid-detail = 每个链接只能使用一次。如果您已用过此链接，新密码就已设置好；如果没有，请重新获取链接，并打开最新的邮件。
too-often-heading = 尝试次数过多
too-often-detail = 请稍等片刻，然后重试。
busy-heading = 当前请求过多
busy-detail = 请稍后重试。您不会丢失任何内容，链接仍然有效。
not-found-heading = 没有这个页面
not-found-detail = 网址似乎不太对。
trouble-heading = 出了点问题
trouble-detail = 请重试。如果问题仍然存在，请告知此服务的管理人员，并提供下方的参考编号。
not-taken-heading = 表单未被接受
not-taken-detail = 表单打开时间过长、从其他地方提交，或内容过多。没有任何更改：请重新打开页面，然后再提交。

# Somebody else changed a password
not-me-heading = 是别人更改了您的密码吗？
not-me-intro = 请告诉我们您的账号信息。我们会记录此事，通知 { $title } 的管理人员，并向您发送一封带有链接的邮件，让您立即设置新的密码。
not-me-button = 这不是我本人的操作

# Confirming an address, and logging in by a link
confirm-email-heading = 确认您的邮箱地址
confirm-email-intro = 请告诉我们您是谁，我们会给您发送一封邮件，其中带有确认邮箱地址的链接。
confirm-email-now-intro = 按下按钮，即可确认您能收到发往此地址的邮件。
confirmed-heading = 您的邮箱地址已确认
confirmed-intro = 无需再做任何操作，您可以关闭此页面。
login-heading = 通过链接登录
login-intro = 请告诉我们您是谁，我们会给您发送一封邮件，其中带有登录链接。
login-now-heading = 登录 { $title }
login-now-intro = 按下按钮即可登录。此链接只能使用一次。
other-account = 在此期间，此浏览器中打开了另一个链接。您现在的操作将用于此处所示的账号。
not-valid-link-detail = 每个链接只能使用一次，而且只适用于当时状态下的账号。请重新获取链接，并打开最新的邮件。
