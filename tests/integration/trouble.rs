//! Databases that go away and come back, and answers that are lost on the way.

use regain::clock::Clock;

use crate::databases::{Engine, engines};
use crate::harness::Regain;
use crate::people::{OLD_HASH, database, hash, person};
use crate::python;
use crate::relay::{Mode, Relay};

const NEW: &str = "a new passphrase";

/// What the message that writes a new hash holds, and no other.
const NEW_HASH: &[u8] = b"$argon2id$v=19$m=64";

fn servers() -> impl Iterator<Item = Engine> {
    engines().into_iter().filter(|engine| *engine != Engine::Sqlite)
}

#[tokio::test]
async fn a84_a_service_that_starts_while_its_database_is_down_takes_asks_and_recovers() {
    for engine in servers() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let (relay, url) = Relay::before_url(&users.url, Mode::Down).await;
        let regain = Regain::start_at(&url, Clock::system(), |_| {}).await;
        assert_eq!(regain.ask("ada@example.com").await.status, 202, "{engine:?}");
        regain.until_ready_says("degraded").await;
        let ready = regain.get("/readyz").await;
        assert_eq!(ready.status, 200, "{engine:?}: asking needs no database");

        relay.set(Mode::Open);
        regain.worked().await;
        assert_eq!(regain.links().len(), 1, "{engine:?}: the mail came in the end");
        let token = regain.links()[0].token();

        relay.set(Mode::Down);
        let down = regain.complete(&token, NEW).await;
        assert_eq!((down.status, down.code()), (503, "busy".to_owned()), "{engine:?}");
        assert!(down.header("retry-after").is_some());
        assert_eq!(hash(&users, 1).await, OLD_HASH);

        relay.set(Mode::Open);
        regain.until_ready_says("ready").await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
        python::verify_argon2(&hash(&users, 1).await, NEW);
    }
}

#[tokio::test]
async fn a_connection_lost_around_the_update_ends_in_success_and_a_link_that_is_spent() {
    for engine in servers() {
        for trouble in [Mode::LoseAnswerTo(NEW_HASH), Mode::LoseRequest(NEW_HASH)] {
            let users = database(engine, &[person("ada@example.com")]).await;
            let (relay, url) = Relay::before_url(&users.url, Mode::Open).await;
            let regain = Regain::start(&url).await;
            let token = regain.token_for("ada@example.com").await;

            relay.set(trouble.clone());
            let done = regain.complete(&token, NEW).await;
            assert_eq!(relay.mode(), Mode::Open, "{engine:?} {trouble:?}: the trouble came");
            assert_eq!(done.status, 200, "{engine:?} {trouble:?} {done:?}");
            let stored = hash(&users, 1).await;
            python::verify_argon2(&stored, NEW);
            assert_eq!(regain.complete(&token, "another passphrase").await.status, 400);
            assert_eq!(hash(&users, 1).await, stored);
            regain.worked().await;
            assert_eq!(regain.mails().len(), 2, "{engine:?} {trouble:?}: one notice, not two");
        }
    }
}
