//! The doctor, asked about many applications.

use regain::app::{CheckOptions, Finding, Level, check};
use regain::clock::Clock;
use regain::random::Random;

use super::{ADA, beside};
use crate::databases::Engine;
use crate::harness::{Folder, settings};
use crate::people::{database, person};

#[tokio::test]
async fn each_application_is_looked_at_and_told_of_under_its_own_name() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let mails = Folder::new();
    let mut settings = settings(&users.url, &mails.0);
    "https://accounts.example.com".clone_into(&mut settings.public_url);
    beside(&mut settings, "blog").users.email = "address".to_owned();
    let shop = beside(&mut settings, "shop");
    shop.public_url = Some("https://login.shop.example".to_owned());
    let away = "sqlite:///nowhere/at/all".to_owned();
    let bank = beside(&mut settings, "bank");
    bank.users.database = regain::config::SecretSource::Inline(away.into());
    bank.public_url = Some("http://127.0.0.1:1".to_owned());

    let found =
        check(&settings, &CheckOptions::default(), &Clock::system(), &Random::system()).await;
    let of = |app: &str| -> Vec<&Finding> {
        found.iter().filter(|finding| finding.app.as_deref() == Some(app)).collect()
    };
    let says = |app: &str, level: Level, words: &str| {
        let said =
            of(app).iter().any(|finding| finding.level == level && finding.what.contains(words));
        assert!(said, "{app} {words}: {found:#?}");
    };
    says("shop", Level::Ok, "`public_url` is https://login.shop.example");
    says("bank", Level::Warning, "which only this machine reaches");
    says("bank", Level::Warning, "and `public_url` 1");
    says("bank", Level::Error, "database");
    says("blog", Level::Error, "address");
    for app in ["default", "shop"] {
        says(app, Level::Ok, "the database is reached");
        says(app, Level::Warning, "mails of");
        assert!(of(app).iter().all(|finding| finding.level != Level::Error), "{app}: {found:#?}");
    }
    assert!(!of("default").iter().any(|finding| finding.what.contains("public_url")));
}
