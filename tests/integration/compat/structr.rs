//! Structr: its password reset as its documentation tells it, with real mail and databases.

mod asking;
mod link;
mod me;
mod my_password;

use std::time::Duration;

use mail_parser::MessageParser;
use regain::config::{Compat, LoginLinks, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Folder, Mail, Regain, SECRET, answer, client, read_mails};
use crate::people::{OLD_HASH, database, hash, person};
use crate::process::Process;

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";
const NEW: &str = "newSuperSecurePassword";

/// Its paths.
const ASK: &str = "/structr/rest/reset-password";
const ME: &str = "/structr/rest/me";

/// The cookie of a session, over http on loopback.
const SESSION: &str = "regain-default-session";

fn switched_on(settings: &mut Settings) {
    let home = format!("{}/", settings.public_url);
    let app = settings.apps.get_mut("default").unwrap();
    app.compat = [Compat::Structr].into();
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
    app.return_to = vec![home];
}

async fn running(engine: Engine) -> (TestDatabase, Regain) {
    let users = database(engine, &[person(ADA), person(EVE)]).await;
    let regain = Regain::start_with(&users.url, switched_on).await;
    (users, regain)
}

async fn ask(regain: &Regain, address: &str) -> Answer {
    regain.post(ASK, &json!({ "eMail": address })).await
}

/// Asks, and takes the link out of the mail that comes.
async fn link_for(regain: &Regain, address: &str) -> String {
    let with_link = || {
        let mails = regain.mails().into_iter();
        mails.filter(|mail| mail.text.contains("/reset-password?")).collect::<Vec<_>>()
    };
    let before = with_link().len();
    assert_eq!(ask(regain, address).await.status, 200);
    regain.worked().await;
    let mails = with_link();
    assert!(mails.len() > before, "no mail came for {address}");
    link_in(mails.last().unwrap())
}

/// Name and address of who a mail comes from.
fn sender_of(mail: &Mail) -> (String, String) {
    let message = MessageParser::new().parse(&mail.raw).unwrap();
    let from = message.from().and_then(|from| from.first()).unwrap();
    (from.name().unwrap_or_default().to_owned(), from.address().unwrap().to_owned())
}

fn link_in(mail: &Mail) -> String {
    mail.text.split_whitespace().find(|word| word.starts_with("http")).unwrap().to_owned()
}

fn path_of<'a>(regain: &Regain, link: &'a str) -> &'a str {
    link.strip_prefix(regain.url.as_str()).unwrap()
}

/// The token in a link, as it is where nothing else was said.
fn key_of(link: &str) -> &str {
    crate::browser::between(link, "?key=", "&target=").unwrap()
}

/// Opens a link, presses the button, and answers with what leads on.
async fn log_in(browser: &Browser<'_>, regain: &Regain, link: &str) -> Answer {
    let opened = browser.get(path_of(regain, link)).await;
    assert_eq!((opened.status, opened.header("location")), (303, Some("/a/default/login-now")));
    let button = browser.get("/a/default/login-now").await;
    assert_eq!(button.status, 200, "{}", button.body);
    browser.fill_in(&button, &[]).await
}

async fn set_password(browser: &Browser<'_>, password: &str) -> Answer {
    browser.put(ME, "application/json", json!({ "password": password }).to_string()).await
}

async fn last_login(users: &TestDatabase) -> Option<String> {
    users.text("SELECT email FROM users WHERE last_login IS NOT NULL").await
}

