# العربية
#
# Durations are in the genitive, as "لمدة" demands it in link-once.

# Durations and times
minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتين
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتين
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}
seconds = { $count ->
    [zero] { $count } ثانية
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $count } ثوانٍ
    [many] { $count } ثانية
   *[other] { $count } ثانية
}
# The mark in front keeps the zone behind the time: without it the first strong letter is that of UTC.
moment-utc = { "\u200F" }{ $moment } UTC

# What every mail has
hello = مرحبًا،
hello-name = مرحبًا { $name }،
link-once = يعمل الرابط مرة واحدة فقط، وهو صالح لمدة { $lifetime }، أي حتى { $until }.
link-copy = إذا لم يعمل الزر، فيُرجى نسخ هذا الرابط:
reference = الرمز المرجعي: { $reference }

# Somebody forgot a password
password-reset-subject = اختيار كلمة مرور جديدة لحسابك في { $title }
password-reset-intro = وصلنا طلب، منك على الأرجح، لاختيار كلمة مرور جديدة لحسابك في { $title }.
password-reset-button = اختيار كلمة مرور جديدة
password-reset-ignore = إذا لم يكن هذا الطلب منك، فلا حاجة إلى أي إجراء: ستبقى كلمة مرورك كما هي.

# A password was changed
password-changed-subject = تم تغيير كلمة مرورك في { $title }
password-changed-intro = تم تغيير كلمة مرور حسابك في { $title } بتاريخ { $time }.
password-changed-client = تم ذلك باستخدام { $client }.
password-changed-fine = إذا كان هذا التغيير منك، فكل شيء على ما يرام.
password-changed-not-you = إذا لم يكن منك، فيُرجى إبلاغنا فورًا: سنرسل عندئذٍ إلى هذا البريد رابطًا يتيح لك اختيار كلمة مرور أخرى.
password-changed-button = لم أقم بهذا التغيير
password-changed-mailbox = يُرجى أيضًا تغيير كلمة مرور بريدك الإلكتروني، وإبلاغ القائمين على { $title }.
client-browser-on-system = { $browser } على { $system }
client-unknown-browser = برنامج غير معروف
client-unknown-system = نظام غير معروف

# An address is to be confirmed
email-confirmation-subject = تأكيد عنوان بريدك الإلكتروني في { $title }
email-confirmation-intro = يُرجى تأكيد أن هذا العنوان يخص حسابك في { $title }.
email-confirmation-button = تأكيد هذا العنوان
email-confirmation-ignore = إذا لم يكن لديك حساب في { $title }، فلا حاجة إلى أي إجراء.

# A link to log in once
login-link-subject = رابط تسجيل دخولك إلى { $title }
login-link-intro = وصلنا طلب، منك على الأرجح، للحصول على رابط لتسجيل الدخول إلى { $title }.
login-link-button = تسجيل الدخول
login-link-ignore = إذا لم يكن هذا الطلب منك، فلا حاجة إلى أي إجراء. يُرجى عدم إعطاء الرابط لأي شخص: فكل من يحصل عليه يمكنه تسجيل الدخول باسمك.

# An account was made for somebody
invitation-subject = حسابك في { $title }
invitation-intro = تم إنشاء حساب لك في { $title }. للبدء، يُرجى اختيار كلمة مرور.
invitation-button = اختيار كلمة مرور
invitation-ignore = إذا لم يكن لديك علم بذلك، فلا حاجة إلى أي إجراء.

# An operator was given a link
link-issued-subject = تم إنشاء رابط لحسابك في { $title }
link-issued-intro = { $purpose ->
    [login] بتاريخ { $time }، أنشأ القائمون على { $title } رابطًا يتيح تسجيل الدخول إلى حسابك. يعمل الرابط مرة واحدة فقط، وهو صالح حتى { $until }.
    [email-confirmation] بتاريخ { $time }، أنشأ القائمون على { $title } رابطًا لتأكيد عنوان البريد الإلكتروني لحسابك. الرابط صالح حتى { $until }.
   *[password-reset] بتاريخ { $time }، أنشأ القائمون على { $title } رابطًا يتيح اختيار كلمة مرور جديدة لحسابك. يعمل الرابط مرة واحدة فقط، وهو صالح حتى { $until }.
}
link-issued-fine = إذا كنت قد طلبت منهم المساعدة، فكل شيء على ما يرام.
link-issued-not-you = { $purpose ->
    [email-confirmation] وإلا، فيُرجى إبلاغهم فورًا.
   *[password-reset] وإلا، فيُرجى إبلاغهم فورًا: يمكنهم إبطال الرابط. كما يتوقف الرابط عن العمل بمجرد أن تختار بنفسك كلمة مرور جديدة.
}

