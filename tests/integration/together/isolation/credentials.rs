//! Everything that an application gives out by which somebody may do something.

use regain::random::Random;
use serde_json::json;

use super::{Answer, Browser, Own, Regain, Value, answer, between};

/// What one application gave out.
pub struct Credentials {
    /// The tokens of its links, by the purpose that the API calls them.
    tokens: Vec<(&'static str, String)>,
    session: String,
    keys: Vec<String>,
    /// A request of Cloud CMS' between being made and being sent.
    doc: String,
    /// The cookies of its pages, by the last part of their names.
    pub cookies: Vec<(String, String)>,
    /// What its forms are signed with, and bound to an account by.
    pub csrf: String,
    pub account: String,
}

impl Credentials {
    /// Asks for every kind of link in every way there is, opens each, and logs somebody in.
    pub async fn of(regain: &Regain, own: &Own) -> Self {
        let browser = Browser::new(regain).at(own.host());
        let ask = browser.get(&own.page("reset")).await;
        browser.fill_in(&ask, &[("identifier", "ada@example.com")]).await;
        let mut tokens = vec![("password-reset", mailed(regain, own).await)];
        let (login, whose) = if own.answers_structr {
            ("/structr/rest/reset-password".to_owned(), "eMail")
        } else {
            (own.api("login-links"), "identifier")
        };
        let betty = format!("/betty-blocks/{}/request-password-reset", own.facts.name);
        let confirm = own.api("email-confirmations");
        for (purpose, path, member, who) in [
            ("email-confirmation", &confirm, "identifier", "una@example.com"),
            ("login", &login, whose, "lin@example.com"),
            ("password-reset", &betty, "email_address", "bea@example.com"),
        ] {
            let asked = regain.post(path, &json!({ member: who })).await;
            assert!(matches!(asked.status, 200 | 202), "{asked:?}");
            tokens.push((purpose, mailed(regain, own).await));
        }
        let of_cloud_cms = made(regain, own, "cam@example.com").await;
        let sent = regain.post(&requests(own, &format!("/{of_cloud_cms}/send")), &json!({})).await;
        assert_eq!(sent.status, 200, "{sent:?}");
        tokens.push(("password-reset", mailed(regain, own).await));
        tokens.push(("password-reset", invited(regain, own).await));
        let doc = made(regain, own, "bea@example.com").await;

        regain.post(&own.api("login-links"), &json!({ "identifier": "sea@example.com" })).await;
        let token = mailed(regain, own).await;
        let session = logged_in(regain, own, &token).await;
        let (cookies, form) = opened(&browser, regain, own, &tokens, &session).await;
        let hidden = |name: &str| {
            between(&form, &format!("name=\"{name}\" value=\""), "\"").unwrap().to_owned()
        };
        let (csrf, account) = (hidden("csrf"), hidden("account"));
        let keys = own.keys.iter().map(|(_, key)| key.clone()).chain([own.key.clone()]).collect();
        Self { tokens, session, keys, doc, cookies, csrf, account }
    }

    /// Each that is one string.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let tokens = self.tokens.iter().map(|(_, token)| token.as_str());
        let keys = self.keys.iter().map(String::as_str);
        tokens.chain(keys).chain([self.session.as_str(), self.doc.as_str()])
    }

    /// Its cookies as a browser has them.
    fn kept(&self, own: &Own) -> impl Iterator<Item = (String, String)> {
        self.cookies.iter().map(|(kind, value)| (own.cookie(kind), value.clone()))
    }

    /// That each of them is as good as ever where it came from: what was refused elsewhere was no
    /// dead one.
    pub async fn assert_good(&self, regain: &Regain, own: &Own) {
        for (purpose, token) in &self.tokens {
            let body = json!({ "token": token, "purpose": purpose });
            let inspected = regain.post(&own.api("tokens/inspect"), &body).await;
            assert_eq!(inspected.status, 200, "{} {purpose} {inspected:?}", own.facts.name);
        }
        let me = regain.http.get(format!("{}{}", regain.url, own.api("me")));
        let me: Answer = answer(me.bearer_auth(&self.session)).await;
        assert_eq!(me.json()["email"], Value::from("sea@example.com"), "{me:?}");
        let browser = Browser::new(regain).at(own.host());
        browser.cookies.borrow_mut().extend(self.kept(own));
        for page in ["new-password", "confirm-email-now", "login-now", "my-password"] {
            assert_eq!(browser.get(&own.page(page)).await.status, 200, "{page}");
        }
    }
}

/// A page as it is shown to who may see it.
#[derive(Default)]
pub struct Shown {
    /// The fields of its form.
    pub fields: Vec<String>,
    /// Whether it is shown only to who has opened a link.
    pub wants_link: bool,
}

