//! What became of a password change comes to the replica that sends the notice, whatever happens to
//! the row and to the process that wrote it.

use std::time::Duration;

use regain::clock::Clock;

use super::{start, start_unworked};
use crate::databases::{TestDatabase, engines};
use crate::harness::Regain;
use crate::people::{database, person};
use crate::redis_server::{Keys, keys};
use serde_json::json;

const NEW: &str = "a new passphrase";

/// Completes a reset on a replica that sends no mail, and then lets something happen.
async fn completed_elsewhere(users: &TestDatabase, keys: &Keys, then: &str) -> Regain {
    let regain = start(users, keys, |_| {}).await;
    let token = regain.token_for("ada@example.com").await;
    regain.stop().await;
    let quiet = start_unworked(users, keys, Clock::system()).await;
    let body = json!({ "token": token, "new_password": NEW });
    assert_eq!(quiet.post("password-resets/complete", &body).await, 200);
    users.execute(then).await;
    drop(quiet);
    start(users, keys, |_| {}).await
}

#[tokio::test]
async fn a69_another_replica_sends_the_notice_to_the_address_as_it_was_whatever_becomes_of_the_row()
{
    let Some(keys) = keys() else { return };
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let thief = "UPDATE users SET email = 'thief@evil.example', password = 'x'";
        let regain = completed_elsewhere(&users, &keys, thief).await;
        regain.worked().await;
        let notices = regain.mails();
        assert_eq!(notices.len(), 1, "{engine:?}");
        assert_eq!(notices[0].to, "ada@example.com", "{engine:?}");
        assert!(notices[0].subject.contains("changed"), "{engine:?} {}", notices[0].subject);
    }
}

#[tokio::test]
async fn a69_where_the_process_died_before_it_could_tell_the_row_does() {
    let Some(keys) = keys() else { return };
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let waiting = start_unworked(&users, &keys, Clock::system()).await;
        let regain = start(&users, &keys, |_| {}).await;
        let token = regain.token_for("ada@example.com").await;
        regain.stop().await;
        let body = json!({ "token": token, "new_password": NEW });
        assert_eq!(waiting.post("password-resets/complete", &body).await, 200);
        for name in keys.names().await.iter().filter(|name| name.contains(":told:")) {
            keys.run::<u64>(&["DEL", name]).await;
        }
        let regain = start(&users, &keys, |_| {}).await;
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "{engine:?}: the row carries the new hash");
    }
}

#[tokio::test]
async fn a69_a_mail_that_somebody_asks_for_right_then_hides_no_change() {
    let Some(keys) = keys() else { return };
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let waiting = start_unworked(&users, &keys, Clock::system()).await;
        let regain = start(&users, &keys, |_| {}).await;
        let token = regain.token_for("ada@example.com").await;
        regain.stop().await;
        let body = json!({ "token": token, "new_password": NEW });
        assert_eq!(waiting.post("password-resets/complete", &body).await, 200);
        for name in keys.names().await.iter().filter(|name| name.contains(":told:")) {
            keys.run::<u64>(&["DEL", name]).await;
        }
        // What a mail writes where the newest link wins.
        let stamp = users.text("SELECT recovery_stamp FROM users").await.unwrap();
        let newest = format!("UPDATE users SET recovery_stamp = '{stamp}.0123456789abcdef'");
        users.execute(&newest).await;
        let regain = start(&users, &keys, |_| {}).await;
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "{engine:?}: the row carries the new hash");
    }
}

#[tokio::test]
async fn a_change_that_was_not_written_is_told_to_nobody() {
    let Some(keys) = keys() else { return };
    let users = database(crate::databases::Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = start(&users, &keys, |_| {}).await;
    let token = regain.token_for("ada@example.com").await;
    let race = (0..4).map(|n| format!("contender number {n}"));
    let race: Vec<_> = race.collect();
    let answers =
        futures_util::future::join_all(race.iter().map(|new| regain.complete(&token, new))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    regain.worked().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(regain.mails().len(), 2, "the link and one notice");
}
