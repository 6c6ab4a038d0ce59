//! The same of the document of other systems' calls, under each media type that a body may have.

use std::time::Duration;

use regain::app::compat_document_json;
use regain::config::Compat;
use serde_json::{Value, json};

use super::{Example, JSON, Open, TestDatabase, examples_of, members};
use crate::browser::{Browser, between};
use crate::harness::{Answer, answer};

const FORM: &str = "application/x-www-form-urlencoded";
const ADA: &str = "ada@example.com";

/// One application that answers all of them, as the examples have it.
async fn open() -> (TestDatabase, Open) {
    super::open_with(|settings| {
        let home = format!("{}/", settings.public_url);
        let app = settings.apps.get_mut("default").unwrap();
        app.compat = Compat::ALL.into();
        app.return_to.push(home);
        let id = "9f2d3c5e-0d7b-4d0e-8a55-6c1b7f3e2a10";
        app.cloud_cms.application_id = Some(id.to_owned());
        let link = "https://website.example/password-reset.html?hash={token}";
        app.links.password_reset = Some(link.to_owned());
    })
    .await
}

/// Every example, with the media type that its body has.
fn all() -> impl Iterator<Item = (&'static str, Example)> {
    let forms = examples_of(&compat_document_json(), FORM).into_iter();
    let forms = forms.filter(|it| it.request.is_some()).map(|it| (FORM, it));
    examples_of(&compat_document_json(), JSON).into_iter().map(|it| (JSON, it)).chain(forms)
}

/// As JSON a value, and as a form its text.
fn text_of(body: &Value) -> String {
    body.as_str().map_or_else(|| body.to_string(), str::to_owned)
}

async fn send(open: &Open, kind: &str, example: &Example, session: &str) -> Answer {
    let method = example.method.parse().unwrap();
    let mut request =
        open.regain.http.request(method, format!("{}{}", open.regain.url, example.path));
    if example.security != json!([]) {
        request = request.bearer_auth(session);
    }
    if let Some(body) = &example.request {
        request = request.header("content-type", kind).body(text_of(body));
    }
    answer(request).await
}

/// Asks by this call, and takes out of the mail that comes what stands between these.
async fn mailed(open: &Open, path: &str, body: &Value, from: &str, to: &str) -> String {
    // A link to log in is not mailed in the second of a login.
    open.regain.clock.advance(Duration::from_mins(1));
    let before = open.regain.mails().len();
    assert_eq!(open.regain.post(path, body).await.status, 200);
    open.regain.worked().await;
    let mails = open.regain.mails();
    assert_eq!(mails.len(), before + 1, "one mail");
    between(&mails[before].text, from, to)
        .unwrap_or_else(|| panic!("{}", mails[before].text))
        .to_owned()
}

async fn token(open: &Open) -> String {
    let ask = "/betty-blocks/default/request-password-reset";
    mailed(open, ask, &json!({ "email_address": ADA }), "?hash=", "\n").await.trim().to_owned()
}

async fn key(open: &Open) -> String {
    let ask = "/structr/rest/reset-password";
    mailed(open, ask, &json!({ "eMail": ADA }), "?key=", "&target=").await
}

async fn session(open: &Open) -> String {
    let done = open.regain.complete_with("login-links", &key(open).await).await;
    done.json()["session"].as_str().expect("a session").to_owned()
}

#[tokio::test]
async fn every_example_is_taken_as_it_stands_as_json_and_as_jquery_sends_it() {
    let (_users, open) = open().await;
    let session = session(&open).await;
    let mut tried = 0;
    for (kind, example) in all() {
        let answer = send(&open, kind, &example, &session).await;
        match example.id.as_str() {
            "resetBettyBlocksPassword" | "sendCloudCmsRequest" | "commitCloudCmsRequest" => {
                let told = (answer.status, answer.code());
                assert_eq!(told, (400, "token-invalid".to_owned()), "{kind} {}", example.id);
            }
            "openStructrLink" => assert_eq!(answer.status, 400, "{answer:?}"),
            id => assert_eq!(answer.status, 200, "{kind} {id} {answer:?}"),
        }
        tried += 1;
    }
    assert_eq!(tried, 9 + 5);
}

