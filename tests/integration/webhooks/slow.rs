//! Receivers that are slow, or away for long: nobody else waits for them.

use std::iter::repeat_n;
use std::time::Duration;

use regain::clock::Clock;

use super::receiver::{Receiver, Say};
use super::{ADA, hooked};
use crate::databases::Engine;
use crate::durable::on_redis;
use crate::harness::Regain;
use crate::people::{database, person};
use crate::redis_server::keys;

/// More than there are workers, or calls at a time.
const CALLS: usize = 40;

#[tokio::test]
async fn no_mail_waits_for_a_webhook_that_does_not_answer_and_its_calls_are_few_at_a_time() {
    let receiver = Receiver::plain(repeat_n(Say::Nothing, 1000)).await;
    let people: Vec<_> = (0..CALLS).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(Engine::Sqlite, &[&people[..], &[person(ADA)]].concat()).await;
    let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
        hooked(settings, &receiver, "timeout = \"30s\"");
    })
    .await;
    for person in &people {
        let link = regain.ask(person.email.as_ref().unwrap()).await;
        assert_eq!(link.status, 202);
    }
    regain.worked().await;
    for mail in regain.links() {
        assert_eq!(regain.complete(&mail.token(), "a new passphrase").await.status, 200);
    }
    // Past the first waits of calls that make way, and the notices.
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(regain.mails().len(), 2 * CALLS, "every notice was sent");
    assert_eq!(receiver.heard().len(), 4, "so many are made at a time");
    assert_eq!(regain.service.queue.unfinished(), CALLS, "and the others wait");

    assert_eq!(regain.ask(ADA).await.status, 202);
    has_mails(&regain, 2 * CALLS + 1).await;
}

#[tokio::test]
async fn calls_that_nobody_takes_do_not_fill_the_queue_that_people_ask_through() {
    for redis in [false, true] {
        let says = if redis { Say::Nothing } else { Say::Status(500) };
        let receiver = Receiver::plain(repeat_n(says, 1000)).await;
        let keys = if redis { keys() } else { None };
        if redis && keys.is_none() {
            return;
        }
        let people: Vec<_> = (0..CALLS).map(|n| person(&format!("p{n}@example.com"))).collect();
        let users = database(Engine::Sqlite, &people).await;
        let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
            hooked(settings, &receiver, "timeout = \"30s\"");
            if let Some(keys) = &keys {
                on_redis(settings, keys);
            }
            settings.queue.capacity = 20;
        })
        .await;
        for (n, person) in people.iter().enumerate() {
            let asked = regain.ask(person.email.as_ref().unwrap()).await;
            assert_eq!(asked.status, 202, "the {n}th, {redis}");
            has_mails(&regain, 2 * n + 1).await;
            let token = regain.links().pop().unwrap().token();
            assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200);
            has_mails(&regain, 2 * n + 2).await;
        }
    }
}

/// Waits until so many mails were sent, which takes no longer than a notice waits for its row.
async fn has_mails(regain: &Regain, count: usize) {
    let came = async {
        while regain.mails().len() < count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), came).await.expect("the mail comes at once");
}
