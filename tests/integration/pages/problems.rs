//! What goes wrong, told in the pages' dress, with its status, its headers and a way on.

use std::time::Duration;

use super::{ADA, assert_guarded, running};
use crate::browser::Browser;
use crate::databases::Engine;
use crate::harness::Regain;
use crate::people::{database, person};

#[tokio::test]
async fn a10_errors_are_guarded_pages_and_say_what_to_do_next() {
    let (_users, regain) = running().await;
    for (path, status, says, way_on) in [
        ("/a", 404, "There is no such page", false),
        ("/a/", 404, "There is no such page", false),
        ("/a/unknown/reset", 404, "There is no such page", false),
        ("/a/unknown/anything/else", 404, "There is no such page", false),
        ("/a/-/reset", 404, "There is no such page", false),
        ("/a/default", 404, "There is no such page", true),
        ("/a/default/nothing", 404, "There is no such page", true),
        ("/a/default/assets/style.css", 404, "There is no such page", true),
        ("/a/default/new-password", 400, "This link is not valid", true),
    ] {
        let page = regain.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert_guarded(&page, path);
        assert!(page.body.contains(says), "{path}: {}", page.body);
        assert_eq!(page.body.contains("Ask for a new link"), way_on, "{path}: {}", page.body);
    }
    let unknown = regain.get("/a/unknown/reset").await.body;
    assert!(unknown.contains("Regain") && !unknown.contains("Example"), "neutral: {unknown}");
    let sheet = crate::browser::between(&unknown, "rel=\"stylesheet\" href=\"", "\"").unwrap();
    let sheet = regain.get(&sheet.replace("&#x2f;", "/")).await;
    assert_eq!(sheet.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(regain.get("/v1/nothing").await.code(), "not-found", "elsewhere it is JSON");
}

#[tokio::test]
async fn a21_a29_expired_is_told_only_of_a_link_that_was_ours_and_both_offer_a_new_one() {
    let (_users, regain) = running().await;
    let token = regain.token_for(ADA).await;
    regain.clock.advance(Duration::from_mins(31));
    let browser = Browser::new(&regain);
    let expired = browser.open(&token).await;
    assert_eq!(expired.status, 410);
    assert!(expired.body.contains("This link has expired"), "{}", expired.body);
    assert_guarded(&expired, "expired");
    let (payload, rest) = token.split_once('.').unwrap();
    let forged = format!("{payload}.{}", rest.replace(|c: char| c != '.', "A"));
    let forged = browser.get(&format!("/a/default/reset/{forged}")).await;
    assert_eq!(forged.status, 400);
    assert!(forged.body.contains("This link is not valid"), "{}", forged.body);
    for page in [expired, forged] {
        let body = page.body.replace("&#x2f;", "/");
        assert!(body.contains("href=\"/a/default/reset\""), "{body}");
    }
}

#[tokio::test]
async fn too_many_tries_and_a_database_that_is_away_are_pages_that_say_how_long_to_wait() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = "2/h".parse().unwrap();
    })
    .await;
    let token = regain.token_for(ADA).await;
    let browser = Browser::new(&regain);
    assert_eq!(browser.open(&token).await.status, 200);
    users.execute("ALTER TABLE users RENAME TO away").await;
    let away = browser.open(&token).await;
    assert_eq!((away.status, away.header("retry-after")), (503, Some("5")));
    assert!(away.body.contains("your link goes on working"), "{}", away.body);
    let often = browser.open(&token).await;
    assert_eq!(often.status, 429);
    assert!(often.header("retry-after").is_some());
    for page in [away, often] {
        assert_guarded(&page, "trouble");
        let body = page.body.replace("&#x2f;", "/");
        assert!(body.contains("href=\"/a/default/new-password\""), "the way on: {body}");
    }
}

#[tokio::test]
async fn https_is_promised_where_people_come_by_https_and_cookies_are_bound_to_the_host() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.public_url = "https://accounts.example.com".to_owned();
    })
    .await;
    for path in ["/a/default/reset", "/a/unknown/x", "/healthz", "/v1/nothing", "/"] {
        let promised = regain.get(path).await;
        let promised = promised.header("strict-transport-security");
        assert_eq!(promised, Some("max-age=31536000"), "{path}");
    }
    let page = regain.get("/a/default/reset").await;
    let cookie = page.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-regain-default-form=") && cookie.ends_with("; Secure"));

    let (_users, plain) = running().await;
    assert_eq!(plain.get("/a/default/reset").await.header("strict-transport-security"), None);
}
