//! Voiding every link of an account.

use serde_json::json;

use super::{knowing, new_key, post, with, with_key};
use crate::databases::{Engine, engines};
use crate::harness::Regain;
use crate::people::{OLD_HASH, database, hash, person};

#[tokio::test]
async fn revoking_voids_links_and_sessions_of_one_account_and_leaves_its_password() {
    for engine in engines() {
        let scopes = ["tokens:revoke", "tokens:explain"];
        let (users, regain, key) = with_key(engine, &scopes).await;
        let login = regain.token_of("login-links", "ada@example.com").await;
        let session = regain.complete_with("login-links", &login).await.json()["session"].clone();
        let session = session.as_str().unwrap();
        let (mine, hers) =
            (regain.token_for("ada@example.com").await, regain.token_for("eve@example.com").await);

        let revoked = with(&regain, &key, "users/1/revocations", "").await;
        assert_eq!((revoked.status, revoked.body.as_str()), (204, ""), "{engine:?} {revoked:?}");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
        assert_eq!(regain.me(session).await.status, 401, "{engine:?}");
        let refused = regain.complete(&mine, "a new passphrase").await;
        assert_eq!(refused.code(), "token-invalid", "{engine:?}");
        let body = json!({ "token": mine, "purpose": "password-reset" });
        let why = post(&regain, &key, "tokens/explain", &body).await;
        assert_eq!(why.json()["state"], "revoked", "{engine:?}");
        assert_eq!(regain.complete(&hers, "a new passphrase").await.status, 200, "{engine:?}");

        let again = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&again, "a new passphrase").await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a44_an_id_that_no_row_has_is_not_found_however_it_is_written() {
    for engine in engines() {
        let (users, regain, key) = with_key(engine, &["tokens:revoke"]).await;
        for id in [
            "3",
            "0",
            "-1",
            "01",
            "1.0",
            "abc",
            "1%20OR%201=1",
            "1'%20OR%20'1'='1",
            "%25",
            "9223372036854775808",
            "ada@example.com",
            "%F0%9F%99%82",
            "%00",
        ] {
            let found = with(&regain, &key, &format!("users/{id}/revocations"), "").await;
            assert_eq!(
                (found.status, found.code()),
                (404, "not-found".to_owned()),
                "{engine:?} {id}"
            );
        }
        let stamps = "SELECT recovery_stamp FROM users WHERE recovery_stamp IS NOT NULL";
        assert_eq!(users.text(stamps).await, None, "{engine:?}: nobody's link was touched");
        assert_eq!(with(&regain, &key, "users/%31/revocations", "").await.status, 204);
        assert!(users.text(stamps).await.is_some());
    }
}

#[tokio::test]
async fn without_a_recovery_stamp_nothing_can_be_revoked_and_that_is_said() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["tokens:revoke"]);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        settings.apps.get_mut("default").unwrap().users.recovery_stamp = None;
    })
    .await;
    let refused = with(&regain, &key, "users/1/revocations", "").await;
    assert_eq!((refused.status, refused.code()), (409, "not-configured".to_owned()));
}

#[tokio::test]
async fn a67_revoking_is_a_post() {
    let (_users, regain, key) = with_key(Engine::Sqlite, &["tokens:revoke"]).await;
    let url = format!("{}/v1/apps/default/users/1/revocations", regain.url);
    for method in [reqwest::Method::GET, reqwest::Method::DELETE, reqwest::Method::PUT] {
        let request = regain.http.request(method, &url).bearer_auth(&key);
        let refused = crate::harness::answer(request).await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some("POST")));
    }
}
