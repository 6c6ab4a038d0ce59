//! Everything that an application gives out by which somebody may do something.

use super::{Answer, Browser, Own, Regain, Value, answer, between};
use serde_json::json;

/// What one application gave out.
pub struct Credentials {
    /// The tokens of its links, by the purpose that the API calls them.
    tokens: Vec<(&'static str, String)>,
    session: String,
    key: String,
    /// A request of Cloud CMS' between being made and being sent.
    doc: String,
    /// The cookies of its pages, by the last part of their names.
    pub cookies: Vec<(String, String)>,
    /// What its forms are signed with, and bound to an account by.
    pub csrf: String,
    pub account: String,
}

impl Credentials {
    /// Asks for every kind of link, opens each, and logs somebody in.
    pub async fn of(regain: &Regain, own: &Own) -> Self {
        let browser = Browser::new(regain).at(own.host());
        let ask = browser.get(&own.page("reset")).await;
        browser.fill_in(&ask, &[("identifier", "ada@example.com")]).await;
        let mut tokens = vec![("password-reset", mailed(regain, own).await)];
        for (purpose, path, who) in [
            ("email-confirmation", "email-confirmations", "una@example.com"),
            ("login", "login-links", "lin@example.com"),
        ] {
            let asked = regain.post(&own.api(path), &json!({ "identifier": who })).await;
            assert_eq!(asked.status, 202, "{asked:?}");
            tokens.push((purpose, mailed(regain, own).await));
        }
        regain.post(&own.api("login-links"), &json!({ "identifier": "sea@example.com" })).await;
        let token = mailed(regain, own).await;
        let logged_in =
            regain.post(&own.api("login-links/complete"), &json!({ "token": token })).await;
        let session = logged_in.json()["session"].as_str().unwrap().to_owned();

        let path = format!("/pub/applications/{}/requests/resetpassword", own.facts.name);
        let made = regain.post(&path, &json!({ "principal": "nobody@example.com" })).await;
        let doc = made.json()["_doc"].as_str().unwrap().to_owned();

        let mut form = String::new();
        for ((_, token), page) in tokens.iter().zip(["reset", "confirm-email", "login"]) {
            let moved = browser.get(&own.page(&format!("{page}/{token}"))).await;
            assert_eq!(moved.status, 303, "{moved:?}");
            let page = browser.get(moved.header("location").unwrap()).await;
            assert_eq!(page.status, 200, "{page:?}");
            form = page.body;
        }
        let hidden = |name: &str| {
            between(&form, &format!("name=\"{name}\" value=\""), "\"").unwrap().to_owned()
        };
        let prefix = own.cookie("");
        let cookies = browser.cookies.borrow().clone().into_iter();
        let cookies = cookies.map(|(name, value)| {
            let kind =
                name.strip_prefix(&prefix).unwrap_or_else(|| panic!("{name} is of {prefix}"));
            (kind.to_owned(), value)
        });
        let mut cookies: Vec<_> = cookies.collect();
        assert_eq!(cookies.len(), 5, "three links, a form and what was typed: {cookies:?}");
        // Where there are such, they are sealed as the one of a login link is.
        let login = cookies.iter().find(|(kind, _)| kind == "login").unwrap().1.clone();
        cookies.push(("session".to_owned(), login));
        let (csrf, account) = (hidden("csrf"), hidden("account"));
        Self { tokens, session, key: own.key.clone(), doc, cookies, csrf, account }
    }

    /// Each that is one string.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let tokens = self.tokens.iter().map(|(_, token)| token.as_str());
        tokens.chain([self.session.as_str(), self.key.as_str(), self.doc.as_str()])
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
        let explain = regain.http.post(format!("{}{}", regain.url, own.api("tokens/explain")));
        let body = json!({ "token": self.tokens[0].1, "purpose": "password-reset" }).to_string();
        let explain = explain.bearer_auth(&self.key).header("content-type", "application/json");
        let explained = answer(explain.body(body)).await;
        assert_eq!(explained.json()["state"], "valid", "{explained:?}");
        let browser = Browser::new(regain).at(own.host());
        browser.cookies.borrow_mut().extend(self.kept(own));
        for page in ["new-password", "confirm-email-now", "login-now"] {
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
