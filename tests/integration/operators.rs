//! What an application's backend and its operators do with an API key, and who has none.

mod accounts;
mod audit;
mod explaining;
mod for_others;
mod inviting;
mod issuing;
mod sessions;

use regain::config::{ApiKeySettings, LoginLinks, Rate, Settings};
use regain::random::Random;
use regain::token::{ApiKey, Scope};
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase, create};
use crate::harness::{Answer, Regain, answer};
use crate::people::{OLD_HASH, database, person};

/// What a key needs for each operation that wants one, and a call of it.
const OPERATIONS: [(&str, &str, &str); 5] = [
    ("tokens:issue:password-reset", "users/1/tokens", r#"{"purpose":"password-reset"}"#),
    ("tokens:explain", "tokens/explain", r#"{"token":"a.b.c","purpose":"password-reset"}"#),
    ("tokens:revoke", "users/1/revocations", ""),
    ("sessions:introspect", "sessions/introspect", r#"{"session":"a.b.c"}"#),
    ("tokens:issue:password-reset", "invitations", r#"{"identifier":"ada@example.com"}"#),
];

/// A new key, and what an application knows it by.
pub fn new_key(name: &str, scopes: &[&str]) -> (String, ApiKeySettings) {
    let key = ApiKey::generate(&Random::system());
    let known = ApiKeySettings {
        name: name.to_owned(),
        sha256: key.digest().to_hex(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    };
    (key.expose().to_owned(), known)
}

/// A service whose application knows these keys, and lets people log in by links.
fn knowing(keys: &[&ApiKeySettings]) -> impl FnOnce(&mut Settings) {
    let keys: Vec<_> = keys.iter().map(|&key| key.clone()).collect();
    move |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.api_keys = keys;
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
    }
}

/// Ada's account, and a service with one key of these scopes.
async fn with_key(engine: Engine, scopes: &[&str]) -> (TestDatabase, Regain, String) {
    let users = database(engine, &[person("ada@example.com"), person("eve@example.com")]).await;
    let (key, known) = new_key("backend", scopes);
    let regain = Regain::start_with(&users.url, knowing(&[&known])).await;
    (users, regain, key)
}

/// Posts with a key.
async fn with(regain: &Regain, key: &str, path: &str, body: &str) -> Answer {
    let request = regain.http.post(format!("{}/v1/apps/default/{path}", regain.url));
    let request = request.header("content-type", "application/json").bearer_auth(key);
    answer(request.body(body.to_owned())).await
}

/// Posts JSON with a key.
async fn post(regain: &Regain, key: &str, path: &str, body: &Value) -> Answer {
    with(regain, key, path, &body.to_string()).await
}

fn assert_unauthorized(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (401, "unauthorized".to_owned()), "{answer:?}");
    let challenges = ["Bearer", NOT_GOOD];
    assert!(challenges.map(Some).contains(&answer.header("www-authenticate")), "{answer:?}");
}

/// What is said of a key that is none, which there was (RFC 6750 §3.1).
const NOT_GOOD: &str = "Bearer error=\"invalid_token\"";

#[tokio::test]
async fn what_is_no_key_of_the_application_is_refused_alike_whatever_it_is() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let everything: Vec<_> = OPERATIONS.iter().map(|(scope, ..)| *scope).collect();
    let (key, known) = new_key("backend", &everything);
    let (of_another, known_there) = new_key("backend", &everything);
    let (revoked, _) = new_key("old", &everything);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        let mut blog = settings.apps["default"].clone();
        blog.api_keys = vec![known_there];
        settings.apps.insert("blog".to_owned(), blog);
    })
    .await;
    let login = regain.token_of("login-links", "ada@example.com").await;
    let session = regain.complete_with("login-links", &login).await.json()["session"].clone();

    for (_, path, body) in OPERATIONS {
        let good = with(&regain, &key, path, body).await;
        assert!((200..300).contains(&good.status), "{path} {good:?}");
        let nobody = answer(regain.http.post(format!("{}/v1/apps/default/{path}", regain.url)));
        let nobody = nobody.await;
        assert_unauthorized(&nobody);
        assert_eq!(nobody.header("www-authenticate"), Some("Bearer"));
        let refused = with(&regain, &revoked, path, body).await;
        assert_eq!(refused.header("www-authenticate"), Some(NOT_GOOD));
        assert_eq!((refused.status, &refused.body), (401, &nobody.body));
        for wrong in [
            of_another.as_str(),
            revoked.as_str(),
            session.as_str().unwrap(),
            login.as_str(),
            &key.replace("regain_", ""),
            &key.to_uppercase(),
            &format!("{key}A"),
            &format!("{key} {key}"),
            known.sha256.as_str(),
        ] {
            assert_eq!(with(&regain, wrong, path, body).await, refused, "{path} {wrong}");
        }
        assert_eq!(with(&regain, "", path, body).await, nobody, "{path}");
        // The key is looked at before the body is.
        assert_eq!(with(&regain, &revoked, path, "{{{").await, refused, "{path}");
        let url = format!("{}/v1/apps/default/{path}", regain.url);
        for header in [key.clone(), format!("Basic {key}"), format!("Token {key}")] {
            let request = regain.http.post(&url).header("authorization", header);
            assert_eq!(answer(request).await, nobody, "{path}");
        }
        let twice = regain.http.post(&url).bearer_auth(&key).bearer_auth(&key);
        assert_eq!(answer(twice).await, nobody, "{path}");

        let there = regain.http.post(url.replace("/default/", "/blog/"));
        let there = answer(
            there.bearer_auth(&of_another).body(body).header("content-type", "application/json"),
        );
        assert!((200..300).contains(&there.await.status), "{path}: of its own");
        let nowhere = regain.http.post(url.replace("/default/", "/nothing/")).bearer_auth(&key);
        let nowhere = answer(nowhere).await;
        assert_eq!((nowhere.status, nowhere.code()), (404, "not-found".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn an_id_with_a_slash_in_it_is_one_part_of_the_path_that_parts_nothing() {
    let users = create(Engine::Sqlite).await;
    users
        .execute(
            "CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT, username TEXT, name TEXT, \
             password TEXT, recovery_stamp TEXT, is_active INTEGER NOT NULL, confirmed_at TEXT, \
             deleted_at TEXT, last_login TEXT)",
        )
        .await;
    let row = format!(
        "INSERT INTO users VALUES ('a/b', 'ada@example.com', 'ada', 'Ada', '{OLD_HASH}', NULL, 1, \
         '2026-01-01 00:00:00', NULL, NULL)"
    );
    users.execute(&row).await;
    let (key, known) = new_key("backend", &[OPERATIONS[0].0]);
    let regain = Regain::start_with(&users.url, knowing(&[&known])).await;
    let (_, _, body) = OPERATIONS[0];
    let made = with(&regain, &key, "users/a%2Fb/tokens", body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let token = made.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200);
    for nowhere in ["users/a/b/tokens", "users/a//b/tokens", "users//tokens", "users/a%2Fb/tokens/"]
    {
        let answer = with(&regain, &key, nowhere, body).await;
        assert_eq!((answer.status, answer.code()), (404, "not-found".to_owned()), "{nowhere}");
        assert!(answer.body.contains("no such page, operation"), "{nowhere}");
    }
}

#[tokio::test]
async fn a_key_that_was_taken_out_of_the_configuration_lets_nobody_in_and_the_new_one_does() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (old, known_old) = new_key("2026", &["tokens:revoke"]);
    let (new, known_new) = new_key("2027", &["tokens:revoke"]);
    let both = Regain::start_with(&users.url, knowing(&[&known_old, &known_new])).await;
    let path = "users/1/revocations";
    for key in [&old, &new] {
        assert_eq!(with(&both, key, path, "").await.status, 204);
    }
    both.stop().await;
    let rotated = Regain::start_with(&users.url, knowing(&[&known_new])).await;
    assert_unauthorized(&with(&rotated, &old, path, "").await);
    assert_eq!(with(&rotated, &new, path, "").await.status, 204);
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one_it_lacks() {
    let every = Scope::names();
    for (scope, path, body) in OPERATIONS {
        let others: Vec<_> = every.iter().copied().filter(|other| *other != scope).collect();
        for scopes in [&[][..], &others] {
            let (_users, regain, key) = with_key(Engine::Sqlite, scopes).await;
            let refused = with(&regain, &key, path, body).await;
            assert_eq!((refused.status, refused.code()), (403, "forbidden".to_owned()));
            let message = format!("the key lacks the scope {scope}");
            let error = json!({ "field": "", "reason": "missing_scope", "message": message });
            assert_eq!(refused.json()["errors"], json!([error]));
            let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
            assert_eq!(refused.header("www-authenticate"), Some(challenge.as_str()));
        }
    }
}

#[tokio::test]
async fn a_key_is_no_session() {
    let (_users, regain, key) = with_key(Engine::Sqlite, &["sessions:introspect"]).await;
    assert_unauthorized(&regain.me(&key).await);
    assert_unauthorized(&regain.change_password(&key, "a new passphrase").await);
}

#[tokio::test]
async fn wrong_keys_are_limited_by_client_and_right_ones_by_key() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["sessions:introspect"]);
    let (other, known_other) = new_key("other", &["sessions:introspect", "tokens:revoke"]);
    let (wrong, _) = new_key("wrong", &[]);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known, &known_other])(settings);
        let hour = std::time::Duration::from_hours(1);
        settings.limits.per_client = Rate { events: 3, period: hour };
        settings.limits.per_key = Rate { events: 5, period: hour };
    })
    .await;
    let (_, path, body) = OPERATIONS[3];
    for _try in 0..3 {
        assert_unauthorized(&with(&regain, &wrong, path, body).await);
    }
    let refused = with(&regain, &wrong, path, body).await;
    assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1200"));

    // Whoever shares its address does not shut a backend out, and what lacks a scope costs nothing.
    for _call in 0..7 {
        assert_eq!(with(&regain, &key, OPERATIONS[2].1, "").await.status, 403);
    }
    for _call in 0..5 {
        assert_eq!(with(&regain, &key, path, body).await.status, 200);
    }
    let refused = with(&regain, &key, path, body).await;
    assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("720"));
    assert_eq!(with(&regain, &other, path, body).await.status, 200, "keys have each their own");
    for _ask in 0..3 {
        assert_eq!(regain.ask("ada@example.com").await.status, 202, "so have the people behind it");
    }
    assert_eq!(regain.ask("ada@example.com").await.status, 429);
}
