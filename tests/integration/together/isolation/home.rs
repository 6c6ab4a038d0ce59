//! The control: at home each of them works, on every route that wants one. So what was refused
//! elsewhere was worth something, and a route that nobody has tried is found.

use std::time::Duration;

use regain::http::routes;
use serde_json::json;

use super::credentials::{by_key, garbled, logged_in, made, requests, sealed_session};
use super::{Browser, Own, Regain, answer, between, send};
use crate::browser::unescaped;
use crate::operations::{Operation, STRUCTR_ME, Wants};

/// What anybody may do who has nothing. All else has to do more with what it wants than without.
const OPEN: [&str; 12] = [
    "/v1/apps/{app}/password-resets",
    "/v1/apps/{app}/email-confirmations",
    "/v1/apps/{app}/login-links",
    "/a/{app}/reset",
    "/a/{app}/confirm-email",
    "/a/{app}/login",
    "/a/{app}/not-me",
    "/a/{app}/assets/{file}",
    "/betty-blocks/{app}/request-password-reset",
    "/pub/applications/{application}/requests/resetpassword",
    "/pub/applications/{application}/requests/resetpassword/create",
    "/structr/rest/reset-password",
];

const NEW: &str = "a passphrase long enough for each";

/// Made for one operation, since most of it works once.
struct Fresh {
    /// A token of each purpose, a session, a request of Cloud CMS'.
    secrets: Vec<String>,
    session: String,
    /// All of it as cookies.
    cookies: Vec<(String, String)>,
}

impl Fresh {
    async fn of(regain: &Regain, own: &Own) -> Self {
        // A link to log in is younger than the last login.
        regain.clock.advance(Duration::from_secs(2));
        own.users.execute("UPDATE users SET confirmed_at = NULL WHERE id = 2").await;
        let reset = issued(regain, own, 1, "password-reset").await;
        let confirmation = issued(regain, own, 2, "email-confirmation").await;
        let login = issued(regain, own, 3, "login").await;
        let session = logged_in(regain, own, &issued(regain, own, 4, "login").await).await;
        let doc = made(regain, own, "nobody@example.com").await;
        let browser = Browser::new(regain).at(own.host());
        for (page, token) in
            [("reset", &reset), ("confirm-email", &confirmation), ("login", &login)]
        {
            browser.get(&own.page(&format!("{page}/{token}"))).await;
        }
        let mut cookies: Vec<_> = browser.cookies.take().into_iter().collect();
        cookies.push((own.cookie("session"), sealed_session(regain, own, &session)));
        let secrets = vec![reset, confirmation, login, session.clone(), doc];
        Self { secrets, session, cookies }
    }
}

async fn issued(regain: &Regain, own: &Own, id: u64, purpose: &str) -> String {
    let path = own.api(&format!("users/{id}/tokens"));
    let issued = by_key(regain, &path, &own.key, &json!({ "purpose": purpose }).to_string()).await;
    assert_eq!(issued.status, 201, "{issued:?}");
    issued.json()["token"].as_str().unwrap().to_owned()
}

/// That every operation does with what it wants what it does not do without.
pub async fn assert_all_work(regain: &Regain, own: &Own, operations: &[Operation]) {
    let is_there = |open: &str| routes::all().iter().any(|(template, _)| *template == open);
    assert!(OPEN.iter().all(|open| is_there(open)), "each is a route");
    for operation in operations.iter().filter(|it| own.answers_structr || it.names_its_app()) {
        let works = if OPEN.contains(&operation.template) {
            is_open(regain, own, operation).await
        } else if operation.is_posted() {
            form_works(regain, own, operation).await
        } else {
            works(regain, own, operation, operation.wants).await
        };
        assert!(works, "{}: nothing made {operation:?} do anything", own.facts.name);
        if operation.template == STRUCTR_ME {
            assert!(works_by_cookie(regain, own, operation).await, "{operation:?} by its cookie");
        }
    }
}

async fn is_open(regain: &Regain, own: &Own, operation: &Operation) -> bool {
    let browser = Browser::new(regain).at(own.host());
    let page = browser.get(&own.page("reset")).await;
    let page = unescaped(&page.body);
    let sheet = between(&page, "rel=\"stylesheet\" href=\"", "\"").unwrap();
    let (path, body) = operation.with_nothing(own.facts.name);
    let path = if operation.template.ends_with("{file}") { sheet } else { path.as_str() };
    let done = if operation.is_posted() {
        let page = browser.get(path).await;
        browser.fill_in(&page, &[("identifier", "nobody@example.com")]).await
    } else {
        send(regain, operation, own, path, &body, |it| it).await
    };
    done.status < 400
}