/// With what is good where something stands that is nobody's.
async fn made_good(open: &Open, mut example: Example) -> Example {
    let requests = example.path.split("/requests/").next().unwrap_or_default().to_owned();
    match example.id.as_str() {
        "resetBettyBlocksPassword" => {
            example.request.as_mut().unwrap()["inputToken"] = json!(token(open).await);
        }
        "sendCloudCmsRequest" => {
            let path = format!("{requests}/requests/resetpassword");
            let made = open.regain.post(&path, &json!({ "principal": ADA })).await.json();
            example.path = format!("{path}/{}/send", made["_doc"].as_str().unwrap());
        }
        "commitCloudCmsRequest" => {
            let hash = token(open).await;
            example.path = format!("{requests}/requests/resetpassword/{hash}/commit");
        }
        "openStructrLink" => example.path = format!("/reset-password?key={}", key(open).await),
        _ => {}
    }
    example
}

#[tokio::test]
async fn what_is_answered_has_the_shape_of_its_example() {
    let mut compared = 0;
    for (kind, example) in all() {
        let (_users, open) = open().await;
        let session = session(&open).await;
        let example = made_good(&open, example).await;
        let answer = send(&open, kind, &example, &session).await;
        if example.id == "openStructrLink" {
            let leads = (answer.status, answer.header("location"));
            assert_eq!(leads, (303, Some("/a/default/login-now")), "as the example has it");
            assert!(answer.header("set-cookie").is_some(), "{answer:?}");
            continue;
        }
        assert_eq!(answer.status, 200, "{kind} {} {answer:?}", example.id);
        let (answered, shown) = (answer.json(), &example.answers[&200]);
        assert_eq!(members(&answered), members(shown), "{}", example.id);
        let length = |answer: &Value| answer["_doc"].as_str().map(str::len);
        assert_eq!(length(&answered), length(shown), "{}", example.id);
        compared += 1;
    }
    assert_eq!(compared, 8 + 5, "all but the page");
}

#[tokio::test]
async fn the_mail_of_the_example_is_sent_where_a_key_comes_along_that_may_define_it() {
    let (_users, open) = open().await;
    let example = all().find(|(_, example)| example.id == "createCloudCmsRequest").unwrap().1;
    let request = open.regain.http.post(format!("{}{}", open.regain.url, example.path));
    let request = request.bearer_auth(&open.key).header("content-type", JSON);
    let made = answer(request.body(text_of(example.request.as_ref().unwrap()))).await.json();
    let send = format!("{}/{}/send", example.path, made["_doc"].as_str().unwrap());
    assert_eq!(open.regain.post(&send, &json!({})).await.status, 200);
    open.regain.worked().await;
    let mail = open.regain.mails().pop().unwrap();
    assert_eq!(mail.subject, "Your new password");
    assert!(mail.html.contains("Click me to reset your password</a>"), "{}", mail.html);
}

#[tokio::test]
async fn the_cookie_that_the_document_names_opens_the_same_door_as_the_session() {
    let document: Value = serde_json::from_str(&compat_document_json()).unwrap();
    let scheme = &document["components"]["securitySchemes"]["session_cookie"];
    assert_eq!((&scheme["type"], &scheme["in"]), (&json!("apiKey"), &json!("cookie")));
    let (_users, open) = super::open_with(|settings| {
        settings.public_url = "https://accounts.example.com".to_owned();
        let app = settings.apps.get_mut("default").unwrap();
        app.compat = [Compat::Structr].into();
        app.return_to = vec!["https://accounts.example.com/".to_owned()];
    })
    .await;
    let browser = Browser::new(&open.regain);
    browser.get(&format!("/reset-password?key={}", key(&open).await)).await;
    let button = browser.get("/a/default/login-now").await;
    assert_eq!(browser.fill_in(&button, &[]).await.status, 303);
    let name = scheme["name"].as_str().unwrap();
    let cookie = browser.cookies.borrow().get(name).cloned().expect("a cookie of this name");
    let request = open.regain.http.put(format!("{}/structr/rest/me", open.regain.url));
    let request = request.header("cookie", format!("{name}={cookie}"));
    let body = json!({ "password": "correct horse battery staple" }).to_string();
    let done = answer(request.header("content-type", JSON).body(body)).await;
    assert_eq!((done.status, done.body.as_str()), (200, "{}"), "{done:?}");
    assert!(done.header("set-cookie").is_some_and(|it| it.starts_with(&format!("{name}=;"))));
}
