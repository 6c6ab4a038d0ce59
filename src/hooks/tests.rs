//! Names that lead elsewhere than they should.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::FutureExt as _;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tokio::net::TcpListener;

use super::{WebhookSecrets, Webhooks};
use crate::outbound::LookUp;
use crate::recovery::{Call, Event, Hooks as _, SendError};

/// A name server whose answers are these, one after the other.
fn answering<const N: usize>(answers: [&[&str]; N]) -> (LookUp, Arc<Mutex<VecDeque<Vec<IpAddr>>>>) {
    let parse = |answer: &[&str]| answer.iter().map(|ip| ip.parse().unwrap()).collect();
    let left: Arc<Mutex<VecDeque<_>>> = Arc::new(Mutex::new(answers.map(parse).into()));
    let given = Arc::clone(&left);
    let look_up = move |name: String| {
        assert_eq!(name, "hooks.example.com");
        let next = given.lock().unwrap().pop_front();
        async { next.ok_or_else(|| io::Error::other("no such name")) }.boxed()
    };
    (Arc::new(look_up), left)
}

/// The webhook of the application `shop`, at this port.
fn webhooks(look_up: LookUp, port: u16, more: &Value) -> Webhooks {
    let mut webhooks = Webhooks::looking_up(look_up);
    let url = format!("https://hooks.example.com:{port}/h");
    let mut settings = json!({ "url": url, "secret": "s", "events": [] });
    settings.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned().into();
    let secrets = WebhookSecrets { secret, previous: None };
    webhooks.add("shop", &serde_json::from_value(settings).unwrap(), &secrets).unwrap();
    webhooks
}

fn call() -> Call {
    Call {
        app: "shop".to_owned(),
        event: Event::PasswordChanged,
        user_id: "1".to_owned(),
        purpose: None,
        id: "e1".to_owned(),
        at: OffsetDateTime::UNIX_EPOCH,
        now: OffsetDateTime::UNIX_EPOCH,
    }
}

/// Whether somebody connects before long.
async fn is_connected_to(listener: &TcpListener) -> bool {
    tokio::time::timeout(Duration::from_millis(300), listener.accept()).await.is_ok()
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_network_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let answers = [&["127.0.0.1"][..], &["1.1.1.1", "127.0.0.1"], &["::ffff:127.0.0.1"]];
    let (look_up, left) = answering(answers);
    let webhooks = webhooks(look_up, port, &Value::Null);
    for _answer in answers {
        let refused = webhooks.call(&call()).await.unwrap_err();
        let SendError::Final(why) = &refused else { panic!("{refused}") };
        assert!(why.starts_with("hooks.example.com leads to ") && why.contains("127.0.0.1, an"));
        assert!(why.contains("allow_private_network = true"), "{why}");
    }
    assert!(!is_connected_to(&listener).await);
    assert!(left.lock().unwrap().is_empty(), "it was looked up each time");
}

#[tokio::test]
async fn a_name_that_is_bound_anew_is_looked_at_anew_and_what_was_looked_at_is_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (look_up, left) = answering([&["127.0.0.1"][..], &["169.254.169.254"]]);
    let more = json!({ "allow_private_network": true, "timeout": "2s" });
    let webhooks = webhooks(look_up, port, &more);
    let (call, connected) = (call(), is_connected_to(&listener));
    // Nobody speaks TLS there, so that the call goes no further.
    let (called, connected) = tokio::join!(webhooks.call(&call), connected);
    assert!(connected, "what the name server said was connected to");
    assert!(matches!(called, Err(SendError::Passing(_))), "{called:?}");

    let refused = webhooks.call(&call).await.unwrap_err().to_string();
    assert!(refused.contains("169.254.169.254, an address that no server has"), "{refused}");
    assert!(!is_connected_to(&listener).await);
    assert!(left.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_passing_trouble_told_without_the_url() {
    let (look_up, _) = answering([]);
    let failed = webhooks(look_up, 1, &Value::Null).call(&call()).await.unwrap_err();
    let SendError::Passing(why) = &failed else { panic!("{failed}") };
    assert!(why.contains("no such name") && !why.contains("/h"), "{why}");
}
