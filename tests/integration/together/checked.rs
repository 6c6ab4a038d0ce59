//! The doctor, asked about many applications.

use regain::app::{CheckOptions, Finding, Level, check};
use regain::clock::Clock;
use regain::random::Random;

use super::{ADA, beside};
use crate::databases::{Engine, engines};
use crate::harness::{Folder, configuration, settings};
use crate::people::{database, person};
use crate::process::command;

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

/// What is printed of one application, up to the next one.
fn part<'a>(printed: &'a str, app: &str) -> &'a str {
    let heading = format!("\napps.{app}\n");
    let (_, part) = printed.split_once(&heading).unwrap_or_else(|| panic!("{app}: {printed}"));
    part.split("\napps.").next().unwrap()
}

#[tokio::test]
async fn a_database_that_is_broken_is_told_of_its_application_and_the_others_are_looked_at() {
    let mut databases = vec![];
    for engine in engines().into_iter().cycle().take(3) {
        databases.push(database(engine, &[person(ADA)]).await);
    }
    let names = ["hats", "maps", "pens"];
    for (broken, name) in names.iter().enumerate() {
        let folder = Folder::new();
        let away = "sqlite:///nowhere/at/all";
        let url = |number: usize| {
            if number == broken { away } else { databases[number].url.as_str() }
        };
        let head = r#"
            public_url = "https://accounts.example.com"
            default_app = "hats"
        "#;
        let whole = configuration(url(0), &folder.0, head).replace("apps.default", "apps.hats");
        let (service, app) = whole.split_once("[apps.hats]").unwrap();
        let others = [1, 2].map(|number| {
            let app = app.replace("hats", names[number]).replace(url(0), url(number));
            format!("[apps.{}]{app}", names[number])
        });
        let file = folder.0.join("regain.toml");
        let text = format!("{service}[apps.hats]{app}{}", others.concat());
        std::fs::write(&file, text).unwrap();

        let check = ["check", "--config", file.to_str().unwrap()];
        let (code, printed, complaint) = command(&check).await;
        assert_eq!((code, complaint.as_str()), (Some(2), ""), "{name}: {printed}");
        for (number, app) in names.iter().enumerate() {
            let (part, healthy) = (part(&printed, app), number != broken);
            assert_eq!(
                part.contains("  ok       the database is reached"),
                healthy,
                "{app} {part}"
            );
            assert_eq!(
                part.contains("  error    the users table cannot be reached"),
                !healthy,
                "{app} {part}"
            );
            let looked_at = part.matches("  ok  ").count() > 4;
            assert_eq!(looked_at, healthy, "{app} {part}");
        }
        let broken = part(&printed, name);
        assert!(broken.contains("cure: "), "{broken}");
        assert!(printed.contains("\n1 error, "), "{printed}");
    }
}