# What an operator sends to see that mail arrives
test-subject = رسالة تجريبية من { $title }
test-intro = هذه رسالة تجريبية من { $title }، أرسلها الأمر "regain check --send-test-mail" بتاريخ { $time }. تسلك روابط اختيار كلمة مرور جديدة الطريق نفسه: يُرجى التحقق من أن هذه الرسالة وصلت فورًا، وأنها ليست ضمن البريد غير المرغوب فيه.
test-nothing = لا حاجة إلى أي إجراء.

# What pages share
mistakes = يُرجى التحقق مما كتبته
one-moment = لحظة من فضلك…
support = الحصول على المساعدة
try-again = إعادة المحاولة

# Asking for a link
asked = إذا كان هناك حساب مطابق، فستصل قريبًا رسالة تحتوي على رابط.
ask-heading = هل نسيت كلمة المرور؟
ask-intro = يُرجى تعريفنا بنفسك، وسنرسل إليك رسالة تحتوي على رابط لاختيار كلمة مرور جديدة.
ask-address = عنوان البريد الإلكتروني
ask-address-or-name = عنوان البريد الإلكتروني أو اسم المستخدم
ask-button = إرسال الرابط
ask-empty = يُرجى كتابة عنوان بريدك الإلكتروني أو اسم المستخدم.
ask-invalid = النص المكتوب ليس عنوان بريد إلكتروني ولا اسم مستخدم.
sent-heading = يُرجى تفقّد بريدك
sent-intro = إذا كان هناك حساب مطابق لما كتبته، فستصل قريبًا رسالة تحتوي على رابط. يعمل الرابط مرة واحدة فقط، ولوقت قصير.
sent-nothing = ألم يصل شيء بعد بضع دقائق؟ يُرجى البحث في البريد غير المرغوب فيه، أو إعادة الطلب.
ask-again = طلب رابط جديد

# Choosing a password
new-password-heading = اختيار كلمة مرور جديدة
new-password-account = للحساب { $account }
new-password-other = فُتح في هذه الأثناء رابط آخر في هذا المتصفح. كلمة المرور التي تختارها الآن هي للحساب الظاهر هنا.
new-password-label = كلمة المرور الجديدة
new-password-rule = { $min ->
    [zero] { $min } حرف على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
    [one] حرف واحد على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
    [two] حرفان على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
    [few] { $min } أحرف على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
    [many] { $min } حرفًا على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
   *[other] { $min } حرف على الأقل. يمكن استخدام أي أحرف أو أرقام أو رموز.
}
new-password-repeat = تكرار كلمة المرور الجديدة
password-show = إظهار كلمة المرور
new-password-button = تعيين كلمة المرور
new-password-differ = كلمتا المرور غير متطابقتين.
done-heading = تم تغيير كلمة مرورك
done-intro = يمكنك الآن تسجيل الدخول بها. لم يعد الرابط الذي استخدمته يعمل.
done-go-on = المتابعة إلى { $title }
done-log-in = تسجيل الدخول إلى { $title }
refusal-too-short = { $min ->
    [zero] يجب ألا تقل كلمة المرور عن { $min } حرف.
    [one] يجب ألا تقل كلمة المرور عن حرف واحد.
    [two] يجب ألا تقل كلمة المرور عن حرفين.
    [few] يجب ألا تقل كلمة المرور عن { $min } أحرف.
    [many] يجب ألا تقل كلمة المرور عن { $min } حرفًا.
   *[other] يجب ألا تقل كلمة المرور عن { $min } حرف.
}
refusal-too-long = { $max ->
    [zero] يجب ألا تزيد كلمة المرور على { $max } حرف.
    [one] يجب ألا تزيد كلمة المرور على حرف واحد.
    [two] يجب ألا تزيد كلمة المرور على حرفين.
    [few] يجب ألا تزيد كلمة المرور على { $max } أحرف.
    [many] يجب ألا تزيد كلمة المرور على { $max } حرفًا.
   *[other] يجب ألا تزيد كلمة المرور على { $max } حرف.
}
refusal-too-many-bytes = { $max ->
    [zero] يجب ألا تزيد كلمة المرور على { $max } بايت؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
    [one] يجب ألا تزيد كلمة المرور على بايت واحد؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
    [two] يجب ألا تزيد كلمة المرور على بايتين؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
    [few] يجب ألا تزيد كلمة المرور على { $max } بايتات؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
    [many] يجب ألا تزيد كلمة المرور على { $max } بايتًا؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
   *[other] يجب ألا تزيد كلمة المرور على { $max } بايت؛ يشغل الحرف العربي أكثر من بايت واحد، وكذلك الرموز مثل الإيموجي.
}
refusal-nul = يجب ألا تحتوي كلمة المرور على الرمز NUL.
refusal-breached = أصبحت كلمة المرور هذه معروفة بسبب تسريب بيانات، وقد يجرّبها آخرون. يُرجى اختيار غيرها.
refusal-common = كلمة المرور هذه من أول ما تتم تجربته. يُرجى اختيار غيرها، مثل بضع كلمات لا صلة بينها.
refusal-like-common = كلمة المرور هذه تشبه كثيرًا كلمة مرور شائعة. يُرجى إضافة كلمة أو كلمتين.
refusal-keyboard = من السهل تخمين المفاتيح المتجاورة على لوحة المفاتيح. يُرجى استخدام بضع كلمات بدلًا منها.
refusal-repetition = من السهل تخمين ما يتكرر. يُرجى إضافة كلمات أخرى بدلًا من ذلك.
refusal-sequence = من السهل تخمين التسلسلات مثل abc أو 6543. يُرجى استخدام بضع كلمات بدلًا منها.
refusal-date = من السهل تخمين التواريخ والسنوات. يُرجى إضافة كلمة أو كلمتين.
refusal-single-word = من السهل تخمين كلمة واحدة بمفردها. يُرجى إضافة كلمة أو كلمتين.
refusal-name = من السهل تخمين أسماء الأشخاص. يُرجى إضافة كلمة أو كلمتين.
refusal-personal = من السهل تخمين اسمك وعنوانك واسم هذه الخدمة. يُرجى استخدام كلمات أخرى.
refusal-guessable = من السهل جدًا تخمين كلمة المرور هذه. يُرجى إضافة كلمة أو كلمتين.
refusal-capitals = الأحرف الكبيرة لا تكاد تزيد صعوبة التخمين.
refusal-reversed = الكلمات المكتوبة بالعكس لا تكاد تكون أصعب تخمينًا.
refusal-substitutions = الرموز بدل الأحرف، مثل @ بدل a، لا تكاد تزيد صعوبة التخمين.

