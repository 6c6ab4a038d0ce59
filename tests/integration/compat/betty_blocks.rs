//! Betty Blocks: the two actions of its password reset.

use regain::config::{Compat, Settings};
use serde_json::json;

use crate::databases::engines;
use crate::harness::Regain;
use crate::people::{OLD_HASH, database, hash, person};

const ASK: &str = "/betty-blocks/default/request-password-reset";
const RESET: &str = "/betty-blocks/default/reset-password";

fn switched_on(settings: &mut Settings) {
    settings.apps.get_mut("default").unwrap().compat = [Compat::BettyBlocks].into();
}

#[tokio::test]
async fn both_actions_work_with_the_names_of_their_inputs() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        let known = regain.post(ASK, &json!({ "email_address": "ada@example.com" })).await;
        let unknown = regain.post(ASK, &json!({ "email_address": "nobody@example.com" })).await;
        assert_eq!((known.status, known.json()), (200, unknown.json()), "{engine:?}");
        assert!(known.json()["message"].as_str().is_some_and(|message| !message.is_empty()));
        regain.worked().await;
        let token = regain.links().pop().unwrap().token();

        let reset = |again: &str| {
            json!({
                "inputToken": token, "new_password": "a new passphrase", "confirm_password": again,
            })
        };
        let mismatch = regain.post(RESET, &reset("another passphrase")).await;
        assert_eq!(mismatch.status, 422, "{mismatch:?}");
        assert_eq!(mismatch.json()["errors"][0]["field"], "confirm_password");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}: nothing is spent");
        let done = regain.post(RESET, &reset("a new passphrase")).await;
        assert_eq!((done.status, done.json()), (200, json!({})), "{engine:?}");
        assert_ne!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
        let again = regain.post(RESET, &reset("a new passphrase")).await;
        assert_eq!((again.status, again.code()), (400, "token-invalid".to_owned()));
    }
}

#[tokio::test]
async fn where_it_is_not_switched_on_there_is_nothing() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start(&users.url).await;
        for path in [ASK, RESET] {
            let answer = regain.post(path, &json!({ "email_address": "ada@example.com" })).await;
            assert_eq!((answer.status, answer.code()), (404, "not-found".to_owned()), "{path}");
        }
    }
}
