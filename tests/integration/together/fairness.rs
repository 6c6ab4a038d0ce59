//! What one application is flooded with, or hangs on, keeps no other waiting.

use std::time::Duration;

use futures_util::future::join_all;
use regain::config::{QueueStore, SecretSource, Span};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};

use super::{ADA, beside, complete, token};
use crate::databases::Engine;
use crate::harness::Regain;
use crate::people::{database, person};
use crate::redis_server::keys;

/// Asks an application for a link; the answer tells of nothing.
async fn ask(regain: &Regain, app: &str) {
    let path = format!("/v1/apps/{app}/password-resets");
    assert_eq!(regain.post(&path, &json!({ "identifier": ADA })).await.status, 202, "{app}");
}

/// How long it takes until an application's mail is there that is asked for now.
async fn until_mailed(regain: &Regain, app: &str) -> Duration {
    let (began, page) = (Instant::now(), format!("/a/{app}/reset/"));
    ask(regain, app).await;
    while !regain.links().iter().any(|mail| mail.text.contains(&page)) {
        assert!(began.elapsed() < Duration::from_secs(20), "no mail of {app}");
        sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

/// How long health takes to answer.
async fn health(regain: &Regain) -> Duration {
    let began = Instant::now();
    assert_eq!(regain.get("/healthz").await.status, 200);
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a64_a_flood_of_one_applications_completions_lets_another_complete_at_once() {
    let engine = if Engine::Postgres.is_there() { Engine::Postgres } else { Engine::Sqlite };
    let people: Vec<_> = (0..48).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(engine, &people).await;
    let regain = Regain::start_with(&users.url, |settings| {
        beside(settings, "shop");
        settings.hashing.permits = Some(2);
        // So many that what else the machine does for a moment weighs little.
        settings.hashing.wait = Span(Duration::from_mins(1));
        settings.hashing.argon2.memory_kib = 19_456;
        settings.hashing.argon2.iterations = 4;
    })
    .await;
    let path = "/v1/apps/shop/password-resets";
    for person in &people {
        let body = json!({ "identifier": person.email });
        assert_eq!(regain.post(path, &body).await.status, 202);
    }
    regain.worked().await;
    let tokens: Vec<_> = regain.links().iter().map(crate::harness::Mail::token).collect();
    assert_eq!(tokens.len(), people.len());
    // Somebody whose row the flood leaves alone.
    crate::people::add(&users, &person(ADA)).await;
    let other = token(&regain, "default", ADA).await;
    let flood = async {
        let began = Instant::now();
        let all = join_all(tokens.iter().map(|token| complete(&regain, "shop", token))).await;
        assert!(all.iter().all(|answer| answer.status == 200), "{all:?}");
        began.elapsed()
    };
    let other = async {
        sleep(Duration::from_millis(100)).await;
        let began = Instant::now();
        let answer = complete(&regain, "default", &other).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        (began.elapsed(), health(&regain).await)
    };
    let (flood, (other, health)) = tokio::join!(flood, other);
    assert!(other < flood / 3, "{other:?} beside a flood of {flood:?}");
    assert!(health < flood / 3, "{health:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_whose_table_hangs_leaves_others_of_its_pool_their_connections_and_workers()
{
    if !Engine::Postgres.is_there() {
        return;
    }
    let users = database(Engine::Postgres, &[person(ADA)]).await;
    users.execute("CREATE TABLE shop_users (LIKE users INCLUDING ALL)").await;
    users.execute("INSERT INTO shop_users SELECT * FROM users").await;
    let regain = Regain::start_with(&users.url, |settings| {
        "shop_users".clone_into(&mut beside(settings, "shop").users.table);
    })
    .await;
    let (hanging, other) =
        (token(&regain, "shop", ADA).await, token(&regain, "default", ADA).await);
    let before = regain.links().len();
    let lock =
        "DO $$ BEGIN LOCK TABLE shop_users IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(3); END $$";
    let flood = async {
        sleep(Duration::from_millis(200)).await;
        let asks = join_all((0..40).map(|_| ask(&regain, "shop")));
        let all = join_all((0..40).map(|_| complete(&regain, "shop", &hanging)));
        let (_, all) = tokio::join!(asks, all);
        all
    };
    let others = async {
        sleep(Duration::from_millis(400)).await;
        let began = Instant::now();
        let answer = complete(&regain, "default", &other).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let completed = began.elapsed();
        let began = Instant::now();
        ask(&regain, "default").await;
        while regain.links().len() == before {
            assert!(began.elapsed() < Duration::from_secs(20), "no mail");
            sleep(Duration::from_millis(10)).await;
        }
        (completed, began.elapsed(), health(&regain).await)
    };
    let (_, flood, (completed, mailed, health)) = tokio::join!(users.execute(lock), flood, others);
    for took in [completed, mailed, health] {
        assert!(took < Duration::from_millis(1300), "{completed:?} {mailed:?} {health:?}");
    }
    let bounded = |answer: &crate::harness::Answer| {
        matches!(answer.status, 200 | 400) || answer.header("retry-after").is_some()
    };
    assert!(flood.iter().all(bounded), "{flood:?}");
    assert!(flood.iter().any(|answer| answer.status == 503), "it did hang");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_application_whose_database_is_silent_holds_up_no_job_of_another_in_either_queue() {
    let redis = keys();
    for redis in [None].into_iter().chain(redis.as_ref().map(Some)) {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("postgres://shop:secret@{}/users", silent.local_addr().unwrap());
        let users = database(Engine::Sqlite, &[person(ADA)]).await;
        let regain = Regain::start_with(&users.url, |settings| {
            let shop = beside(settings, "shop");
            shop.users.database = SecretSource::Inline(url.into());
            if let Some(keys) = redis {
                settings.queue.store = QueueStore::Redis;
                settings.redis = keys.settings();
            }
        })
        .await;
        for _flood in 0..100 {
            ask(&regain, "shop").await;
        }
        sleep(Duration::from_millis(200)).await;
        let took = until_mailed(&regain, "default").await;
        assert!(took < Duration::from_millis(1500), "{took:?} {}", redis.is_some());
        assert!(health(&regain).await < Duration::from_secs(1));
    }
}
