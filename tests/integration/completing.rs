//! What a token is worth, and that a failure leaves it worth the same.

use std::time::Duration;

use regain::clock::Clock;
use serde_json::json;

use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain, SECRET, START, answer};
use crate::people::{OLD_HASH, database, hash, person};
use crate::python;

const NEW: &str = "a new passphrase";

async fn one_account(engine: Engine) -> (crate::databases::TestDatabase, Regain) {
    let users = database(engine, &[person("ada@example.com"), person("eve@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{answer:?}");
}

#[tokio::test]
async fn a29_every_reason_but_expiry_looks_the_same() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let spent = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&spent, NEW).await.status, 200);
        let mut forged = regain.token_for("ada@example.com").await;
        forged.replace_range(0..1, "f");
        let disabled = regain.token_for("eve@example.com").await;
        users.execute("UPDATE users SET is_active = FALSE WHERE id = 2").await;
        let removed = regain.token_for("ada@example.com").await;
        users.execute("DELETE FROM users WHERE id = 1").await;

        let mut answers = Vec::new();
        for token in [spent.as_str(), &forged, &disabled, &removed, "nonsense", "a.b.c"] {
            answers.push(regain.complete(token, NEW).await);
            assert_eq!(regain.inspect(token).await, answers[0], "{engine:?}");
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{engine:?} {answers:?}");
        assert_refused(&answers[0]);
    }
}

#[tokio::test]
async fn a21_an_expired_token_is_told_so_and_one_at_its_last_second_works() {
    for engine in engines() {
        let (_users, regain) = one_account(engine).await;
        let token = regain.token_for("ada@example.com").await;
        regain.clock.advance(Duration::from_mins(30));
        assert_eq!(regain.inspect(&token).await.status, 200);
        regain.clock.advance(Duration::from_secs(1));
        let expired = regain.complete(&token, NEW).await;
        assert_eq!((expired.status, expired.code()), (410, "token-expired".to_owned()));
    }
}

#[tokio::test]
async fn a22_a_token_of_another_purpose_or_application_is_refused() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let twin = settings.apps["default"].clone();
        settings.apps.insert("other".to_owned(), twin);
    })
    .await;
    let token = regain.token_for("ada@example.com").await;
    for purpose in ["email-confirmation", "login", "session"] {
        let body = json!({ "token": token, "purpose": purpose });
        let answer = regain.post("/v1/apps/default/tokens/inspect", &body).await;
        assert_refused(&answer);
    }
    let body = json!({ "token": token, "new_password": NEW });
    assert_refused(&regain.post("/v1/apps/other/password-resets/complete", &body).await);
    assert_eq!(regain.complete(&token, NEW).await.status, 200, "and still works where it belongs");
}

#[tokio::test]
async fn a27_a28_keys_rotate_without_refusing_a_valid_link() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
    let keys = |signing: &'static str, names: &'static [&'static str]| {
        move |settings: &mut regain::config::Settings| {
            let source = settings.keys.secrets["one"].clone();
            settings.keys.signing = signing.to_owned();
            settings.keys.secrets.clear();
            for name in names {
                let secret = if *name == "one" {
                    source.clone()
                } else {
                    toml::Value::String(format!("tests-only-{name}-8kZr2LwQv5Xn7Yt3Pb6Md9Fc1Hs4"))
                        .try_into()
                        .unwrap()
                };
                settings.keys.secrets.insert((*name).to_owned(), secret);
            }
        }
    };
    let clock = || Clock::fixed(start);
    let old = Regain::start_at(&users.url, clock(), keys("one", &["one", "two"])).await;
    let new = Regain::start_at(&users.url, clock(), keys("two", &["one", "two"])).await;
    let retired = Regain::start_at(&users.url, clock(), keys("two", &["two"])).await;

    let by_old = old.token_for("ada@example.com").await;
    let by_new = new.token_for("ada@example.com").await;
    assert_eq!(new.inspect(&by_old).await.status, 200, "the old key still verifies");
    assert_eq!(old.inspect(&by_new).await.status, 200, "the new key verifies everywhere before");
    assert_refused(&retired.inspect(&by_old).await);
    assert_eq!(retired.inspect(&by_new).await.status, 200, "the named key signed");
}

#[tokio::test]
async fn a_link_minted_by_the_documented_python_is_completed_here_and_once() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_at(&users.url, Clock::system(), |_| {}).await;
        let row = json!({ "secret": SECRET, "hash": OLD_HASH }).to_string();
        let script = format!(
            "import json, sys\nrow = json.load(sys.stdin)\nsecret = row['secret'].encode()\n\
             app, user_id, email = 'default', '1', 'ada@example.com'\n\
             password_hash = row['hash']\n{}\nprint(token)",
            python::documented("Tokens for other programs")
        );
        let Some((minted, token)) = python::run(&["-c", &script], &row) else { return };
        assert!(minted, "{token}");
        let token = token.trim();
        assert_eq!(regain.inspect(token).await.status, 200, "{engine:?} {token}");
        assert_eq!(regain.complete(token, NEW).await.status, 200, "{engine:?}");
        assert_refused(&regain.complete(token, "another passphrase").await);
    }
}

