//! Whose session it is, for the backend that was handed it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{knowing, new_key, post, with_key};
use crate::databases::{Engine, engines};
use crate::harness::Regain;
use crate::people::{OLD_HASH, database, person};

async fn introspected(regain: &Regain, key: &str, session: &str) -> Value {
    let found = post(regain, key, "sessions/introspect", &json!({ "session": session })).await;
    assert_eq!((found.status, found.header("cache-control")), (200, Some("no-store")));
    found.json()
}

async fn session_of(regain: &Regain, who: &str) -> String {
    let login = regain.token_of("login-links", who).await;
    let done = regain.complete_with("login-links", &login).await;
    done.json()["session"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_is_active_until_its_time_its_password_or_its_account_ends_it() {
    let inactive = json!({ "active": false });
    for engine in engines() {
        let (users, regain, key) = with_key(engine, &["sessions:introspect"]).await;
        let session = session_of(&regain, "ada@example.com").await;
        let active =
            json!({ "active": true, "user_id": "1", "expires_at": "2027-01-15T08:15:00Z" });
        for _again in 0..3 {
            assert_eq!(introspected(&regain, &key, &session).await, active, "{engine:?}");
        }
        assert_eq!(regain.me(&session).await.status, 200, "{engine:?}: it goes on");
        for (change, back) in [
            ("password = 'changed'", &*format!("password = '{OLD_HASH}'")),
            ("email = 'new@example.com'", "email = 'ada@example.com'"),
            ("recovery_stamp = 'renewed'", "recovery_stamp = NULL"),
            ("is_active = FALSE", "is_active = TRUE"),
            ("id = 100", "id = 1"),
        ] {
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            let found = introspected(&regain, &key, &session).await;
            assert_eq!(found, inactive, "{engine:?} {change}");
            users.execute(&format!("UPDATE users SET {back} WHERE id IN (1, 100)")).await;
        }
        regain.clock.advance(Duration::from_mins(15));
        assert_eq!(introspected(&regain, &key, &session).await, active, "its last second");
        regain.clock.advance(Duration::from_secs(1));
        assert_eq!(introspected(&regain, &key, &session).await, inactive, "{engine:?}");
    }
}

#[tokio::test]
async fn a22_what_is_no_session_is_not_active() {
    let (_users, regain, key) = with_key(Engine::Sqlite, &["sessions:introspect"]).await;
    let reset = regain.token_for("ada@example.com").await;
    let login = regain.token_of("login-links", "ada@example.com").await;
    let session = session_of(&regain, "eve@example.com").await;
    let forged = format!("f{}", &session[1..]);
    for none in [reset.as_str(), &login, &forged, &key, "a.b.c", "x"] {
        let found = introspected(&regain, &key, none).await;
        assert_eq!(found, json!({ "active": false }), "{none}");
    }
}

#[tokio::test]
async fn where_nobody_logs_in_by_a_link_that_is_said() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["sessions:introspect"]);
    let on = Regain::start_with(&users.url, knowing(&[&known])).await;
    let session = session_of(&on, "ada@example.com").await;
    let off = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().api_keys = vec![known];
    })
    .await;
    let found = post(&off, &key, "sessions/introspect", &json!({ "session": session })).await;
    assert_eq!((found.status, found.code()), (409, "not-configured".to_owned()));
}
