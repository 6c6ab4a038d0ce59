//! That a link is about to be mailed: told where one is, and of nothing else that people ask.

use std::iter::repeat_n;
use std::time::Duration;

use regain::clock::Clock;
use regain::config::Settings;
use serde_json::{Value, json};

use super::receiver::{Receiver, SECRET, Say};
use super::{ADA, hooked};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Folder, Mail, Regain};
use crate::people::{Person, database, person};

fn telling_of_requests(settings: &mut Settings, receiver: &Receiver) {
    hooked(settings, receiver, "");
    let app = settings.apps.get_mut("default").unwrap();
    app.webhook.as_mut().unwrap().events = vec!["recovery.requested".to_owned()];
}

async fn start(users: &TestDatabase, receiver: &Receiver, change: fn(&mut Settings)) -> Regain {
    Regain::start_at(&users.url, Clock::system(), |settings| {
        telling_of_requests(settings, receiver);
        change(settings);
    })
    .await
}

/// What was told, without the time.
fn told(receiver: &Receiver) -> Vec<Value> {
    let without_time = |mut event: Value| {
        event.as_object_mut().unwrap().remove("timestamp").unwrap();
        event
    };
    receiver.heard().iter().map(|call| without_time(call.verified(SECRET))).collect()
}

fn requested(user_id: &str, purpose: &str) -> Value {
    let data = json!({ "app": "default", "user_id": user_id, "purpose": purpose });
    json!({ "type": "recovery.requested", "data": data })
}

/// The name of a mail among all mails, before the `@`.
fn name(mail: &Mail) -> &str {
    let id = mail.raw.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
    id.split_once('@').unwrap().0
}

#[tokio::test]
async fn every_link_that_is_mailed_is_told_with_what_it_is_for_under_the_name_of_its_mail() {
    let receiver = Receiver::plain([]).await;
    let people =
        [person(ADA), person(ADA), Person { confirmed: false, ..person("una@example.com") }];
    let users = database(Engine::Sqlite, &people).await;
    let regain = start(&users, &receiver, |_| {}).await;
    for (path, who) in
        [("password-resets", ADA), ("login-links", ADA), ("email-confirmations", "una@example.com")]
    {
        assert_eq!(regain.ask_for(path, who).await.status, 202);
        regain.worked().await;
    }
    let mut told = told(&receiver);
    told.sort_by_key(Value::to_string);
    let expected = [
        requested("3", "email-confirmation"),
        requested("1", "login"),
        requested("2", "login"),
        requested("1", "password-reset"),
        requested("2", "password-reset"),
    ];
    assert_eq!(told, expected);
    let links = regain.links();
    let mut names: Vec<_> = links.iter().map(name).collect();
    let heard = receiver.heard();
    let mut ids: Vec<_> = heard.iter().map(|call| call.header("webhook-id")).collect();
    names.sort_unstable();
    ids.sort_unstable();
    assert_eq!(ids, names);
}

#[tokio::test]
async fn a46_asks_that_no_mail_comes_of_are_told_to_nobody_and_are_answered_alike() {
    let receiver = Receiver::plain([]).await;
    let people = [
        person(ADA),
        Person { active: false, ..person("disabled@example.com") },
        Person { password: None, ..person("passwordless@example.com") },
        Person { confirmed: false, ..person("unconfirmed@example.com") },
    ];
    let users = database(Engine::Sqlite, &people).await;
    let regain = start(&users, &receiver, |_| {}).await;
    let mut answers = vec![];
    for who in ["disabled", "passwordless", "unconfirmed", "nobody", "ada"] {
        answers.push(regain.ask(&format!("{who}@example.com")).await);
        // What is told is told by the worker, once the answer is gone.
        assert!(told(&receiver).is_empty(), "{who}: {:?}", told(&receiver));
        regain.worked().await;
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(told(&receiver), [requested("1", "password-reset")]);

    for _beyond_the_budget in 0..5 {
        regain.ask(ADA).await;
    }
    regain.worked().await;
    assert_eq!(regain.links().len(), 3);
    assert_eq!(told(&receiver).len(), 3, "as many as were mailed");
}

#[tokio::test]
async fn a_mail_whose_turn_never_comes_is_not_told_and_one_that_waits_is_told_when_it_has_come() {
    let receiver = Receiver::plain([]).await;
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = start(&users, &receiver, |settings| {
        settings.apps.get_mut("default").unwrap().mail.per_hour = 60;
    })
    .await;
    for _ask in 0..2 {
        regain.ask(ADA).await;
    }
    receiver.has_heard(1).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!((told(&receiver).len(), regain.links().len()), (1, 1), "the other waits");
    // A queue that is closed waits for no turn.
    regain.service.queue.close();
    regain.worked().await;
    assert_eq!((told(&receiver).len(), regain.links().len()), (2, 2));

    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let never = start(&users, &receiver, |settings| {
        settings.apps.get_mut("default").unwrap().mail.per_hour = 1;
    })
    .await;
    for _ask in 0..2 {
        never.ask(ADA).await;
    }
    never.worked().await;
    assert_eq!((told(&receiver).len(), never.links().len()), (3, 1));
}

#[tokio::test]
async fn a_mail_that_is_tried_again_is_told_once() {
    let receiver = Receiver::plain([Say::Status(500)]).await;
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let folder = Folder::new();
    let mails = folder.0.join("mails");
    std::fs::write(&mails, "a file where a folder should be").unwrap();
    let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
        telling_of_requests(settings, &receiver);
        let provider = settings.mail.providers.get_mut("files").unwrap();
        provider.url = format!("file://{}", mails.display());
    })
    .await;
    regain.ask(ADA).await;
    receiver.has_heard(2).await;
    assert_eq!(regain.service.queue.unfinished(), 1, "the mail waits, the event is told");
    std::fs::remove_file(&mails).unwrap();
    regain.worked().await;
    assert_eq!(crate::harness::read_mails(&mails).len(), 1);
    let heard = receiver.heard();
    assert_eq!(heard.len(), 2, "a failed call and the same again: {heard:?}");
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"));
}

#[tokio::test]
async fn a_receiver_that_is_away_keeps_no_link_from_its_owner() {
    let receiver = Receiver::plain(repeat_n(Say::Nothing, 100)).await;
    let people: Vec<_> = (0..30).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(Engine::Sqlite, &people).await;
    let regain = start(&users, &receiver, |_| {}).await;
    for person in &people {
        regain.ask(person.email.as_ref().unwrap()).await;
    }
    let came = async {
        while regain.links().len() < 30 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(3), came).await.expect("every link comes at once");
}
