//! An address is confirmed by a link that was sent to it, and to no other.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain};
use crate::people::{OLD_HASH, Person, database, hash, person};

const PATH: &str = "email-confirmations";

async fn unconfirmed(engine: Engine) -> (TestDatabase, Regain) {
    let nobody_yet = Person { confirmed: false, ..person("ada@example.com") };
    let users = database(engine, &[nobody_yet, person("eve@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

async fn confirmed_at(users: &TestDatabase, id: u64) -> Option<String> {
    let text = if users.engine == Engine::MariaDb { "char" } else { "text" };
    let select = format!("SELECT CAST(confirmed_at AS {text}) FROM users WHERE id = {id}");
    users.text(&select).await
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{answer:?}");
}

#[tokio::test]
async fn the_link_out_of_the_mail_confirms_the_address_and_again_changes_nothing() {
    for engine in engines() {
        let (users, regain) = unconfirmed(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        let mail = regain.links().pop().unwrap();
        assert_eq!(mail.to, "ada@example.com");
        assert!(mail.subject.contains("Confirm"), "{}", mail.subject);
        assert!(mail.link().unwrap().contains("/a/default/confirm-email/"), "{:?}", mail.link());
        assert_eq!(confirmed_at(&users, 1).await, None, "{engine:?}: asking confirms nothing");

        let done = regain.complete_with(PATH, &token).await;
        assert_eq!((done.status, done.body.as_str()), (200, "{}"), "{engine:?}");
        let at = confirmed_at(&users, 1).await.unwrap();
        assert!(at.starts_with("2027-01-15 08:00:00"), "{engine:?} {at}");

        regain.clock.advance(Duration::from_secs(90));
        assert_eq!(regain.complete_with(PATH, &token).await.status, 200, "{engine:?}: and again");
        assert_eq!(confirmed_at(&users, 1).await, Some(at), "{engine:?}");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}: nothing else is touched");
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "{engine:?}: and nobody is written to about it");
    }
}

#[tokio::test]
async fn a42_who_confirmed_an_address_may_reset_the_password_and_before_that_may_not() {
    for engine in engines() {
        let (_users, regain) = unconfirmed(engine).await;
        assert_eq!(regain.ask("ada@example.com").await.status, 202);
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "{engine:?}");
        let token = regain.token_of(PATH, "ada@example.com").await;
        assert_eq!(regain.complete_with(PATH, &token).await.status, 200);
        let reset = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&reset, "a new passphrase").await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a57_a_token_confirms_only_the_address_that_it_was_made_for_byte_for_byte() {
    for engine in engines() {
        let (users, regain) = unconfirmed(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        for address in ["'thief@evil.example'", "'Ada@example.com'", "'ada@example.com '", "NULL"] {
            users.execute(&format!("UPDATE users SET email = {address} WHERE id = 1")).await;
            assert_refused(&regain.complete_with(PATH, &token).await);
        }
        assert_eq!(confirmed_at(&users, 1).await, None, "{engine:?}");
        users.execute("UPDATE users SET email = 'ada@example.com' WHERE id = 1").await;
        assert_eq!(regain.complete_with(PATH, &token).await.status, 200, "{engine:?}: it is back");
    }
}

#[tokio::test]
async fn a41_a_password_is_not_needed_and_one_that_is_set_meanwhile_kills_no_link() {
    for engine in engines() {
        let invited = Person { password: None, confirmed: false, ..person("ada@example.com") };
        let users = database(engine, &[invited]).await;
        let regain = Regain::start(&users.url).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        users.execute("UPDATE users SET password = 'set by the host' WHERE id = 1").await;
        assert_eq!(regain.complete_with(PATH, &token).await.status, 200, "{engine:?}");
        assert!(confirmed_at(&users, 1).await.is_some());
        assert_eq!(hash(&users, 1).await, "set by the host", "{engine:?}");
    }
}

#[tokio::test]
async fn who_has_nothing_to_confirm_or_is_disabled_gets_no_mail_and_the_answer_is_the_same() {
    for engine in engines() {
        let people = [
            Person { confirmed: false, ..person("ada@example.com") },
            person("eve@example.com"),
            Person { confirmed: false, active: false, ..person("mallory@example.com") },
            Person { confirmed: false, deleted: true, ..person("ghost@example.com") },
        ];
        let users = database(engine, &people).await;
        let regain = Regain::start(&users.url).await;
        let mut answers = vec![];
        for who in ["eve", "mallory", "ghost", "nobody", "ada"] {
            answers.push(regain.ask_for(PATH, &format!("{who}@example.com")).await);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{engine:?} {answers:?}");
        regain.worked().await;
        let to: Vec<_> = regain.mails().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["ada@example.com"], "{engine:?}");
    }
}

#[tokio::test]
async fn a40_a_link_made_before_the_account_was_closed_confirms_nothing() {
    for engine in engines() {
        let (users, regain) = unconfirmed(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        users.execute("UPDATE users SET is_active = FALSE WHERE id = 1").await;
        assert_refused(&regain.complete_with(PATH, &token).await);
        assert_eq!(confirmed_at(&users, 1).await, None, "{engine:?}");
    }
}

#[tokio::test]
async fn a21_a_link_to_confirm_lives_for_a_day_to_the_second() {
    let (_users, regain) = unconfirmed(Engine::Sqlite).await;
    let token = regain.token_of(PATH, "ada@example.com").await;
    regain.clock.advance(Duration::from_hours(24));
    let body = json!({ "token": token, "purpose": "email-confirmation" });
    let seen = regain.post("/v1/apps/default/tokens/inspect", &body).await;
    assert_eq!(seen.json()["expires_at"], "2027-01-16T08:00:00Z", "{seen:?}");
    regain.clock.advance(Duration::from_secs(1));
    let late = regain.complete_with(PATH, &token).await;
    assert_eq!((late.status, late.code()), (410, "token-expired".to_owned()));
}

#[tokio::test]
async fn a20_a_link_from_a_minute_ahead_is_taken_and_one_from_further_is_not() {
    let (users, regain) = unconfirmed(Engine::Sqlite).await;
    regain.clock.advance(Duration::from_secs(61));
    let token = regain.token_of(PATH, "ada@example.com").await;
    let behind = Regain::start(&users.url).await;
    assert_refused(&behind.complete_with(PATH, &token).await);
    behind.clock.advance(Duration::from_secs(1));
    assert_eq!(behind.complete_with(PATH, &token).await.status, 200);
}

#[tokio::test]
async fn a22_a_token_to_confirm_resets_nothing_and_a_reset_token_confirms_nothing() {
    for engine in engines() {
        let (users, regain) = unconfirmed(engine).await;
        let confirm = regain.token_of(PATH, "ada@example.com").await;
        assert_refused(&regain.complete(&confirm, "a new passphrase").await);
        let reset = regain.token_for("eve@example.com").await;
        users.execute("UPDATE users SET confirmed_at = NULL WHERE id = 2").await;
        assert_refused(&regain.complete_with(PATH, &reset).await);
        assert_eq!(confirmed_at(&users, 2).await, None, "{engine:?}");
    }
}

#[tokio::test]
async fn where_no_column_says_what_is_confirmed_the_application_does_not_do_it() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().users.confirmed = None;
    })
    .await;
    let asked = regain.ask_for(PATH, "ada@example.com").await;
    assert_eq!((asked.status, asked.code()), (409, "not-configured".to_owned()));
    let used = regain.complete_with(PATH, "a.b.c").await;
    assert_eq!((used.status, used.code()), (409, "not-configured".to_owned()));
}

#[tokio::test]
async fn a_reset_confirms_the_address_its_link_went_to_only_where_that_is_said() {
    for engine in engines() {
        let nobody_yet = Person { confirmed: false, ..person("ada@example.com") };
        let users = database(engine, &[nobody_yet]).await;
        let regain = Regain::start_with(&users.url, |settings| {
            settings.apps.get_mut("default").unwrap().users.reset_confirms = true;
        })
        .await;
        let token = regain.token_for("ada@example.com").await;
        assert_eq!(confirmed_at(&users, 1).await, None);
        assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200, "{engine:?}");
        let at = confirmed_at(&users, 1).await.unwrap();
        assert!(at.starts_with("2027-01-15 08:00:00"), "{engine:?} {at}");
        regain.clock.advance(Duration::from_hours(1));
        let again = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&again, "another passphrase").await.status, 200);
        assert_eq!(confirmed_at(&users, 1).await, Some(at), "{engine:?}: the first time counts");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_many_who_confirm_at_the_same_time_succeed_and_one_of_them_writes() {
    for engine in engines() {
        let (users, regain) = unconfirmed(engine).await;
        let other = Regain::start(&users.url).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        let both = [&regain, &other];
        let race = (0..64).map(|n| both[n % 2].complete_with(PATH, &token));
        let answers = join_all(race).await;
        assert!(answers.iter().all(|answer| answer.status == 200), "{engine:?} {answers:?}");
        assert!(confirmed_at(&users, 1).await.is_some(), "{engine:?}");
    }
}