#[tokio::test]
async fn a_link_mailed_here_is_taken_by_the_documented_python_and_then_spent_here() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_at(&users.url, Clock::system(), |_| {}).await;
        let mailed = regain.token_for("ada@example.com").await;
        let row = json!({ "secret": SECRET, "hash": OLD_HASH, "mailed": mailed }).to_string();
        let script = format!(
            "import json, sys\nrow = json.load(sys.stdin)\nsecret = row['secret'].encode()\n\
             app, user_id, email = 'default', '1', 'ada@example.com'\n\
             password_hash = row['hash']\n{}\n\
             claims = serializer.loads(row['mailed'], max_age=1800)\n\
             now = fingerprint(secret, app, claims['u'], email, password_hash)\n\
             assert hmac.compare_digest(claims['f'], now)\n\
             assert not hmac.compare_digest(claims['f'], fingerprint(secret, app, claims['u'], \
             email, 'another'))\nprint(claims['u'])",
            python::documented("Tokens for other programs")
        );
        let Some((taken, user)) = python::run(&["-c", &script], &row) else { return };
        assert!(taken && user.trim() == "1", "{engine:?} {user}");
        // What the application's own view does then.
        let update = format!(
            "UPDATE users SET password = 'by the view' WHERE id = 1 AND password = '{OLD_HASH}'"
        );
        assert_eq!(users.execute(&update).await, 1, "{engine:?}");
        assert_refused(&regain.complete(&mailed, NEW).await);
        assert_eq!(users.execute(&update).await, 0, "{engine:?}: and the view's own link is spent");
    }
}

/// Traps 8: what a host's rehash at login does to a reset.
#[tokio::test]
async fn a_hosts_rehash_spends_links_and_overwrites_a_reset_only_where_it_looks_at_nothing() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let guarded = |seen: &str| {
            format!("UPDATE users SET password = 'rehashed' WHERE id = 1 AND password = '{seen}'")
        };
        let before = regain.token_for("ada@example.com").await;
        assert_eq!(users.execute(&guarded(OLD_HASH)).await, 1, "{engine:?}");
        assert_refused(&regain.complete(&before, NEW).await);

        // The host read the row at a login; then the reset came in between.
        let token = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
        assert_eq!(users.execute(&guarded("rehashed")).await, 0, "{engine:?}: guarded is safe");
        python::verify_argon2(&hash(&users, 1).await, NEW);
        users.execute("UPDATE users SET password = 'rehashed' WHERE id = 1").await;
        assert_eq!(hash(&users, 1).await, "rehashed", "{engine:?}: unguarded overwrites");
    }
}

#[tokio::test]
async fn a31_what_is_no_text_is_no_token() {
    let (_users, regain) = one_account(Engine::Sqlite).await;
    for token in ["null", "\"\"", "1", "[]", "{}", "true", "[null]"] {
        let body = format!(r#"{{"token":{token},"new_password":"{NEW}"}}"#);
        let path = "/v1/apps/default/password-resets/complete";
        let answer = regain.post_raw(path, "application/json", body).await;
        assert!((400..500).contains(&answer.status), "{token} {answer:?}");
    }
    let twice = format!(r#"{{"token":"a","token":"b","new_password":"{NEW}"}}"#);
    let path = "/v1/apps/default/password-resets/complete";
    assert_eq!(regain.post_raw(path, "application/json", twice).await.status, 400);
}

#[tokio::test]
async fn a40_a_link_made_before_the_account_was_closed_is_refused_and_works_again_when_opened() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_for("ada@example.com").await;
        users.execute("UPDATE users SET is_active = FALSE").await;
        assert_refused(&regain.complete(&token, NEW).await);
        assert_eq!(hash(&users, 1).await, OLD_HASH);
        users.execute("UPDATE users SET is_active = TRUE").await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a43_a_body_that_names_another_account_is_refused() {
    let (users, regain) = one_account(Engine::Sqlite).await;
    let token = regain.token_for("ada@example.com").await;
    let body =
        json!({ "token": token, "new_password": NEW, "user_id": "2", "email": "eve@example.com" });
    let answer = regain.post("/v1/apps/default/password-resets/complete", &body).await;
    assert_eq!((answer.status, answer.code()), (400, "invalid-request".to_owned()));
    assert_eq!((hash(&users, 1).await, hash(&users, 2).await), (OLD_HASH.into(), OLD_HASH.into()));
    assert_eq!(regain.complete(&token, NEW).await.status, 200);
    assert_eq!(hash(&users, 2).await, OLD_HASH);
}

#[tokio::test]
async fn a59_a_refused_password_or_a_failing_database_leaves_the_link_working() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_for("ada@example.com").await;
        let short = regain.complete(&token, "short").await;
        assert_eq!((short.status, short.code()), (422, "password-rejected".to_owned()));
        assert_eq!(short.json()["errors"][0]["field"], "new_password");
        assert_eq!(short.json()["errors"][0]["reason"], "too_short");
        let mismatch = json!({ "token": token, "new_password": NEW, "confirm_password": "other" });
        let path = "/v1/apps/default/password-resets/complete";
        assert_eq!(regain.post(path, &mismatch).await.code(), "password-rejected");
        let german = regain.http.post(format!("{}{path}", regain.url));
        let german =
            german.header("content-type", "application/json").header("accept-language", "de");
        let german = answer(german.body(mismatch.to_string())).await.json();
        let expected = json!({
            "field": "confirm_password",
            "reason": "mismatch",
            "message": "Die beiden Passwörter stimmen nicht überein.",
        });
        assert_eq!(german["errors"], json!([expected]));

        users.execute("ALTER TABLE users RENAME TO away").await;
        let down = regain.complete(&token, NEW).await;
        assert_eq!(down.status / 100, 5, "{engine:?} {down:?}");
        assert!(!down.body.contains("users") && !down.body.contains("away"), "{down:?}");
        users.execute("ALTER TABLE away RENAME TO users").await;
        assert_eq!(hash(&users, 1).await, OLD_HASH);
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a69_the_notice_comes_to_the_address_as_it_was_whatever_becomes_of_the_row() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_for("ada@example.com").await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200);
        users.execute("UPDATE users SET email = 'thief@evil.example', password = 'x'").await;
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert_eq!((regain.mails().len(), notice.to.as_str()), (2, "ada@example.com"));
        assert!(notice.subject.contains("changed"), "{engine:?} {}", notice.subject);
    }
}

