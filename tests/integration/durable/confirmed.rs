//! The backend is told of a confirmed address once, whoever wrote the row and whatever became of that
//! process, and of none that is not confirmed.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use regain::clock::Clock;
use regain::config::Settings;
use serde_json::json;

use super::{start, start_unworked_with, until_asks_are_taken};
use crate::databases::{Engine, TestDatabase, engines};
use crate::disputing::receiver;
use crate::harness::{Answer, Regain};
use crate::people::{Person, database, person};
use crate::redis_server::{RedisServer, keys};
use crate::relay::{Mode, Relay};

const PATH: &str = "email-confirmations";
const UNA: &str = "una@example.com";

async fn unconfirmed(engine: Engine) -> TestDatabase {
    database(engine, &[Person { confirmed: false, ..person(UNA) }]).await
}

async fn is_confirmed(users: &TestDatabase) -> bool {
    users.text("SELECT email FROM users WHERE confirmed_at IS NOT NULL").await.is_some()
}

fn telling(url: &str) -> impl Fn(&mut Settings) {
    let webhook = format!(
        "url = \"{url}\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\
         events = [\"email.confirmed\"]"
    );
    move |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.webhook = Some(toml::from_str(&webhook).unwrap());
    }
}

async fn confirm(regain: &Regain, token: &str) -> Answer {
    regain.complete_with(PATH, token).await
}

fn assert_told_once(heard: &Arc<Mutex<Vec<String>>>, why: &str) {
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 1, "{why}: {heard:?}");
    assert!(heard[0].contains("email.confirmed") && heard[0].contains("\"1\""), "{heard:?}");
}

#[tokio::test]
async fn where_the_process_died_before_it_could_tell_the_row_does() {
    let Some(keys) = keys() else { return };
    for engine in engines() {
        let (url, heard) = receiver().await;
        let users = unconfirmed(engine).await;
        let regain = start(&users, &keys, |_| {}).await;
        let token = regain.token_of(PATH, UNA).await;
        regain.stop().await;
        let died = start_unworked_with(&users, &keys, Clock::system(), telling(&url)).await;
        let body = json!({ "token": token });
        assert_eq!(died.post("email-confirmations/complete", &body).await, 200, "{engine:?}");
        let told: Vec<_> = keys.names().await;
        let told: Vec<_> = told.iter().filter(|name| name.contains(":told:")).collect();
        assert_eq!(told.len(), 1, "{engine:?}");
        keys.run::<u64>(&["DEL", told[0]]).await;
        // A password that was set since, or a login, is no other address.
        users.execute("UPDATE users SET password = 'x', last_login = '2027-01-01 00:00:00'").await;
        let regain = start(&users, &keys, telling(&url)).await;
        regain.worked().await;
        assert_told_once(&heard, &format!("{engine:?}"));
    }
}

#[tokio::test]
async fn what_the_row_does_not_show_is_told_to_nobody() {
    for becomes in ["confirmed_at = NULL", "email = 'other@example.com'"] {
        let Some(keys) = keys() else { return };
        let (url, heard) = receiver().await;
        let users = unconfirmed(Engine::Sqlite).await;
        let regain = start(&users, &keys, |_| {}).await;
        let token = regain.token_of(PATH, UNA).await;
        regain.stop().await;
        let died = start_unworked_with(&users, &keys, Clock::system(), telling(&url)).await;
        let body = json!({ "token": token });
        assert_eq!(died.post("email-confirmations/complete", &body).await, 200);
        for name in keys.names().await.iter().filter(|name| name.contains(":told:")) {
            keys.run::<u64>(&["DEL", name]).await;
        }
        users.execute(&format!("UPDATE users SET {becomes}")).await;
        let _regain = start(&users, &keys, telling(&url)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(heard.lock().unwrap().is_empty(), "{becomes}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_confirm_at_the_same_time_on_two_replicas_one_is_told_of() {
    let Some(keys) = keys() else { return };
    for engine in engines() {
        let (url, heard) = receiver().await;
        let users = unconfirmed(engine).await;
        let both =
            [start(&users, &keys, telling(&url)).await, start(&users, &keys, telling(&url)).await];
        let asked = both[0].ask_for(PATH, UNA).await;
        assert_eq!(asked.status, 202);
        let mut links = vec![];
        for one in &both {
            one.worked().await;
            links.extend(one.links());
        }
        let token = links.pop().unwrap().token();
        let all = join_all((0..16).map(|n| confirm(&both[n % 2], &token))).await;
        assert!(all.iter().all(|answer| answer.status == 200), "{engine:?} {all:?}");
        for one in &both {
            one.worked().await;
        }
        assert_told_once(&heard, &format!("{engine:?}"));
    }
}

#[tokio::test]
async fn a_connection_lost_around_the_update_ends_in_success_and_one_event() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let written: &[u8] = UNA.as_bytes();
        for trouble in [Mode::LoseAnswerTo(written), Mode::LoseRequest(written)] {
            let (url, heard) = receiver().await;
            let users = unconfirmed(engine).await;
            let (relay, through) = Relay::before_url(&users.url, Mode::Open).await;
            let regain = Regain::start_with(&through, telling(&url)).await;
            let token = regain.token_of(PATH, UNA).await;
            relay.set(trouble.clone());
            let done = confirm(&regain, &token).await;
            assert_eq!(relay.mode(), Mode::Open, "{engine:?} {trouble:?}: the trouble came");
            assert_eq!(done.status, 200, "{engine:?} {trouble:?} {done:?}");
            assert!(is_confirmed(&users).await, "{engine:?} {trouble:?}");
            regain.worked().await;
            assert_told_once(&heard, &format!("{engine:?} {trouble:?}"));
        }
    }
}

#[tokio::test]
async fn a84_what_could_not_be_told_is_not_done_and_the_link_goes_on_working() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let (url, heard) = receiver().await;
    let users = unconfirmed(Engine::Sqlite).await;
    let regain = start(&users, &server.keys(), telling(&url)).await;
    let token = regain.token_of(PATH, UNA).await;
    server.kill();
    let refused = confirm(&regain, &token).await;
    assert_eq!((refused.status, refused.code()), (503, "busy".to_owned()));
    assert!(!is_confirmed(&users).await);
    server.start_again().await;
    until_asks_are_taken(&regain).await;
    assert_eq!(confirm(&regain, &token).await.status, 200);
    regain.worked().await;
    assert_told_once(&heard, "once it could be");
}
