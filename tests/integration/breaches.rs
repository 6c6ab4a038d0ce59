//! A new password is held against those that were breached, where a service is asked: what it is told,
//! what becomes of a password that it knows, and of one where it does not tell.

mod away;
pub mod service;

use poem::http::HeaderName;
use regain::app::Service;
use regain::clock::Clock;
use regain::config::{LoginLinks, Settings};
use regain::random::Random;
use serde_json::json;

use crate::browser::Browser;
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Folder, Regain, answer, read_mails, settings};
use crate::metrics::Watched;
use crate::people::{OLD_HASH, database, hash, person};
use crate::process::Process;
use crate::webhooks::private::hostname;
use service::{RangeService, Say, digest};

const ADA: &str = "ada@example.com";
/// Hard to guess, and breached all the same.
const BREACHED: &str = "seven otters in the rain";
/// Neither.
const GOOD: &str = "nine herons over a mill pond";
/// On the list that the process has itself.
const COMMON: &str = "password1";
const PATH: &str = "/v1/apps/default/password-resets/complete";

/// Lets an application's service be this one, with more lines of settings.
fn asking(settings: &mut Settings, service: &RangeService, more: &str) {
    let ca = service.ca.as_ref().map(|ca| format!("ca = {:?}\n", ca.display().to_string()));
    let text = format!("url = \"{}\"\n{}{more}", service.url, ca.unwrap_or_default());
    let app = settings.apps.get_mut("default").unwrap();
    app.password.breaches = Some(toml::from_str(&text).unwrap());
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
}

async fn running(users: &TestDatabase, service: &RangeService, more: &str) -> Regain {
    Regain::start_with(&users.url, |settings| asking(settings, service, more)).await
}

async fn ada() -> TestDatabase {
    database(Engine::Sqlite, &[person(ADA)]).await
}

fn reasons(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.code()), (422, "password-rejected".to_owned()), "{answer:?}");
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| error["reason"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a66_a_breached_password_is_refused_in_the_readers_language_and_the_link_goes_on_working() {
    let Some(service) = RangeService::tls(&[BREACHED]).await else { return };
    let users = ada().await;
    let regain = running(&users, &service, "").await;
    let token = regain.token_for(ADA).await;
    let body = json!({ "token": token, "new_password": BREACHED }).to_string();
    for (language, words) in [("en", "data breach"), ("de", "Datenleck"), ("ja", "漏えい")] {
        let request = regain.http.post(format!("{}{PATH}", regain.url)).body(body.clone());
        let request = request.header("content-type", "application/json");
        let refused = answer(request.header("accept-language", language)).await;
        assert_eq!(reasons(&refused), ["breached"]);
        let message = refused.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message}");
        assert!(!refused.body.contains(BREACHED), "{refused:?}");
    }
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(regain.complete(&token, GOOD).await.status, 200, "though it stands in the padding");
    assert_ne!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(service.heard().len(), 4);
}

#[tokio::test]
async fn a66_pages_and_sessions_refuse_what_was_breached_too() {
    let service = RangeService::plain(&[BREACHED]).await;
    let users = ada().await;
    let regain = running(&users, &service, "").await;
    let login = regain.token_of("login-links", ADA).await;
    let session = regain.complete_with("login-links", &login).await.json();
    let session = session["session"].as_str().unwrap();
    assert_eq!(reasons(&regain.change_password(session, BREACHED).await), ["breached"]);

    let token = regain.token_for(ADA).await;
    let mut browser = Browser::new(&regain);
    browser.language = "fr";
    let form = browser.open(&token).await;
    let twice = |password| [("new_password", password), ("confirm_password", password)];
    let refused = browser.fill_in(&form, &twice(BREACHED)).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("fuite de données"), "{}", refused.body);
    assert_eq!(browser.fill_in(&refused, &twice(GOOD)).await.status, 200);
}

#[tokio::test]
async fn a66_nobody_is_asked_before_everything_here_has_agreed_and_then_five_digits_are_told() {
    let Some(service) = RangeService::tls(&[BREACHED]).await else { return };
    let users = ada().await;
    let regain = running(&users, &service, "").await;
    let token = regain.token_for(ADA).await;
    assert_eq!(regain.inspect(&token).await.status, 200);
    Browser::new(&regain).open(&token).await;
    for refused in [COMMON, "short", ADA, &"x".repeat(4096), "with a \0 in it"] {
        assert_eq!(regain.complete(&token, refused).await.status, 422, "{refused}");
    }
    assert_eq!(regain.complete(&token[1..], GOOD).await.status, 400);
    let spent = token.clone();
    assert_eq!(service.heard().len(), 0, "{:?}", service.heard());

    assert_eq!(regain.complete(&token, GOOD).await.status, 200);
    assert_eq!(regain.complete(&spent, GOOD).await.status, 400, "a spent one asks nobody");
    let heard = service.heard();
    assert_eq!(heard.len(), 1);
    let (digits, question) = (digest(GOOD), &heard[0]);
    assert_eq!(question.method, "GET");
    assert_eq!(question.path, format!("/range/{}", &digits[..5]));
    assert_eq!(question.body, "");
    let mut names: Vec<_> = question.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "add-padding", "host", "user-agent"], "no cookie, no referrer");
    assert_eq!(question.headers["add-padding"], "true");
    assert_eq!(question.headers["accept"], "*/*");
    let version = concat!("regain/", env!("CARGO_PKG_VERSION"));
    assert_eq!(question.headers["user-agent"], version);
}

