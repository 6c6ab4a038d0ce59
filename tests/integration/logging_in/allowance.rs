//! What is done with a session, and how often one client may.

use regain::config::LimitStore;

use super::{NEW, PATH, assert_unauthorized, session, switched_on};
use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{database, person};
use crate::redis_server::{Keys, keys};

/// A service that lets a client do each thing three times, counted in memory or in Redis.
async fn counting(users: &TestDatabase, redis: Option<&Keys>) -> Regain {
    Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        settings.limits.per_client = "3/h".parse().unwrap();
        if let Some(keys) = redis {
            settings.limits.store = LimitStore::Redis;
            settings.redis = keys.settings();
        }
    })
    .await
}

#[tokio::test]
async fn good_sessions_cost_their_client_nothing_and_others_are_limited_before_any_row_is_read() {
    let keys = keys();
    for redis in [None].into_iter().chain(keys.as_ref().map(Some)) {
        let users =
            database(Engine::Sqlite, &[person("ada@example.com"), person("eve@example.com")]).await;
        let regain = counting(&users, redis).await;
        let (ada, eve) = (
            regain.token_of(PATH, "ada@example.com").await,
            regain.token_of(PATH, "eve@example.com").await,
        );
        let ada = session(&regain.complete_with(PATH, &ada).await);
        let over = session(&regain.complete_with(PATH, &eve).await);
        users.execute("UPDATE users SET password = 'changed' WHERE id = 2").await;
        for _again in 0..20 {
            assert_eq!(regain.me(&ada).await.status, 200);
        }
        users.execute("ALTER TABLE users RENAME TO away").await;
        for _again in 0..5 {
            assert_eq!(regain.me(&ada).await.status, 503, "which says nothing of the session");
        }
        users.execute("ALTER TABLE away RENAME TO users").await;
        for bad in [over.as_str(), "a.b.c", &over] {
            assert_unauthorized(&regain.me(bad).await);
        }
        assert_unauthorized(&regain.change_password(&over, NEW).await);
        users.execute("ALTER TABLE users RENAME TO away").await;
        for any in [&over, &ada] {
            let refused = regain.me(any).await;
            assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
            assert!(refused.header("retry-after").is_some());
            assert_eq!(regain.change_password(any, NEW).await.status, 429);
        }
    }
}

#[tokio::test]
async fn many_people_of_one_backend_set_their_passwords_by_good_sessions() {
    let people: Vec<_> = (0..8).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(Engine::Sqlite, &people).await;
    let generous = Regain::start_with(&users.url, switched_on).await;
    let regain = counting(&users, None).await;
    for n in 0..8 {
        let token = generous.token_of(PATH, &format!("p{n}@example.com")).await;
        let mine = session(&generous.complete_with(PATH, &token).await);
        assert_eq!(regain.change_password(&mine, NEW).await.status, 204, "{n}");
    }
    for _allowed in 0..3 {
        assert_unauthorized(&regain.change_password("a.b.c", NEW).await);
    }
    assert_eq!(regain.change_password("a.b.c", NEW).await.status, 429);
}

#[tokio::test]
async fn a61_a_refused_password_counts_against_the_client_and_leaves_the_session_as_good_as_before()
{
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let generous = Regain::start_with(&users.url, switched_on).await;
    let regain = counting(&users, None).await;
    let token = generous.token_of(PATH, "ada@example.com").await;
    let ada = session(&generous.complete_with(PATH, &token).await);
    for (refused, reason) in [("short", "too_short"), ("password1", "common")] {
        let answer = regain.change_password(&ada, refused).await;
        assert_eq!((answer.status, answer.code()), (422, "password-rejected".to_owned()));
        assert_eq!(answer.json()["errors"][0]["reason"], reason, "{answer:?}");
    }
    assert_eq!(regain.change_password(&ada, "ada@example.com").await.status, 422);
    assert_eq!(regain.change_password(&ada, NEW).await.status, 429);
    assert_eq!(generous.change_password(&ada, NEW).await.status, 204);
}
