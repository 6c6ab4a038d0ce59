//! Betty Blocks: the two actions of its password reset, as docs/moving.md sets them up.

mod attacks;

use std::time::Duration;

use regain::clock::Clock;
use regain::config::{Settings, Span};
use serde_json::{Value, json};

use crate::browser::between;
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Folder, Mail, Regain, SECRET, START, answer};
use crate::people::{OLD_HASH, Person, database, hash, person};

const ASK: &str = "/betty-blocks/default/request-password-reset";
const RESET: &str = "/betty-blocks/default/reset-password";

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.org";
const NEW: &str = "a new passphrase";

/// The settings that docs/moving.md shows, with what every file has around them.
fn documented(database: &str) -> Settings {
    let page = include_str!("../../../docs/moving.md");
    assert_eq!(page.matches("\n## Betty Blocks\n").count(), 1, "it is said once");
    let part = between(page, "\n## Betty Blocks\n", "\n## ").unwrap();
    let shown = between(part, "```toml\n", "```").unwrap();
    let app = "[apps.default]\nname = \"Example\"\n\
               mail = { provider = \"files\", from = \"Example <no-reply@example.com>\" }\n";
    let users = format!(
        "[apps.default.users]\ndatabase = \"{database}\"\nusername = \"username\"\n\
         active = [\"is_active\"]\nconfirmed = {{ column = \"confirmed_at\", is = \"not-null\" }}\n\
         last_login = \"last_login\"\n"
    );
    let shown = shown.replace("[apps.default]\n", app).replace("[apps.default.users]\n", &users);
    let text = format!(
        r#"
        public_url = "http://127.0.0.1"
        hashing = {{ wait = "30s", argon2 = {{ memory_kib = 64, iterations = 1, parallelism = 1 }} }}
        limits = {{ per_client = "100000/h" }}
        keys = {{ signing = "one", secrets = {{ one = "{SECRET}" }} }}
        [mail.providers.files]
        url = "file:///nowhere"
        {shown}"#
    );
    let folder = Folder::new();
    let file = folder.0.join("regain.toml");
    std::fs::write(&file, text).unwrap();
    let loaded = regain::cli::config::load(&file, std::iter::empty());
    loaded.unwrap_or_else(|errors| panic!("{errors}"))
}

/// A service with these settings, and with what the test changes of them.
async fn running_with(
    engine: Engine,
    people: &[Person],
    change: impl FnOnce(&mut Settings),
) -> (TestDatabase, Regain) {
    let users = database(engine, people).await;
    let mut documented = documented(&users.url);
    let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
    let regain = Regain::start_at(&users.url, Clock::fixed(start), |settings| {
        std::mem::swap(&mut settings.mail, &mut documented.mail);
        std::mem::swap(&mut settings.public_url, &mut documented.public_url);
        std::mem::swap(settings, &mut documented);
        change(settings);
    })
    .await;
    (users, regain)
}

async fn running(engine: Engine) -> (TestDatabase, Regain) {
    running_with(engine, &[person(ADA), person(BOB)], |_| {}).await
}

async fn ask(regain: &Regain, address: &str) -> Answer {
    regain.post(ASK, &json!({ "email_address": address })).await
}

/// The token that a mail's link leads to the documented page with.
fn token_in(mail: &Mail) -> String {
    let after = "https://my-app.example.com/reset-password?token=";
    let (_, rest) = mail.text.split_once(after).unwrap_or_else(|| panic!("{}", mail.text));
    rest.split_whitespace().next().unwrap().to_owned()
}

/// Asks, and takes the token out of the mail that comes.
async fn token_for(regain: &Regain, address: &str) -> String {
    let before = regain.mails().len();
    assert_eq!(ask(regain, address).await.status, 200);
    regain.worked().await;
    let mails = regain.mails();
    assert_eq!(mails.len(), before + 1, "one mail");
    assert_eq!(mails[before].to, address);
    token_in(&mails[before])
}

fn inputs(token: &str, new: &str, again: &str) -> Value {
    json!({ "inputToken": token, "new_password": new, "confirm_password": again })
}

async fn reset(regain: &Regain, token: &str, new: &str) -> Answer {
    regain.post(RESET, &inputs(token, new, new)).await
}

