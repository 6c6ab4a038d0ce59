//! Three applications at the same time, each through all of its journeys.

use futures_util::future::join_all;
use serde_json::json;

use super::trio::{Own, Trio};
use crate::browser::{Browser, between, unescaped};
use crate::harness::{Answer, Mail, Regain, answer};
use crate::people::OLD_HASH;

const NEW: &str = "a passphrase long enough for each";

#[tokio::test]
async fn three_applications_on_three_engines_each_go_through_their_own_journeys_at_once() {
    let Trio { regain, apps } = Trio::start(|_| {}).await;
    join_all(apps.iter().map(|own| reset_by_pages(&regain, own))).await;
    join_all(apps.iter().map(|own| confirm_and_log_in(&regain, own))).await;
    regain.worked().await;
    for own in &apps {
        let password = own.cell(1, "password").await.unwrap();
        assert_ne!(password.trim(), OLD_HASH, "{}", own.facts.name);
        for (id, column) in [(2, "confirmed_at"), (3, "last_login")] {
            assert!(own.cell(id, column).await.is_some(), "{} {column}", own.facts.name);
        }
        let mails = own.mails(&regain);
        // Three links, and a notice of each new password.
        assert_eq!(mails.len(), 5, "{}: {mails:?}", own.facts.name);
        for mail in mails {
            assert_is_of(own, &mail);
            for other in apps.iter().filter(|other| other.facts.name != own.facts.name) {
                for strange in [other.facts.title, other.facts.from, other.facts.name] {
                    assert!(!mail.raw.contains(strange), "{strange} in {}", mail.raw);
                }
            }
        }
    }
    assert_eq!(regain.mails().len(), 15, "and no others");
}

/// From the page that asks to the one that says that it is done.
async fn reset_by_pages(regain: &Regain, own: &Own) {
    let mut browser = Browser::old(regain).at(own.host());
    // We have no texts in what it prefers.
    browser.language = "sv";
    let ask = browser.get(&own.page("reset")).await;
    assert_looks_like(regain, own, &ask).await;
    let sent = browser.fill_in(&ask, &[("identifier", "Ada@Example.com")]).await;
    assert_looks_like(regain, own, &sent).await;
    let mail = mail_to(regain, own, "ada@example.com").await;
    let link = mail.link().unwrap();
    let path = link.strip_prefix(&own.url).unwrap_or_else(|| panic!("{link} under {}", own.url));
    let moved = browser.get(path).await;
    assert_eq!(
        (moved.status, moved.header("location")),
        (303, Some(own.page("new-password").as_str()))
    );
    let form = browser.get(&own.page("new-password")).await;
    assert_looks_like(regain, own, &form).await;

    let short = &NEW[..own.facts.min_length - 1];
    let refused =
        browser.fill_in(&form, &[("new_password", short), ("confirm_password", short)]).await;
    assert_eq!(refused.status, 422, "its own policy: {}", refused.body);
    let done = browser.fill_in(&refused, &[("new_password", NEW), ("confirm_password", NEW)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_looks_like(regain, own, &done).await;
}

/// By the API: the address, the login, the session, and a password by the session.
async fn confirm_and_log_in(regain: &Regain, own: &Own) {
    ask(regain, own, "email-confirmations", "una@example.com").await;
    let token = mail_to(regain, own, "una@example.com").await.token();
    let confirmed =
        regain.post(&own.api("email-confirmations/complete"), &json!({ "token": token })).await;
    assert_eq!(confirmed.status, 200, "{confirmed:?}");

    ask(regain, own, "login-links", "lin@example.com").await;
    let token = mail_to(regain, own, "lin@example.com").await.token();
    let logged_in = regain.post(&own.api("login-links/complete"), &json!({ "token": token })).await;
    let home = format!("https://{}.example/home", own.facts.name);
    assert_eq!((logged_in.status, &logged_in.json()["return_to"]), (200, &json!(home)));
    let session = logged_in.json()["session"].as_str().unwrap().to_owned();
    let call = |method: reqwest::Method, path: &str| {
        let request = regain.http.request(method, format!("{}{}", regain.url, own.api(path)));
        request.bearer_auth(&session).header("content-type", "application/json")
    };
    let me = answer(call(reqwest::Method::GET, "me")).await;
    assert_eq!(me.json()["email"], "lin@example.com");
    let body = json!({ "new_password": NEW }).to_string();
    let changed = answer(call(reqwest::Method::PUT, "me/password").body(body)).await;
    assert_eq!(changed.status, 204, "{changed:?}");
}

async fn ask(regain: &Regain, own: &Own, path: &str, who: &str) {
    let home = format!("https://{}.example/home", own.facts.name);
    let body = json!({ "identifier": who, "return_to": home });
    let asked = regain.post(&own.api(path), &body).await;
    assert_eq!(asked.status, 202, "{asked:?}");
}

/// The one mail that an application sent to somebody.
async fn mail_to(regain: &Regain, own: &Own, who: &str) -> Mail {
    regain.worked().await;
    let mut mails = own.mails(regain);
    mails.retain(|mail| mail.to == who);
    assert_eq!(mails.len(), 1, "{} to {who}", own.facts.name);
    mails.remove(0)
}

/// Its own language, title and colours.
async fn assert_looks_like(regain: &Regain, own: &Own, page: &Answer) {
    assert_eq!(page.status, 200, "{}", page.body);
    let body = unescaped(&page.body);
    assert!(body.contains(&format!("<html lang=\"{}\"", own.facts.language)), "{body}");
    assert!(body.contains(&format!("<bdi>{}</bdi>", own.facts.title)), "{body}");
    let sheet = between(&body, "rel=\"stylesheet\" href=\"", "\"").unwrap();
    let sheet = regain.get(sheet).await;
    assert!(
        sheet.body.starts_with(&format!(":root{{--accent:{}", own.facts.accent)),
        "{}",
        sheet.body
    );
}

fn assert_is_of(own: &Own, mail: &Mail) {
    let language = format!("Content-Language: {}", own.facts.language);
    assert!(mail.raw.contains(&language), "{}", mail.raw);
    assert!(mail.subject.contains(own.facts.title), "{}", mail.subject);
    let links = mail.text.split_whitespace().filter(|word| word.starts_with("http"));
    for link in links {
        assert!(link.starts_with(&format!("{}/a/{}/", own.url, own.facts.name)), "{link}");
    }
}
