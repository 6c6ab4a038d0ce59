//! What an application's backend is told by its webhook, and what becomes of calls that fail.

mod documented;
mod failing;
pub mod private;
pub mod receiver;
mod requested;
mod slow;

use regain::clock::Clock;
use regain::config::{LoginLinks, Settings};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{Person, database, person};
use receiver::{Receiver, SECRET, Say};

const ADA: &str = "ada@example.com";
const EVENTS: [&str; 4] =
    ["password.changed", "email.confirmed", "login.completed", "account.disputed"];

/// Lets an application's webhook be this receiver, with more lines of settings.
fn hooked(settings: &mut Settings, receiver: &Receiver, more: &str) {
    let ca = receiver.ca.as_ref().map(|ca| format!("ca = {:?}\n", ca.display().to_string()));
    let text = format!(
        "url = \"{}\"\nsecret = \"{SECRET}\"\nevents = {EVENTS:?}\n{}{more}",
        receiver.url,
        ca.unwrap_or_default()
    );
    let app = settings.apps.get_mut("default").unwrap();
    app.webhook = Some(toml::from_str(&text).unwrap());
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
    app.return_to = vec!["https://app.example.com/".to_owned()];
}

/// A service whose clock goes on, and that tells this receiver.
async fn telling(users: &TestDatabase, receiver: &Receiver, more: &str) -> Regain {
    Regain::start_at(&users.url, Clock::system(), |settings| hooked(settings, receiver, more)).await
}

async fn ada() -> TestDatabase {
    database(Engine::Sqlite, &[person(ADA)]).await
}

/// Changes Ada's password, as she would.
async fn change_password(regain: &Regain) {
    let token = regain.token_for(ADA).await;
    assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200);
}

#[tokio::test]
async fn every_event_comes_over_tls_and_another_implementation_verifies_it() {
    let Some(receiver) = Receiver::tls([]).await else { return };
    let una = Person { confirmed: false, ..person("una@example.com") };
    let users = database(Engine::Sqlite, &[person(ADA), una]).await;
    let regain = telling(&users, &receiver, "").await;
    let began = Clock::system().now() - time::Duration::seconds(1);

    change_password(&regain).await;
    let login = regain.token_of("login-links", ADA).await;
    assert_eq!(regain.complete_with("login-links", &login).await.status, 200);
    let confirm = regain.token_of("email-confirmations", "una@example.com").await;
    assert_eq!(regain.complete_with("email-confirmations", &confirm).await.status, 200);
    crate::disputing::dispute(&regain, ADA).await;
    regain.worked().await;

    let heard = receiver.heard();
    let mut told: Vec<Value> = heard.iter().map(|call| call.verified(SECRET)).collect();
    for event in &mut told {
        let at = event.as_object_mut().unwrap().remove("timestamp").unwrap();
        let at = OffsetDateTime::parse(at.as_str().unwrap(), &Rfc3339).unwrap();
        assert!(at >= began && at <= Clock::system().now(), "{event} at {at}");
    }
    told.sort_by_key(|event| event["type"].to_string());
    let event = |kind: &str, user_id: &str| json!({ "type": kind, "data": { "app": "default", "user_id": user_id } });
    let expected = [
        event("account.disputed", "1"),
        event("email.confirmed", "2"),
        event("login.completed", "1"),
        event("password.changed", "1"),
    ];
    assert_eq!(told, expected);
    let mut ids: Vec<_> = heard.iter().map(|call| call.header("webhook-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4, "each event is one of its own");
    let version = concat!("regain/", env!("CARGO_PKG_VERSION"));
    assert!(heard.iter().all(|call| call.header("user-agent") == version));
}

#[tokio::test]
async fn only_the_events_that_were_asked_for_are_told() {
    let receiver = Receiver::plain([]).await;
    let users = ada().await;
    let regain = Regain::start_with(&users.url, |settings| {
        hooked(settings, &receiver, "");
        let webhook = &mut settings.apps.get_mut("default").unwrap().webhook;
        webhook.as_mut().unwrap().events = vec!["login.completed".to_owned()];
    })
    .await;
    change_password(&regain).await;
    regain.worked().await;
    assert!(receiver.heard().is_empty(), "{:?}", receiver.heard());
}

#[tokio::test]
async fn while_a_secret_is_changed_calls_verify_by_either() {
    const NEW: &str = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3";
    let receiver = Receiver::plain([]).await;
    let users = ada().await;
    let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
        hooked(settings, &receiver, &format!("previous_secret = \"{NEW}\""));
    })
    .await;
    change_password(&regain).await;
    regain.worked().await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 1);
    for secret in [SECRET, NEW] {
        heard[0].verified(secret);
    }
    let signatures: Vec<_> = heard[0].header("webhook-signature").split(' ').collect();
    assert_eq!(signatures.len(), 2, "{signatures:?}");
}

#[tokio::test]
async fn what_a_receiver_says_beyond_its_status_is_not_read() {
    let receiver = Receiver::plain([Say::Endless]).await;
    let users = ada().await;
    let regain = telling(&users, &receiver, "timeout = \"5s\"").await;
    change_password(&regain).await;
    regain.worked().await;
    assert_eq!(receiver.heard().len(), 1, "the status was taken for an answer");
    // What the operating system had room for, until the connection was closed.
    let spoken = receiver.spoken();
    assert!(spoken < 64 * 1024 * 1024, "{spoken}");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(receiver.spoken(), spoken, "nobody listens any more");
}
