//! People who are invited by the API to choose their first password.

use std::time::Duration;

use regain::config::{Rate, Settings};
use serde_json::{Value, json};

use super::{knowing, new_key, post, with, with_key};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain};
use crate::people::{Person, database, hash, person};
use crate::python;

const SCOPE: &str = "tokens:issue:password-reset";
const ADA: &str = "ada@example.com";

/// A service for these people, changed before it starts, and a key that may invite them.
async fn desk(
    engine: Engine,
    people: &[Person],
    change: impl FnOnce(&mut Settings),
) -> (TestDatabase, Regain, String) {
    let users = database(engine, people).await;
    let (key, known) = new_key("desk", &[SCOPE]);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        change(settings);
    })
    .await;
    (users, regain, key)
}

async fn invited(regain: &Regain, key: &str, body: &Value) -> Answer {
    post(regain, key, "invitations", body).await
}

fn nobody_yet(name: &str) -> Person {
    let email = format!("{name}@example.com");
    Person { password: None, confirmed: false, username: Some(name.to_owned()), ..person(&email) }
}

#[tokio::test]
async fn who_is_invited_chooses_the_first_password_by_the_link_in_the_mail_and_once() {
    for engine in engines() {
        for typed in [ADA, "ada", "Ada@EXAMPLE.com"] {
            let (users, regain, key) = desk(engine, &[nobody_yet("ada")], |_| {}).await;
            let answer = invited(&regain, &key, &json!({ "identifier": typed })).await;
            assert_eq!(answer.status, 202, "{engine:?} {answer:?}");
            regain.worked().await;
            let mails = regain.mails();
            assert_eq!((mails.len(), mails[0].to.as_str()), (1, ADA), "{engine:?} {typed}");
            assert_eq!(mails[0].subject, "Your account at Example");
            let token = mails[0].token();
            assert_eq!(mails[0].link(), Some(format!("{}/a/default/reset/{token}", regain.url)));

            assert_eq!(hash(&users, 1).await, "", "{engine:?}: an invitation changes nothing");
            assert_eq!(regain.complete(&token, "a first passphrase").await.body, "{}");
            python::verify_argon2(&hash(&users, 1).await, "a first passphrase");
            let again = regain.complete(&token, "a second passphrase").await;
            assert_eq!((again.status, again.code()), (400, "token-invalid".to_owned()));
        }
    }
}

