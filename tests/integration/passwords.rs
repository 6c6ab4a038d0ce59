//! What a new password must be, and that refusing one costs its owner nothing.

use std::time::Duration;

use futures_util::future::join_all;
use regain::config::{PasswordProfile, PasswordSettings};
use serde_json::json;

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain};
use crate::people::{OLD_HASH, Person, database, hash, person};

const ADA: &str = "ada.lovelace@example.com";
const NEW: &str = "seven otters in the rain";
const PATH: &str = "/v1/apps/default/password-resets/complete";

async fn running(engine: Engine) -> (TestDatabase, Regain) {
    let ada = Person { name: Some("Countess Byron".to_owned()), ..person(ADA) };
    let users = database(engine, &[ada]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

fn reasons(answer: &Answer) -> Vec<String> {
    assert_eq!((answer.status, answer.code()), (422, "password-rejected".to_owned()), "{answer:?}");
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors.iter().map(|error| error["reason"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a59_what_is_easy_to_guess_is_refused_with_its_reasons_and_the_link_goes_on_working() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let token = regain.token_for(ADA).await;
        for (password, expected) in [
            ("password1", &["common"][..]),
            ("P4ssw0rd!", &["like_common", "capitals", "substitutions"]),
            (ADA, &["personal"]),
            ("Ada Lovelace", &["personal"]),
            ("countess byron", &["personal"]),
            ("byronexample", &["personal"]),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", &["repetition"]),
        ] {
            assert_eq!(reasons(&regain.complete(&token, password).await), expected, "{password}");
        }
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a59_what_is_made_of_the_applications_names_or_the_login_name_is_refused() {
    let ada = Person { username: Some("moorhen77".to_owned()), ..person(ADA) };
    let users = database(Engine::Sqlite, &[ada]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().name = "Gloaming Books".to_owned();
    })
    .await;
    let token = regain.token_for(ADA).await;
    for password in ["Gloaming Books", "gloaming-books", "booksgloaming", "moorhen77", "moorhen77!"]
    {
        assert_eq!(reasons(&regain.complete(&token, password).await), ["personal"], "{password}");
    }
    assert_eq!(regain.complete(&token, "otters love the gloaming sky").await.status, 200);
}

#[tokio::test]
async fn reasons_are_told_in_the_language_of_who_asks() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let token = regain.token_for(ADA).await;
    let body = json!({ "token": token, "new_password": "password1" }).to_string();
    let mut told = vec![];
    for language in ["en", "de", "ar"] {
        let request = regain.http.post(format!("{}{PATH}", regain.url)).body(body.clone());
        let request = request.header("content-type", "application/json");
        let answer = crate::harness::answer(request.header("accept-language", language)).await;
        let error = &answer.json()["errors"][0];
        assert_eq!(error["reason"], "common", "{answer:?}");
        told.push(error["message"].as_str().unwrap().to_owned());
        assert!(!answer.body.contains("password1"), "{answer:?}");
    }
    assert!(told[0].starts_with("This is one of the passwords"), "{told:?}");
    assert!(told[1].starts_with("Dieses Passwort wird"), "{told:?}");
    assert!(told[2].starts_with("كلمة المرور"), "{told:?}");
}

#[tokio::test]
async fn by_nists_rules_fifteen_characters_are_enough_of_whatever_kind() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let nist = Some(PasswordProfile::Nist);
        settings.apps.get_mut("default").unwrap().password =
            PasswordSettings { profile: nist, ..PasswordSettings::default() };
    })
    .await;
    let token = regain.token_for(ADA).await;
    let short = regain.complete(&token, "otters in rain").await;
    assert_eq!(reasons(&short), ["too_short"]);
    assert!(short.body.contains("at least 15 characters"), "{short:?}");
    assert_eq!(regain.complete(&token, "otters in rains").await.status, 200);
}

#[tokio::test]
async fn a61_length_comes_first_and_nothing_is_estimated_of_what_is_too_long() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let token = regain.token_for(ADA).await;
    let signs = "4@8([{<369 1!|70$5+%2".repeat(400);
    for answer in join_all((0..50).map(|_| regain.complete(&token, &signs))).await {
        assert_eq!(reasons(&answer), ["too_long"], "and of no other reason");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a61_estimating_waits_for_its_turn_in_the_pool_and_health_answers_meanwhile() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.hashing.permits = Some(1);
        settings.hashing.wait = "1ms".parse().unwrap();
    })
    .await;
    let token = regain.token_for(ADA).await;
    // As slow to estimate as can be, and too weak at the end.
    let slow = "ab".repeat(64);
    let flood = join_all((0..100).map(|_| regain.complete(&token, &slow)));
    let health = async {
        for _look in 0..20 {
            assert_eq!(regain.get("/healthz").await.status, 200);
        }
    };
    let (answers, ()) = tokio::join!(flood, health);
    let of = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(of(422) + of(503), 100, "{answers:?}");
    assert!(of(422) > 0 && of(503) > 0, "{} had their turn", of(422));
    assert!(answers.iter().all(|a| a.status == 422 || a.header("retry-after").is_some()));
}

#[tokio::test]
async fn a61_refused_passwords_are_counted_by_client() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = "3/h".parse().unwrap();
    })
    .await;
    let token = regain.token_for(ADA).await;
    for _allowed in 0..3 {
        assert_eq!(reasons(&regain.complete(&token, "password1").await), ["common"]);
    }
    let over = regain.complete(&token, NEW).await;
    assert_eq!((over.status, over.code()), (429, "rate-limited".to_owned()));
    regain.clock.advance(Duration::from_mins(25));
    assert_eq!(regain.complete(&token, NEW).await.status, 200, "and the link was not spent");
}