#[test]
fn a_service_that_cannot_be_asked_keeps_ours_from_starting_with_its_cure() {
    let why = |breaches: &str| {
        let folder = Folder::new();
        let mut settings = settings("sqlite::memory:", &folder.0);
        let app = settings.apps.get_mut("default").unwrap();
        app.password.breaches = Some(toml::from_str(breaches).unwrap());
        let built = Service::build(&settings, Clock::system(), Random::system());
        built.err().unwrap().to_string()
    };
    insta::assert_snapshot!(why("url = 'http://breaches.example.com/range/'"), @r#"
    `apps.default.password.breaches.url` is http off loopback: others on the way could read every call
        write it like "https://api.pwnedpasswords.com/range/", or the same of a copy of your own
    "#);
    insta::assert_snapshot!(why("url = 'https://192.168.1.1/'"), @r"
    `apps.default.password.breaches.url` holds 192.168.1.1, an address of a private network
        if the service is there, say password.breaches.allow_private_network = true
    ");
    insta::assert_snapshot!(why("url = 'https://breaches.example.com/'\ntimeout = '0s'"), @r#"
    `apps.default.password.breaches.timeout` is 0, so no answer would ever come in time
        write it like "10s", or leave it out
    "#);
    insta::assert_snapshot!(why("on_failure = 'refuse'"), @r#"
    `apps.default.password.breaches.url` is no URL
        write it like "https://api.pwnedpasswords.com/range/", or the same of a copy of your own
    "#);
}

#[tokio::test]
async fn where_no_service_is_named_nobody_is_asked() {
    let users = ada().await;
    let regain = Regain::start(&users.url).await;
    let token = regain.token_for(ADA).await;
    assert_eq!(regain.complete(&token, BREACHED).await.status, 200);
}

#[tokio::test]
async fn a66_a_service_in_a_private_network_is_asked_only_where_that_is_allowed() {
    let name = hostname();
    let Some(service) = RangeService::named(Some(&name), &[BREACHED]).await else { return };
    let users = ada().await;
    let closed = running(&users, &service, "on_failure = \"refuse\"").await;
    let token = closed.token_for(ADA).await;
    assert_eq!(closed.complete(&token, GOOD).await.status, 503);
    assert!(service.heard().is_empty(), "{:?}", service.heard());

    let open = running(&users, &service, "allow_private_network = true").await;
    assert_eq!(reasons(&open.complete(&token, BREACHED).await), ["breached"]);
}

#[tokio::test]
async fn what_the_service_told_is_counted_and_nothing_of_a_password() {
    let service = RangeService::plain(&[BREACHED]).await;
    let users = ada().await;
    let watched = Watched::start(&users, "held", |settings| asking(settings, &service, "")).await;
    let body = json!({ "identifier": ADA });
    watched.regain.post("/v1/apps/held/password-resets", &body).await;
    watched.regain.worked().await;
    let token = watched.regain.links()[0].token();
    let body = json!({ "token": token, "new_password": BREACHED });
    let complete = || watched.regain.post("/v1/apps/held/password-resets/complete", &body);
    assert_eq!(complete().await.status, 422);
    service.will([Say::Status(500)]);
    assert_eq!(complete().await.status, 200, "nothing is told, and so it is taken");
    let figures = watched.figures().await;
    let of = |outcome: &str| {
        let label = format!("outcome=\"{outcome}\"");
        figures.of("held", "regain_breach_lookups_total", &label)
    };
    let told = ["not_listed", "listed", "not_told"].map(of);
    assert_eq!(told, [Some(0.0), Some(1.0), Some(1.0)], "{}", figures.0);
    assert!(!figures.0.contains(&digest(BREACHED)[..5]));
}

#[tokio::test]
async fn a66_the_log_says_why_a_service_did_not_tell_and_nothing_of_the_password() {
    let service = RangeService::plain(&[]).await;
    let users = ada().await;
    let folder = Folder::new();
    let head = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";
    let breaches = format!("[apps.default.password.breaches]\nurl = \"{}\"\n", service.url);
    let process = Process::start_on(&folder, &users.url, head, &breaches).await;
    process.post("password-resets", &json!({ "identifier": ADA })).await;
    let token = loop {
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        if let Some(mail) = read_mails(&folder.0).first() {
            break mail.token();
        }
    };
    service.will([Say::Text("<html>the network wants a login</html>")]);
    assert_eq!(process.complete(&token, GOOD).await.unwrap().status, 200);
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    let why = "\"why\":\"answered no list of digests\"";
    let line = log.lines().find(|line| line.contains(why)).unwrap_or_else(|| panic!("{log}"));
    assert!(line.contains("the breach service did not tell"), "{line}");
    let digits = digest(GOOD);
    for secret in [GOOD, &digits[..5], &digits[5..], "network wants"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

/// A service whose clock the test sets, and that has a link for each of these people.
async fn with_links(
    people: &[String],
    service: &RangeService,
    more: &str,
    (permits, wait): (usize, &str),
) -> (TestDatabase, Regain, Vec<String>) {
    let rows: Vec<_> = people.iter().map(|who| person(who)).collect();
    let users = database(Engine::Sqlite, &rows).await;
    let start = Clock::system().now();
    let regain = Regain::start_at(&users.url, Clock::fixed(start), |settings| {
        asking(settings, service, more);
        settings.hashing.permits = Some(permits);
        settings.hashing.wait = wait.parse().unwrap();
    })
    .await;
    for who in people {
        assert_eq!(regain.ask(who).await.status, 202);
    }
    regain.worked().await;
    let links = regain.links();
    let token = |who: &String| links.iter().find(|mail| mail.to == *who).unwrap().token();
    let tokens = people.iter().map(token).collect();
    (users, regain, tokens)
}