#[tokio::test]
async fn a46_the_operator_is_answered_the_same_whoever_is_invited() {
    for engine in engines() {
        let people = [
            nobody_yet("new"),
            person("complete@example.com"),
            Person { active: false, ..nobody_yet("disabled") },
            Person { deleted: true, ..nobody_yet("deleted") },
        ];
        let (_users, regain, key) = desk(engine, &people, |_| {}).await;
        let mut answers = Vec::new();
        for who in ["new", "complete", "disabled", "deleted", "nobody"] {
            let whom = json!({ "identifier": format!("{who}@example.com") });
            answers.push(invited(&regain, &key, &whom).await);
        }
        assert_eq!(answers[0].status, 202, "{answers:?}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{engine:?} {answers:?}");
        regain.worked().await;
        let mut to: Vec<_> = regain.mails().into_iter().map(|mail| mail.to).collect();
        to.sort();
        assert_eq!(to, ["complete@example.com", "new@example.com"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_revoked_invitation_is_void_and_explained_as_revoked_though_there_is_no_password() {
    for engine in engines() {
        let users = database(engine, &[nobody_yet("ada")]).await;
        let (key, known) = new_key("desk", &[SCOPE, "tokens:explain", "tokens:revoke"]);
        let regain = Regain::start_with(&users.url, knowing(&[&known])).await;
        assert_eq!(invited(&regain, &key, &json!({ "identifier": ADA })).await.status, 202);
        regain.worked().await;
        let token = regain.mails().pop().unwrap().token();
        let explain = json!({ "token": token, "purpose": "password-reset" });
        let state =
            async || post(&regain, &key, "tokens/explain", &explain).await.json()["state"].clone();
        assert_eq!(state().await, "valid", "{engine:?}");
        assert_eq!(with(&regain, &key, "users/1/revocations", "").await.status, 204);
        assert_eq!(state().await, "revoked", "{engine:?}");
        let refused = regain.complete(&token, "a first passphrase").await;
        assert_eq!((refused.status, refused.code()), (400, "token-invalid".to_owned()));
        users.execute("UPDATE users SET is_active = FALSE").await;
        assert_eq!(state().await, "account_inactive", "{engine:?}: which is told first");
    }
}

#[tokio::test]
async fn an_invitation_speaks_the_language_that_is_said_and_leads_back() {
    let leads_back = |settings: &mut Settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = vec!["https://app.example.com/".to_owned()];
    };
    let (_users, regain, key) = desk(Engine::Sqlite, &[nobody_yet("ada")], leads_back).await;
    let welcome = "https://app.example.com/welcome";
    let whom = json!({ "identifier": ADA, "locale": "de", "return_to": welcome });
    assert_eq!(invited(&regain, &key, &whom).await.status, 202);
    regain.worked().await;
    let mail = regain.mails().pop().unwrap();
    assert_eq!(mail.subject, "Ihr Konto bei Example");
    let done = regain.complete(&mail.token(), "a first passphrase").await;
    assert_eq!(done.json(), json!({ "return_to": welcome }));
}

#[tokio::test]
async fn what_is_no_invitation_is_told_by_member_and_reason_and_mails_nobody() {
    let (_users, regain, key) = desk(Engine::Sqlite, &[nobody_yet("ada")], |_| {}).await;
    for (body, status, field, reason) in [
        (json!({}), 400, "identifier", "required"),
        (json!({ "identifier": null }), 400, "identifier", "not_text"),
        (json!({ "identifier": [ADA] }), 400, "identifier", "not_text"),
        (json!({ "identifier": "" }), 422, "identifier", "empty"),
        (json!({ "identifier": "ada@evil@example.com" }), 422, "identifier", "invalid"),
        (json!({ "identifier": "ada@example.com\r\nBcc: eve" }), 422, "identifier", "invalid"),
        (json!({ "identifier": ADA, "locale": "de_DE!" }), 422, "locale", "invalid"),
        (json!({ "identifier": ADA, "return_to": "//evil" }), 422, "return_to", "not_allowed"),
        (json!({ "identifier": ADA, "lifetime_seconds": 60 }), 400, "", "unknown"),
    ] {
        let refused = invited(&regain, &key, &body).await;
        assert_eq!((refused.status, refused.code()), (status, "invalid-request".to_owned()));
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)), "{body}");
    }
    for text in ["", "{", "identifier=ada", r#"{"identifier":"a@b.c","identifier":"d@e.f"}"#] {
        let refused = with(&regain, &key, "invitations", text).await;
        assert_eq!((refused.status, refused.code()), (400, "invalid-request".to_owned()));
    }
    let url = format!("{}/v1/apps/default/invitations", regain.url);
    let form = regain.http.post(&url).bearer_auth(&key).form(&[("identifier", ADA)]);
    assert_eq!(crate::harness::answer(form).await.status, 415);
    let read = crate::harness::answer(regain.http.get(&url).bearer_auth(&key)).await;
    assert_eq!((read.status, read.header("allow")), (405, Some("POST")), "A67");
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0);
}

#[tokio::test]
async fn invitations_are_counted_by_key_and_take_from_no_clients_allowance() {
    let (_users, regain, key) = desk(Engine::Sqlite, &[nobody_yet("ada")], |settings| {
        let hour = Duration::from_hours(1);
        settings.limits.per_client = Rate { events: 1, period: hour };
        settings.limits.per_key = Rate { events: 5, period: hour };
    })
    .await;
    let whom = json!({ "identifier": ADA });
    for _again in 0..5 {
        assert_eq!(invited(&regain, &key, &whom).await.status, 202);
    }
    let refused = invited(&regain, &key, &whom).await;
    assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("720"));
    assert_eq!(regain.ask(ADA).await.status, 202, "the client has asked for nothing yet");
    regain.worked().await;
    assert_eq!(regain.mails().len(), 3, "A50: nor does a mailbox get more than its budget");
}

#[tokio::test]
async fn without_room_in_the_queue_nobody_is_invited_and_that_is_said() {
    let full = |settings: &mut Settings| settings.queue.capacity = 0;
    let (_users, regain, key) = desk(Engine::Sqlite, &[nobody_yet("ada")], full).await;
    for who in [ADA, "nobody@example.com"] {
        let refused = invited(&regain, &key, &json!({ "identifier": who })).await;
        assert_eq!((refused.status, refused.code()), (503, "busy".to_owned()), "{who}");
        assert!(refused.header("retry-after").is_some());
    }
}

#[tokio::test]
async fn a_key_that_may_make_other_links_alone_invites_nobody() {
    let others = ["tokens:issue:email-confirmation", "tokens:issue:login", "ask:on-behalf"];
    let (_users, regain, key) = with_key(Engine::Sqlite, &others).await;
    let refused = invited(&regain, &key, &json!({ "identifier": ADA })).await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden".to_owned()));
    let message = format!("the key lacks the scope {SCOPE}");
    assert_eq!(refused.json()["errors"][0]["message"], message);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0);
}
