//! Why a token does nothing.

use std::time::Duration;

use regain::clock::Clock;
use serde_json::{Value, json};

use super::{knowing, new_key, post, with, with_key};
use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain, START};
use crate::people::{Person, database, person};

async fn explained(regain: &Regain, key: &str, token: &str, purpose: &str) -> Answer {
    post(regain, key, "tokens/explain", &json!({ "token": token, "purpose": purpose })).await
}

async fn of_reset(regain: &Regain, key: &str, token: &str) -> Value {
    let explained = explained(regain, key, token, "password-reset").await;
    assert_eq!(explained.status, 200, "{explained:?}");
    explained.json()
}

/// What a token that was made when a test begins says of itself.
fn said(state: &str) -> Value {
    json!({
        "state": state,
        "user_id": "1",
        "issued_at": "2027-01-15T08:00:00Z",
        "expires_at": "2027-01-15T08:30:00Z",
    })
}

#[tokio::test]
async fn a_link_is_explained_before_and_after_its_use_and_is_not_used_by_it() {
    for engine in engines() {
        let (_users, regain, key) = with_key(engine, &["tokens:explain"]).await;
        let token = regain.token_for("ada@example.com").await;
        for _again in 0..3 {
            assert_eq!(of_reset(&regain, &key, &token).await, said("valid"), "{engine:?}");
        }
        assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200);
        assert_eq!(of_reset(&regain, &key, &token).await, said("spent"), "{engine:?}");
        regain.clock.advance(Duration::from_mins(31));
        assert_eq!(of_reset(&regain, &key, &token).await, said("expired"), "{engine:?}");
    }
}

#[tokio::test]
async fn what_was_made_before_a_revocation_is_revoked_until_the_next_reset_and_nothing_else_is() {
    for engine in engines() {
        let scopes = ["tokens:explain", "tokens:revoke"];
        let (users, regain, key) = with_key(engine, &scopes).await;
        let login = regain.token_of("login-links", "ada@example.com").await;
        assert_eq!(regain.complete_with("login-links", &login).await.status, 200);
        let before = regain.token_for("ada@example.com").await;
        regain.clock.advance(Duration::from_secs(1));
        assert_eq!(with(&regain, &key, "users/1/revocations", "").await.status, 204);
        assert_eq!(of_reset(&regain, &key, &before).await, said("revoked"), "{engine:?}");
        let public = regain.complete(&before, "a new passphrase").await;
        assert_eq!((public.status, public.code()), (400, "token-invalid".to_owned()));
        let login = explained(&regain, &key, &login, "login").await.json();
        assert_eq!(login["state"], "spent", "{engine:?}: by its own use, as the last login tells");

        regain.clock.advance(Duration::from_secs(1));
        let since = regain.token_for("ada@example.com").await;
        let state = async |token: &str| of_reset(&regain, &key, token).await["state"].clone();
        users.execute("UPDATE users SET email = 'new@example.com' WHERE id = 1").await;
        assert_eq!(state(&since).await, "spent", "{engine:?}: not by the revocation before it");
        users.execute("UPDATE users SET email = 'ada@example.com' WHERE id = 1").await;
        assert_eq!((state(&since).await, state(&before).await), (json!("valid"), json!("revoked")));
        assert_eq!(regain.complete(&since, "a new passphrase").await.status, 200, "{engine:?}");
        assert_eq!((state(&since).await, state(&before).await), (json!("spent"), json!("spent")));
    }
}

#[tokio::test]
async fn what_became_of_the_account_is_told() {
    for engine in engines() {
        let (users, regain, key) = with_key(engine, &["tokens:explain"]).await;
        let token = regain.token_for("ada@example.com").await;
        for (change, back, state, reason) in [
            ("email = 'new@example.com'", "email = 'ada@example.com'", "spent", None),
            (
                "is_active = FALSE",
                "is_active = TRUE",
                "account_inactive",
                Some("the account is not active"),
            ),
            (
                "confirmed_at = NULL",
                "confirmed_at = '2026-01-01 00:00:00'",
                "account_inactive",
                Some("the account's address is not confirmed"),
            ),
            ("id = 100", "id = 1", "account_unknown", None),
        ] {
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            let mut wanted = said(state);
            if let Some(reason) = reason {
                wanted["reason"] = json!(reason);
            }
            assert_eq!(of_reset(&regain, &key, &token).await, wanted, "{engine:?} {change}");
            users.execute(&format!("UPDATE users SET {back} WHERE id IN (1, 100)")).await;
        }
        assert_eq!(of_reset(&regain, &key, &token).await, said("valid"), "{engine:?}");
    }
}