# When something is wrong
expired-heading = انتهت صلاحية هذا الرابط
expired-detail = انقضت مدة الرابط. يُرجى طلب رابط جديد، وسيصل فورًا.
not-valid-heading = هذا الرابط غير صالح
not-valid-detail = يعمل كل رابط مرة واحدة فقط. إذا كنت قد استخدمته، فقد تم تعيين كلمة مرورك الجديدة؛ وإلا فيُرجى طلب رابط جديد وفتح أحدث رسالة.
too-often-heading = محاولات كثيرة جدًا
too-often-detail = يُرجى الانتظار قليلًا، ثم إعادة المحاولة.
busy-heading = الخدمة مشغولة جدًا الآن
busy-detail = يُرجى إعادة المحاولة بعد لحظات. لم يُفقد شيء: ما زال رابطك يعمل.
not-found-heading = هذه الصفحة غير موجودة
not-found-detail = العنوان ليس صحيحًا تمامًا.
trouble-heading = حدث خطأ ما
trouble-detail = يُرجى إعادة المحاولة. إذا استمرت المشكلة، فيُرجى إبلاغ القائمين على هذه الخدمة مع ذكر الرمز المرجعي أدناه.
not-taken-heading = لم يُقبل النموذج
not-taken-detail = بقي مفتوحًا مدة طويلة، أو أُرسل من مكان آخر، أو يحتوي على بيانات كثيرة جدًا. لم يتغيّر شيء: يُرجى فتح الصفحة من جديد وإرساله منها.

# Somebody else changed a password
not-me-heading = هل غيّر شخص آخر كلمة مرورك؟
not-me-intro = يُرجى إدخال بيانات الحساب. سنسجل الأمر ونبلغ القائمين على { $title } ونرسل رسالة بها رابط لاختيار كلمة مرور أخرى على الفور.
not-me-button = لم أكن أنا

# Confirming an address, and logging in by a link
confirm-email-heading = تأكيد عنوان بريدك الإلكتروني
confirm-email-intro = يُرجى تعريفنا بنفسك، وسنرسل إليك رسالة تحتوي على رابط لتأكيد عنوانك.
confirm-email-now-intro = يُرجى الضغط على الزر لتأكيد أن الرسائل المرسلة إلى عنوانك تصل إليك.
confirmed-heading = تم تأكيد عنوان بريدك الإلكتروني
confirmed-intro = لا يلزم فعل شيء آخر. يمكنك إغلاق هذه الصفحة.
login-heading = تسجيل الدخول برابط
login-intro = يُرجى تعريفنا بنفسك، وسنرسل إليك رسالة تحتوي على رابط لتسجيل الدخول.
login-now-heading = تسجيل الدخول إلى { $title }
login-now-intro = يُرجى الضغط على الزر لتسجيل الدخول. يعمل الرابط مرة واحدة فقط.
other-account = فُتح في هذه الأثناء رابط آخر في هذا المتصفح. ما تفعله الآن يخص الحساب الظاهر هنا.
not-valid-link-detail = يعمل كل رابط مرة واحدة فقط، ولحساب لم يتغير منذ إرساله. يُرجى طلب رابط جديد وفتح أحدث رسالة.
