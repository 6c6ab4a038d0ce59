//! Mails that wait for their turn: in the pace of their application, and in that of its provider.

use std::time::Duration;

use regain::config::Settings;
use serde_json::json;

use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{database, person};

/// Two more applications, whose mail goes by a provider with a pace; that of `default` has none.
async fn paced(per_hour: u32) -> (TestDatabase, Regain) {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings: &mut Settings| {
        let mut provider = settings.mail.providers["files"].clone();
        provider.per_hour = Some(per_hour);
        settings.mail.providers.insert("paced".to_owned(), provider);
        for name in ["blog", "shop"] {
            let mut app = settings.apps["default"].clone();
            "paced".clone_into(&mut app.mail.provider);
            settings.apps.insert(name.to_owned(), app);
        }
    })
    .await;
    (users, regain)
}

async fn ask(regain: &Regain, app: &str) {
    let path = format!("/v1/apps/{app}/password-resets");
    let body = json!({ "identifier": "ada@example.com" });
    assert_eq!(regain.post(&path, &body).await.status, 202);
}

/// The applications whose mails came, sorted.
fn came(regain: &Regain) -> Vec<String> {
    let of = |link: String| link.split('/').nth(4).map(str::to_owned);
    let mut apps: Vec<_> =
        regain.links().iter().filter_map(|mail| mail.link().and_then(of)).collect();
    apps.sort();
    apps
}

#[tokio::test]
async fn a_provider_lets_go_so_many_mails_an_hour_whosever_they_are_drops_none_and_holds_up_no_other()
 {
    let (_users, regain) = paced(60).await;
    ask(&regain, "shop").await;
    regain.worked().await;
    for app in ["blog", "shop", "default"] {
        ask(&regain, app).await;
    }
    for _attempt in 0..100 {
        if came(&regain).len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(came(&regain), ["default", "shop"]);
    assert_eq!(regain.service.queue.unfinished(), 2, "the others wait");
    // A queue that is closed waits for no turn.
    regain.service.queue.close();
    regain.worked().await;
    assert_eq!(came(&regain), ["blog", "default", "shop", "shop"]);
}

#[tokio::test]
async fn a_mail_whose_turn_at_its_provider_would_come_after_its_links_life_is_given_up() {
    let (_users, regain) = paced(1).await;
    for app in ["shop", "blog", "default"] {
        ask(&regain, app).await;
        regain.worked().await;
    }
    assert_eq!(came(&regain), ["default", "shop"]);
}