#[tokio::test]
async fn a60_a_megabyte_of_password_is_refused_before_anything_else() {
    let (_users, regain) = one_account(Engine::Sqlite).await;
    let token = regain.token_for("ada@example.com").await;
    let huge = regain.complete(&token, &"x".repeat(1 << 20)).await;
    assert_eq!((huge.status, huge.code()), (413, "too-large".to_owned()));
    let long = regain.complete(&token, &"x".repeat(1000)).await;
    assert_eq!((long.status, long.code()), (422, "password-rejected".to_owned()));
    assert_eq!(regain.complete(&token, NEW).await.status, 200);
}

#[tokio::test]
async fn a63_every_character_of_a_password_counts() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let animals = (0..64).map(|n| char::from_u32(0x1F400 + n * n % 61).unwrap()).collect();
        let marks = "cre\u{300}me bru\u{302}le\u{301}e a\u{300} la fac\u{327}on".to_owned();
        for password in [animals, marks, "  spaces are kept  ".to_owned()] {
            regain.clock.advance(Duration::from_mins(20));
            let token = regain.token_for("ada@example.com").await;
            assert_eq!(regain.complete(&token, &password).await.status, 200, "{engine:?}");
            python::verify_argon2(&hash(&users, 1).await, &password);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a64_a_flood_of_valid_completions_is_bounded_by_the_permits_and_health_answers() {
    let people: Vec<_> = (0..100).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(Engine::Sqlite, &people).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.hashing.permits = Some(1);
        settings.hashing.wait = "50ms".parse().unwrap();
        settings.hashing.argon2.memory_kib = 19_456;
    })
    .await;
    for n in 0..100 {
        regain.ask(&format!("p{n}@example.com")).await;
    }
    regain.worked().await;
    let tokens: Vec<_> = regain.links().iter().map(crate::harness::Mail::token).collect();
    assert_eq!(tokens.len(), 100);
    let flood = tokens.iter().map(|token| regain.complete(token, NEW));
    let all_and_health =
        futures_util::future::join(futures_util::future::join_all(flood), regain.get("/healthz"));
    let (answers, health) = all_and_health.await;
    assert_eq!(health.status, 200);
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    assert!(!busy.is_empty() && answers.iter().any(|answer| answer.status == 200));
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 503)));
    assert!(
        busy.iter().all(|answer| answer.code() == "busy" && answer.header("retry-after").is_some())
    );
    let turned_away =
        tokens.iter().zip(&answers).find(|(_, answer)| answer.status == 503).unwrap().0;
    assert_eq!(regain.complete(turned_away, NEW).await.status, 200, "its link still works");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a65_a_flood_of_invalid_tokens_hashes_nothing() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.hashing.permits = Some(1);
        // One hash would take minutes and every other completion would then be turned away.
        settings.hashing.argon2.iterations = 20_000;
        settings.hashing.argon2.memory_kib = 19_456;
        settings.hashing.wait = "1ms".parse().unwrap();
    })
    .await;
    let mut forged = regain.token_for("ada@example.com").await;
    users.execute("UPDATE users SET password = 'changed'").await;
    let spent = forged.clone();
    forged.replace_range(0..1, "f");
    for n in 0..200 {
        let token = if n % 2 == 0 { &forged } else { &spent };
        assert_refused(&regain.complete(token, NEW).await);
    }
}
