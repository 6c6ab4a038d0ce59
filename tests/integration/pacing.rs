//! Mails that wait for their turn: in the pace of their application, and in that of its provider.

use std::time::Duration;

use regain::account::Identifier;
use regain::clock::Clock;
use regain::config::Settings;
use regain::recovery::{Job, LinkWish, Mail, Task};
use regain::token::Purpose;
use serde_json::json;
use time::OffsetDateTime;

use crate::databases::{Engine, TestDatabase};
use crate::durable::on_redis;
use crate::harness::{Regain, START};
use crate::people::{database, person};
use crate::redis_server::keys;
use crate::smtp::{MailServer, mailing_by};

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
async fn replicas_that_share_a_pace_in_redis_keep_it_together_and_drop_nothing() {
    let Some(keys) = keys() else { return };
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let replica = || {
        Regain::start_at(&users.url, Clock::system(), |settings| {
            on_redis(settings, &keys);
            settings.limits.per_client = "1000/h".parse().unwrap();
            settings.limits.mails_per_account = "1000/h".parse().unwrap();
            // Sixty at once, and one each second.
            settings.mail.providers.get_mut("files").unwrap().per_hour = Some(3600);
        })
    };
    let replicas = [replica().await, replica().await];
    let sent = || replicas.iter().map(|replica| replica.links().len()).collect::<Vec<_>>();
    let began = tokio::time::Instant::now();
    for _round in 0..32 {
        for replica in &replicas {
            ask(replica, "default").await;
        }
    }
    let mut seen = vec![];
    while began.elapsed() < Duration::from_mins(1) && seen.len() < 64 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let mails = sent().iter().sum();
        while seen.len() < mails {
            seen.push(began.elapsed());
        }
    }
    assert_eq!(seen.len(), 64, "{seen:?}");
    for (number, at) in (1..).zip(&seen[60..]) {
        // Redis' own clock counts: less a little, by which it may differ from this one meanwhile.
        assert!(*at + Duration::from_millis(50) > Duration::from_secs(number), "{seen:?}");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(sent().iter().sum::<usize>(), 64, "each came once");
}

#[tokio::test]
async fn a_provider_that_says_nothing_holds_up_no_mail_that_goes_by_another() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings: &mut Settings| {
        settings.limits.mails_per_account = "100/h".parse().unwrap();
        let mut provider = settings.mail.providers["files"].clone();
        provider.url = url;
        settings.mail.providers.insert("silent".to_owned(), provider);
        let mut app = settings.apps["default"].clone();
        "silent".clone_into(&mut app.mail.provider);
        settings.apps.insert("shop".to_owned(), app);
    })
    .await;
    for _mail in 0..40 {
        ask(&regain, "shop").await;
    }
    ask(&regain, "default").await;
    let began = tokio::time::Instant::now();
    while came(&regain).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(8), "less than one wait for the silent one");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(came(&regain), ["default"]);
}

#[tokio::test]
async fn a_mail_that_is_tried_again_takes_no_second_turn() {
    let Some(server) = MailServer::start(&json!({ "reject_data": 451, "refusals": 1 })) else {
        return;
    };
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let mut provider = server.provider("smtp+starttls");
    provider.per_hour = Some(60);
    let regain = mailing_by(&users, provider).await;
    ask(&regain, "default").await;
    let began = tokio::time::Instant::now();
    while server.envelopes().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "its turn is not taken twice");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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

#[tokio::test]
async fn a50_a_job_that_is_given_out_again_is_not_refused_for_what_it_has_paid() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    for _mail in 0..4 {
        ask(&regain, "default").await;
        regain.worked().await;
    }
    assert_eq!(regain.links().len(), 3, "the budget is used up");
    let recovery = &regain.service.recovery;
    let job = |redone| {
        let wish = LinkWish::of(Purpose::PasswordReset);
        let (app, reference) = ("default".to_owned(), "r".to_owned());
        let task = Task::Mail(Mail::Ask(Identifier::parse("ada@example.com").unwrap(), wish));
        let asked_at = OffsetDateTime::from_unix_timestamp(START).unwrap();
        Job { app, reference, asked_at, attempt: 0, has_turn: false, redone, trace: None, task }
    };
    assert!(recovery.perform(job(false)).await.is_empty());
    assert_eq!(regain.links().len(), 3);
    assert!(recovery.perform(job(true)).await.is_empty());
    assert_eq!(regain.links().len(), 4, "whoever had it before may not have sent it");
}