/// With tokens where one is taken, against the same without a token; elsewhere with session, key and
/// cookies against nothing.
async fn works(regain: &Regain, own: &Own, operation: &Operation, wants: Wants) -> bool {
    let fresh = Fresh::of(regain, own).await;
    let cookies: Vec<_> =
        fresh.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let with = |it: reqwest::RequestBuilder| {
        let it = it.header("cookie", cookies.join("; "));
        match wants {
            Wants::Nothing => it,
            Wants::Session => it.bearer_auth(&fresh.session),
            Wants::Key => it.bearer_auth(&own.key),
        }
    };
    let takes = operation.takes_token();
    let none = vec!["a.b.c".to_owned()];
    for secret in if takes { &fresh.secrets } else { &none } {
        for (path, body) in operation.said(own.facts.name, secret) {
            let done = send(regain, operation, own, &path, &body, with).await;
            let without = if takes {
                let garbage = garbled(secret);
                let (path, body) = (path.replace(secret, &garbage), body.replace(secret, &garbage));
                send(regain, operation, own, &path, &body, with).await
            } else {
                send(regain, operation, own, &path, &body, |it| it).await
            };
            if done.status < 400 && done != without {
                return true;
            }
        }
    }
    false
}

/// By the cookie in the place of what it wants.
async fn works_by_cookie(regain: &Regain, own: &Own, operation: &Operation) -> bool {
    works(regain, own, operation, Wants::Nothing).await
}

/// The form of a page that is shown to who has the cookies, and to nobody else.
async fn form_works(regain: &Regain, own: &Own, operation: &Operation) -> bool {
    let fresh = Fresh::of(regain, own).await;
    let path = operation.path(own.facts.name, "a.b.c");
    let stranger = Browser::new(regain).at(own.host());
    let strange = stranger.post(&path, &[("new_password", NEW), ("confirm_password", NEW)]).await;
    let browser = Browser::new(regain).at(own.host());
    browser.cookies.borrow_mut().extend(fresh.cookies);
    let page = browser.get(&path).await;
    assert_eq!(page.status, 200, "{operation:?} {page:?}");
    let fields = ["new_password", "confirm_password"].map(|field| (field, NEW)).into_iter();
    let fields = fields.filter(|(field, _)| page.body.contains(&format!("name=\"{field}\"")));
    let done = browser.fill_in(&page, &fields.collect::<Vec<_>>()).await;
    done.status < 400 && strange.status >= 400
}

/// That each of its keys may do what its scope says, and that alone.
pub async fn assert_keys_good(regain: &Regain, own: &Own, operations: &[Operation]) {
    for (scope, key) in &own.keys {
        let mut does = on_behalf(regain, own, key).await || defined(regain, own, key).await;
        for confirmed in ["NULL", "'2026-01-01 00:00:00'"] {
            let set = format!("UPDATE users SET confirmed_at = {confirmed} WHERE id = 1");
            own.users.execute(&set).await;
            for operation in operations.iter().filter(|it| it.wants == Wants::Key) {
                for (path, body) in operation.said(own.facts.name, "a.b.c") {
                    let done =
                        send(regain, operation, own, &path, &body, |it| it.bearer_auth(key)).await;
                    assert_ne!(done.status, 401, "{scope} {operation:?}");
                    does |= done.status < 300;
                }
            }
        }
        assert!(does, "{}: a key of the scope {scope} does nothing", own.facts.name);
    }
}

/// Whether a key may name the client that is counted.
async fn on_behalf(regain: &Regain, own: &Own, key: &str) -> bool {
    let request = regain.http.post(format!("{}{}", regain.url, own.api("password-resets")));
    let request = request.header("content-type", "application/json").bearer_auth(key);
    let request = request.header("regain-client-address", "192.0.2.7");
    let asked = answer(request.body(json!({ "identifier": "nobody@example.com" }).to_string()));
    match asked.await.status {
        202 => true,
        status => {
            assert_eq!(status, 403, "no scope for it");
            false
        }
    }
}

/// Whether a key may say what a mail says.
async fn defined(regain: &Regain, own: &Own, key: &str) -> bool {
    let link = format!("<a href='{}{}/${{hash}}'>Here</a>", own.url, own.page("reset"));
    let email = json!({ "subject": "By hand", "body": link });
    let body = json!({ "principal": "cam@example.com", "email": email }).to_string();
    // There is room for another mail.
    regain.clock.advance(Duration::from_hours(1));
    let made = by_key(regain, &requests(own, ""), key, &body).await;
    let doc = made.json()["_doc"].as_str().unwrap().to_owned();
    let sent = by_key(regain, &requests(own, &format!("/{doc}/send")), key, "{}").await;
    sent.status == 200 && {
        regain.worked().await;
        own.mails(regain).pop().unwrap().subject == "By hand"
    }
}