impl Shown {
    /// Looks at a page with the cookies of its own application, and without.
    pub async fn of(regain: &Regain, own: &Own, theirs: &Credentials, path: &str) -> Self {
        let strange = Browser::new(regain).at(own.host()).get(path).await;
        let browser = Browser::new(regain).at(own.host());
        browser.cookies.borrow_mut().extend(theirs.kept(own));
        let page = browser.get(path).await;
        if page.status != 200 {
            return Self::default();
        }
        let inputs = page.body.split("<input").skip(1);
        let fields = inputs.filter_map(|input| between(input.split('>').next()?, " name=\"", "\""));
        Self { fields: fields.map(str::to_owned).collect(), wants_link: strange.status != 200 }
    }
}

/// The cookies of a browser in which every link was opened and somebody is logged in, by the last
/// part of their names, and the last page that it showed.
async fn opened(
    browser: &Browser<'_>,
    regain: &Regain,
    own: &Own,
    tokens: &[(&str, String)],
    session: &str,
) -> (Vec<(String, String)>, String) {
    let mut form = String::new();
    for (purpose, page) in
        [("password-reset", "reset"), ("email-confirmation", "confirm-email"), ("login", "login")]
    {
        let (_, token) = tokens.iter().find(|(of, _)| *of == purpose).unwrap();
        let moved = browser.get(&own.page(&format!("{page}/{token}"))).await;
        assert_eq!(moved.status, 303, "{moved:?}");
        let page = browser.get(moved.header("location").unwrap()).await;
        assert_eq!(page.status, 200, "{page:?}");
        form = page.body;
    }
    let prefix = own.cookie("");
    let cookies = browser.cookies.borrow().clone().into_iter();
    let cookies = cookies.map(|(name, value)| {
        let kind = name.strip_prefix(&prefix).unwrap_or_else(|| panic!("{name} is of {prefix}"));
        (kind.to_owned(), value)
    });
    let mut cookies: Vec<_> = cookies.collect();
    assert_eq!(cookies.len(), 5, "three links, a form and what was typed: {cookies:?}");
    cookies.push(("session".to_owned(), sealed_session(regain, own, session)));
    (cookies, form)
}

/// A session as a cookie holds it. Only one of the applications lets people log in so far that it
/// keeps their session itself; its pages would take one of each.
pub fn sealed_session(regain: &Regain, own: &Own, session: &str) -> String {
    let app = regain.service.recovery.application(own.facts.name).unwrap();
    app.keys.seal(&Random::system(), "cookie/session", session.as_bytes())
}

/// The session of whom a token logs in.
pub async fn logged_in(regain: &Regain, own: &Own, token: &str) -> String {
    let answer = regain.post(&own.api("login-links/complete"), &json!({ "token": token })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["session"].as_str().unwrap().to_owned()
}

/// A path of Cloud CMS' requests.
pub fn requests(own: &Own, after: &str) -> String {
    format!("/pub/applications/{}/requests/resetpassword{after}", own.facts.name)
}

/// The id of a request of Cloud CMS' that was made and not sent.
pub async fn made(regain: &Regain, own: &Own, who: &str) -> String {
    let made = regain.post(&requests(own, ""), &json!({ "principal": who })).await;
    made.json()["_doc"].as_str().unwrap().to_owned()
}

/// The token by which somebody who is invited chooses the first password.
async fn invited(regain: &Regain, own: &Own) -> String {
    let body = json!({ "identifier": "new@example.com" }).to_string();
    let invited = by_key(regain, &own.api("invitations"), &own.key, &body).await;
    assert_eq!(invited.status, 202, "{invited:?}");
    mailed(regain, own).await
}

/// Posts JSON with a key.
pub async fn by_key(regain: &Regain, path: &str, key: &str, body: &str) -> Answer {
    let request = regain.http.post(format!("{}{path}", regain.url)).bearer_auth(key);
    let request = request.header("content-type", "application/json");
    answer(request.body(body.to_owned())).await
}

/// The token in the newest mail of an application.
async fn mailed(regain: &Regain, own: &Own) -> String {
    regain.worked().await;
    let mail = own.mails(regain).pop().unwrap();
    // Of a link that is made as Structr makes them.
    let key = between(&mail.text, "?key=", "&").map(str::to_owned);
    key.unwrap_or_else(|| mail.token())
}

/// The same shape with nothing behind it: letters moved on in the alphabet, the rest as it is.
pub fn garbled(secret: &str) -> String {
    let (prefix, rest) = match secret.strip_prefix("regain_") {
        Some(rest) => ("regain_", rest),
        None => ("", secret),
    };
    let moved = rest.chars().map(|letter| match letter {
        'a'..='y' | 'A'..='Y' => char::from(letter as u8 + 1),
        'z' => 'a',
        'Z' => 'A',
        other => other,
    });
    prefix.to_owned() + &moved.collect::<String>()
}
