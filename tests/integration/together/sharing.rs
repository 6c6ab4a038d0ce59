//! What applications share, and what each has for itself.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::{ADA, beside, token};
use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{database, person};

/// How many connections a process may have to one database, and how many of them each of three
/// applications may use at a time, as docs/operating.md says.
const CONNECTIONS: u32 = 10;
const PART: u32 = 3;

/// Connections of this name to the database now.
async fn connections(users: &TestDatabase, name: &str) -> u32 {
    let count = format!(
        "SELECT CAST(COUNT(*) AS text) FROM pg_stat_activity WHERE application_name = '{name}'"
    );
    users.text(&count).await.unwrap().parse().unwrap()
}

#[tokio::test]
async fn applications_on_one_database_share_one_pool_of_connections_in_even_parts() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let users = database(Engine::Postgres, &[person(ADA)]).await;
    let name = users.url.rsplit('/').next().unwrap().to_owned();
    let url = format!("{}?application_name={name}", users.url);
    let apps = ["default", "shop", "blog"];
    let regain = Regain::start_with(&url, |settings| {
        for app in apps {
            beside(settings, app);
        }
    })
    .await;
    let mut tokens = vec![];
    for app in apps {
        tokens.push((app, token(&regain, app, ADA).await));
    }

    // While the table is locked whoever looks at it keeps a connection.
    let lock =
        "DO $$ BEGIN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(1.2); END $$";
    let looks = tokens.iter().cycle().take(90).map(async |(app, token)| {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let body = json!({ "token": token, "purpose": "password-reset" });
        regain.post(&format!("/v1/apps/{app}/tokens/inspect"), &body).await
    });
    let most = async {
        let mut most = 0;
        for _look in 0..10 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            most = connections(&users, &name).await.max(most);
        }
        most
    };
    let (_locked, looked, most) = tokio::join!(users.execute(lock), join_all(looks), most);
    assert!(looked.iter().all(|answer| answer.status == 200), "{looked:?}");
    // One that is on its way back to the pool may still be counted beside the one in its place.
    let expected = 3 * PART..=CONNECTIONS;
    assert!(expected.contains(&most), "{most} of three applications together");
}

#[tokio::test]
async fn an_application_may_have_a_door_and_a_budget_of_its_own() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = "3/h".parse().unwrap();
        let shop = beside(settings, "shop");
        shop.limits.per_client = "6/h".parse().ok();
        shop.limits.mails_per_account = "5/h".parse().ok();
        beside(settings, "blog");
    })
    .await;
    let ask = async |app: &str| {
        let path = format!("/v1/apps/{app}/password-resets");
        regain.post(&path, &json!({ "identifier": ADA })).await.status
    };
    let mut statuses = vec![];
    for _again in 0..7 {
        statuses.push(ask("shop").await);
    }
    assert_eq!(statuses, [202, 202, 202, 202, 202, 202, 429]);
    statuses.clear();
    for app in ["default", "blog", "default", "blog"] {
        statuses.push(ask(app).await);
    }
    assert_eq!(statuses, [202, 202, 202, 429], "these two count together, and nothing of shop's");
    regain.worked().await;
    let to = |app: &str| {
        let page = format!("/a/{app}/reset/");
        regain.links().iter().filter(|mail| mail.text.contains(&page)).count()
    };
    assert_eq!((to("shop"), to("default"), to("blog")), (5, 2, 1));
}