fn outcome(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

#[tokio::test]
async fn the_documented_settings_do_what_the_recipe_did_and_a_new_token_voids_the_older() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let older = token_for(&regain, ADA).await;
        let newest = token_for(&regain, ADA).await;
        assert_eq!(outcome(&reset(&regain, &older, NEW).await), (400, "token-invalid".to_owned()));
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}");

        let done = reset(&regain, &newest, NEW).await;
        assert_eq!((done.status, done.body.as_str()), (200, "{}"), "{engine:?}");
        assert_eq!(done.header("content-type"), Some("application/json"));
        let set = hash(&users, 1).await;
        assert!(set.starts_with("$argon2id$") && set != OLD_HASH, "{engine:?} {set}");
        assert_eq!(hash(&users, 2).await, OLD_HASH, "{engine:?}: nobody else's");
        for token in [older, newest] {
            let again = reset(&regain, &token, "another passphrase").await;
            assert_eq!(outcome(&again), (400, "token-invalid".to_owned()), "{engine:?}");
        }
        assert_eq!(hash(&users, 1).await, set, "{engine:?}");
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert!(notice.subject.contains("was changed") && notice.to == ADA, "{notice:?}");
    }
}

#[tokio::test]
async fn a_mismatch_and_a_refused_password_spend_nothing() {
    let (users, regain) = running(Engine::Sqlite).await;
    let token = token_for(&regain, ADA).await;
    for (body, field, reason) in [
        (inputs(&token, NEW, "another passphrase"), "confirm_password", "mismatch"),
        (inputs(&token, NEW, ""), "confirm_password", "mismatch"),
        (inputs(&token, "short", "short"), "new_password", "too_short"),
        (inputs(&token, "password1", "password1"), "new_password", "common"),
    ] {
        let refused = regain.post(RESET, &body).await;
        assert_eq!(outcome(&refused), (422, "password-rejected".to_owned()), "{body}");
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)));
    }
    for missing in ["inputToken", "new_password", "confirm_password"] {
        let mut body = inputs(&token, NEW, NEW);
        body.as_object_mut().unwrap().remove(missing);
        let refused = regain.post(RESET, &body).await;
        assert_eq!(outcome(&refused), (400, "invalid-request".to_owned()), "{missing}");
        assert_eq!(refused.json()["errors"][0]["field"], missing);
    }
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(reset(&regain, &token, NEW).await.status, 200);
}

#[tokio::test]
async fn a_token_lives_as_long_as_the_offset_says_and_to_the_second() {
    let (_users, regain) = running_with(Engine::Sqlite, &[person(ADA), person(BOB)], |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.lifetimes.password_reset = Some(Span(Duration::from_mins(45)));
    })
    .await;
    let (adas, bobs) = (token_for(&regain, ADA).await, token_for(&regain, BOB).await);
    regain.clock.advance(Duration::from_mins(45));
    assert_eq!(reset(&regain, &adas, NEW).await.status, 200);
    regain.clock.advance(Duration::from_secs(1));
    assert_eq!(outcome(&reset(&regain, &bobs, NEW).await), (410, "token-expired".to_owned()));
}

#[tokio::test]
async fn both_are_there_for_post_alone_and_not_among_our_own_operations() {
    let (_users, regain) = running(Engine::Sqlite).await;
    for path in [ASK, RESET] {
        for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let refused =
                answer(regain.http.request(method, format!("{}{path}", regain.url))).await;
            assert_eq!((refused.status, refused.header("allow")), (405, Some("POST")), "{path}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded"] {
            let refused = regain.post_raw(path, kind, "{}").await;
            assert_eq!(outcome(&refused), (415, "unsupported-media-type".to_owned()), "{kind}");
        }
    }
    assert!(!regain.get("/openapi.json").await.body.contains("betty"));
}

#[tokio::test]
async fn where_it_is_not_switched_on_it_is_a_path_like_any_that_there_is_not() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    // One application answers, and so the routes are there.
    let regain = Regain::start_with(&users.url, |settings| {
        let mut shop = settings.apps["default"].clone();
        shop.compat = [regain::config::Compat::BettyBlocks].into();
        settings.apps.insert("shop".to_owned(), shop);
    })
    .await;
    let missing = regain.get("/betty-blocks/default/nothing").await;
    assert_eq!(outcome(&missing), (404, "not-found".to_owned()));
    for path in [ASK, RESET] {
        for (kind, body) in [
            ("application/json", r#"{"email_address":"ada@example.com"}"#),
            ("application/json", "{"),
            ("text/plain", ""),
        ] {
            assert_eq!(regain.post_raw(path, kind, body).await, missing, "{path} {kind} {body}");
        }
        assert_eq!(regain.get(path).await, missing, "{path}");
        let answering = regain.get(&path.replace("default", "shop")).await;
        assert_eq!(answering.status, 405, "{path}");
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}