#[tokio::test]
async fn a22_what_our_keys_did_not_sign_for_the_application_and_purpose_is_not_ours() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["tokens:explain"]);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        let mut blog = settings.apps["default"].clone();
        blog.api_keys = vec![];
        settings.apps.insert("blog".to_owned(), blog);
    })
    .await;
    let token = regain.token_for("ada@example.com").await;
    let ask = json!({ "identifier": "ada@example.com" });
    regain.post("/v1/apps/blog/password-resets", &ask).await;
    regain.worked().await;
    let of_blog = regain.links().pop().unwrap().token();
    let forged = format!("f{}", &token[1..]);
    for foreign in [of_blog.as_str(), &forged, "a.b.c", "x", "eyJ1IjoiMSJ9.a0oHgA.AAAA"] {
        let found = of_reset(&regain, &key, foreign).await;
        assert_eq!(found, json!({ "state": "not_ours" }), "{foreign}");
    }
    let other = explained(&regain, &key, &token, "login").await;
    assert_eq!(other.json(), json!({ "state": "not_ours" }));

    let behind = time::OffsetDateTime::from_unix_timestamp(START - 120).unwrap();
    let behind = Regain::start_at(&users.url, Clock::fixed(behind), knowing(&[&known])).await;
    let ahead = of_reset(&behind, &key, &token).await;
    assert_eq!(ahead, json!({ "state": "from_the_future" }));
}

#[tokio::test]
async fn what_is_too_short_or_too_long_for_a_token_is_refused_as_the_document_has_it() {
    let (_users, regain, key) =
        with_key(Engine::Sqlite, &["tokens:explain", "sessions:introspect"]).await;
    let longest = "x".repeat(2880);
    for (text, status) in [("", 422), (&*longest, 200), (&*(longest.clone() + "x"), 422)] {
        let found = explained(&regain, &key, text, "password-reset").await;
        assert_eq!(found.status, status, "{found:?}");
        let session = json!({ "session": text });
        let found = post(&regain, &key, "sessions/introspect", &session).await;
        assert_eq!(found.status, status, "{found:?}");
    }
}

#[tokio::test]
async fn a_purpose_that_is_not_switched_on_is_told_so() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["tokens:explain"]);
    let on = Regain::start_with(&users.url, knowing(&[&known])).await;
    let login = on.token_of("login-links", "ada@example.com").await;
    let off = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().api_keys = vec![known];
    })
    .await;
    let found = explained(&off, &key, &login, "login").await;
    assert_eq!((found.status, found.code()), (409, "not-configured".to_owned()));
    assert_eq!(explained(&on, &key, &login, "login").await.json()["state"], "valid");
    for (purpose, status) in [("sessions", 422), ("", 422)] {
        assert_eq!(explained(&on, &key, &login, purpose).await.status, status, "{purpose}");
    }
}

#[tokio::test]
async fn a84_what_cannot_be_told_is_not_guessed() {
    let unconfirmed = Person { confirmed: false, ..person("ada@example.com") };
    let users = database(Engine::Sqlite, &[person("eve@example.com"), unconfirmed]).await;
    let (key, known) = new_key("backend", &["tokens:explain"]);
    let regain = Regain::start_with(&users.url, knowing(&[&known])).await;
    let token = regain.token_for("eve@example.com").await;
    users.execute("ALTER TABLE users RENAME TO elsewhere").await;
    let found = explained(&regain, &key, &token, "password-reset").await;
    assert_eq!((found.status, found.code()), (503, "busy".to_owned()));
    assert!(found.header("retry-after").is_some());
    let forged = explained(&regain, &key, "a.b.c", "password-reset").await;
    assert_eq!(forged.json()["state"], "not_ours", "for which no database is asked");
}