#[tokio::test]
async fn a56_the_whole_reset_goes_as_it_is_documented_and_the_key_is_valid_once() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let asked = ask(&regain, ADA).await;
        assert_eq!((asked.status, asked.json()), (200, json!({})), "{engine:?}");
        assert_eq!(ask(&regain, "nobody@example.com").await, asked, "{engine:?}: whoever it is");
        regain.worked().await;

        let mail = regain.mails().pop().unwrap();
        assert_eq!((mail.to.as_str(), regain.mails().len()), (ADA, 1), "{engine:?}");
        assert_eq!(mail.subject, "Request to reset your Structr password");
        let from = ("Structr Mail Daemon".to_owned(), "no-reply@example.com".to_owned());
        assert_eq!(sender_of(&mail), from);
        let link = link_in(&mail);
        let key = key_of(&link);
        let home = &regain.url;
        assert_eq!(link, format!("{home}/reset-password?key={key}&target=/reset-password"));
        assert_eq!(mail.text.trim_end(), format!("Go to {link} to reset your password."));
        let in_html = link.replace('&', "&amp;");
        let html = format!("<div>Click <a href='{in_html}'>here</a> to reset your password.</div>");
        assert_eq!(mail.html.trim_end(), html);

        let browser = Browser::new(&regain);
        let on = log_in(&browser, &regain, &link).await;
        let target = format!("{home}/reset-password");
        assert_eq!((on.status, on.header("location")), (303, Some(target.as_str())), "{engine:?}");
        assert!(!on.body.contains(key) && on.body.is_empty());
        let kept: Vec<_> = browser.cookies.borrow().keys().cloned().collect();
        assert_eq!(kept, ["regain-default-form", SESSION], "the key's cookie is gone");
        assert_eq!(last_login(&users).await.as_deref(), Some(ADA), "{engine:?}");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}: one may go on without a new one");

        let spent = browser.get(path_of(&regain, &link)).await;
        assert_eq!(spent.status, 303, "nothing is looked up when it is opened");
        assert_eq!(browser.get("/a/default/login-now").await.status, 400, "{engine:?}: once");

        let done = set_password(&browser, NEW).await;
        assert_eq!((done.status, done.json()), (200, json!({})), "{engine:?}");
        assert!(!browser.cookies.borrow().contains_key(SESSION), "{engine:?}");
        assert_ne!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
        assert_eq!(hash(&users, 2).await, OLD_HASH, "{engine:?}: of nobody else");
        let again = set_password(&browser, NEW).await;
        assert_eq!((again.status, again.code()), (401, "unauthorized".to_owned()), "{engine:?}");
        regain.worked().await;
        assert_eq!(regain.mails().len(), 2, "{engine:?}: the notice of the change");
    }
}

#[tokio::test]
async fn where_it_is_not_switched_on_there_is_nothing() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start(&users.url).await;
    let browser = Browser::new(&regain);
    for answer in [
        ask(&regain, ADA).await,
        set_password(&browser, NEW).await,
        browser.get("/reset-password?key=x").await,
    ] {
        assert_eq!((answer.status, answer.code()), (404, "not-found".to_owned()), "{answer:?}");
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a06_the_log_of_a_process_holds_no_key_session_password_or_full_address() {
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    let folder = Folder::new();
    let cheap = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";
    let variables = [
        ("APPS__DEFAULT__COMPAT", "[\"structr\"]"),
        ("APPS__DEFAULT__LOGIN_LINKS", "true"),
        ("APPS__DEFAULT__RETURN_TO", "[\"https://app.example.com/\"]"),
        ("APPS__DEFAULT__USERS__LAST_LOGIN", "last_login"),
        ("APPS__DEFAULT__STRUCTR__RESET_PASSWORD_TARGET_PAGE", "https://app.example.com/canary"),
        ("APPS__DEFAULT__STRUCTR__RESET_PASSWORD_TEXT_BODY", "canary ${link}"),
    ];
    let process = Process::start_told(&folder, &users.url, cheap, "", &variables).await;
    let http = client();
    let call = async |method: Method, path: &str, bearer: &str, body: Value| {
        let request = http.request(method, format!("{}{path}", process.url)).bearer_auth(bearer);
        let request = request.header("cookie", format!("{SESSION}=canary.cookie"));
        answer(request.header("content-type", "application/json").body(body.to_string())).await
    };
    let asked = call(Method::POST, ASK, "", json!({ "eMail": "canary.ada@example.com" })).await;
    assert_eq!(asked.status, 200, "{asked:?}");
    let link = loop {
        tokio::time::sleep(Duration::from_millis(25)).await;
        if let Some(mail) = read_mails(&folder.0).first() {
            break link_in(mail);
        }
    };
    let key = key_of(&link);
    assert_eq!(process.get(link.strip_prefix(&process.url).unwrap()).await.status, 303);
    assert_eq!(process.get("/reset-password?key=canary.key&target=canary").await.status, 400);
    let done = process.post("login-links/complete", &json!({ "token": key })).await.json();
    let session = done["session"].as_str().unwrap();
    for (bearer, password, status) in [
        ("canary.bearer", "canary passphrase", 401),
        (session, "canary", 422),
        (session, "canary passphrase", 200),
    ] {
        let put = call(Method::PUT, ME, bearer, json!({ "password": password })).await;
        assert_eq!(put.status, status, "{put:?}");
    }
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    assert!(log.contains("c…@example.com") && log.contains("\"/structr/rest/me\""), "{log}");
    let parts = [key, session].map(|token| token.rsplit('.').next().unwrap());
    for secret in ["canary", key, session, parts[0], parts[1], SECRET] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
