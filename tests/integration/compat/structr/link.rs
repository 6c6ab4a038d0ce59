//! The link, from the mail to the target: it logs in once, and nobody by being looked at.

use std::time::Duration;

use super::{ADA, EVE, SESSION, ask, key_of, last_login, link_for, log_in, path_of, running};
use super::{ME, NEW, switched_on};
use crate::browser::Browser;
use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain, answer};
use crate::pages::assert_guarded;
use crate::people::{OLD_HASH, database, hash, person};

/// Whether a page offers another link, with the way back that the dead one had, if any.
fn leads_to_asking(page: &Answer) -> bool {
    let body = page.body.replace("&#x2f;", "/");
    body.contains("href=\"/a/default/login\"")
        || body.contains("href=\"/a/default/login?return_to=")
}

#[tokio::test]
async fn a05_a07_the_key_leaves_the_address_bar_for_a_sealed_cookie() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let link = link_for(&regain, ADA).await;
    let browser = Browser::new(&regain);
    let opened = browser.get(path_of(&regain, &link)).await;
    assert_eq!((opened.status, opened.body.as_str()), (303, ""));
    assert_eq!(opened.header("cache-control"), Some("no-store"));
    assert_eq!(opened.header("referrer-policy"), Some("no-referrer"));
    let cookie = opened.header("set-cookie").unwrap();
    assert!(cookie.starts_with("regain-default-login=") && !cookie.contains(key_of(&link)));
    let button = browser.get("/a/default/login-now").await;
    assert_guarded(&button, "button");
    assert!(button.body.contains("a…@example.com"), "{}", button.body);
}

#[tokio::test]
async fn a08_a09_scanners_that_open_the_link_and_press_blindly_spend_nothing() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let link = link_for(&regain, ADA).await;
        let path = path_of(&regain, &link);
        for _ in 0..25 {
            let scanner = Browser::new(&regain);
            assert_eq!(scanner.get(path).await.status, 303);
            assert_eq!(scanner.get("/a/default/login-now").await.status, 200);
            let head = regain.http.head(&link);
            assert_eq!(answer(head).await.status, 303);
        }
        let scanner = Browser::new(&regain);
        assert_eq!(scanner.post(path, &[]).await.status, 405, "the link itself takes no post");
        scanner.get(path).await;
        let pressed = scanner.post("/a/default/login-now", &[]).await;
        assert_eq!(pressed.status, 403, "with the cookie, without what the page holds");
        let pressed = Browser::new(&regain).post("/a/default/login-now", &[]).await;
        assert_eq!(pressed.status, 403, "without anything");
        assert_eq!(last_login(&users).await, None, "{engine:?}");
        assert_eq!(log_in(&scanner, &regain, &link).await.status, 303, "{engine:?}");
    }
}

#[tokio::test]
async fn a12_the_target_is_the_tokens_and_one_in_the_address_is_believed_by_nobody() {
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "%0d%0aLocation:%20https://evil.example",
        "&target=https://evil.example",
        "",
    ] {
        let (_users, regain) = running(Engine::Sqlite).await;
        let link = link_for(&regain, ADA).await;
        let changed = link.replace("&target=/reset-password", &format!("&target={target}"));
        let on = log_in(&Browser::new(&regain), &regain, &changed).await;
        let home = format!("{}/reset-password", regain.url);
        assert_eq!(on.header("location"), Some(home.as_str()), "{target}");
    }
    let (_users, regain) = running(Engine::Sqlite).await;
    let link = link_for(&regain, ADA).await;
    let without = link.replace("&target=/reset-password", "");
    assert_eq!(log_in(&Browser::new(&regain), &regain, &without).await.status, 303);
}

#[tokio::test]
async fn a14_a17_what_is_no_key_is_a_guarded_page_that_repeats_nothing_and_leads_on() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let good = key_of(&link_for(&regain, ADA).await).to_owned();
    let (cut, long) = (&good[..good.len() - 1], "A".repeat(20_000));
    for query in [
        "key=\"><svg%20onload>",
        "key=%22%3E%3Csvg%20onload%3E&target=%22%3E%3Csvg%20onload%3E",
        "key=",
        "key",
        &format!("key={cut}"),
        &format!("key={good}%20"),
        &format!("key={good}&key={good}"),
        &format!("key={long}"),
    ] {
        let browser = Browser::new(&regain);
        let page = browser.get(&format!("/reset-password?{query}")).await;
        assert_eq!(page.status, 400, "{query}");
        assert_guarded(&page, query);
        assert!(!page.body.contains("<svg") && !page.body.contains(cut), "{}", page.body);
        assert!(leads_to_asking(&page), "{query} {}", page.body);
        assert!(browser.cookies.borrow().is_empty(), "{query}");
    }
    let other = answer(regain.http.put(format!("{}/reset-password", regain.url))).await;
    assert_eq!((other.status, other.header("allow")), (405, Some("GET, HEAD")));
    assert_guarded(&other, "another method");
}

#[tokio::test]
async fn a22_a56_a_key_of_another_kind_or_of_before_a_change_logs_nobody_in() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let reset = regain.token_for(ADA).await;
        let page = Browser::new(&regain).get(&format!("/reset-password?key={reset}")).await;
        assert_eq!(page.status, 400, "{engine:?}: a link to reset");

        for change in [
            "password = 'changed'",
            "email = 'thief@evil.example'",
            "last_login = '2027-01-15 07:59:59'",
            "recovery_stamp = 'renewed'",
            "is_active = FALSE",
        ] {
            let users = database(engine, &[person(ADA)]).await;
            let regain = Regain::start_with(&users.url, switched_on).await;
            let link = link_for(&regain, ADA).await;
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            let browser = Browser::new(&regain);
            assert_eq!(browser.get(path_of(&regain, &link)).await.status, 303);
            let refused = browser.get("/a/default/login-now").await;
            assert_eq!(refused.status, 400, "{engine:?} {change}");
            assert!(!browser.cookies.borrow().contains_key(SESSION));
        }

        // A password set by another link kills the key, too.
        let link = link_for(&regain, ADA).await;
        assert_eq!(regain.complete(&reset, NEW).await.status, 200);
        let browser = Browser::new(&regain);
        browser.get(path_of(&regain, &link)).await;
        assert_eq!(browser.get("/a/default/login-now").await.status, 400, "{engine:?}");
        assert_ne!(hash(&users, 1).await, OLD_HASH);
    }
}

#[tokio::test]
async fn a_link_that_is_too_old_is_told_so_and_leads_to_where_another_is_asked_for() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let link = link_for(&regain, ADA).await;
    regain.clock.advance(Duration::from_mins(16));
    let browser = Browser::new(&regain);
    browser.get(path_of(&regain, &link)).await;
    let late = browser.get("/a/default/login-now").await;
    assert_eq!(late.status, 410);
    assert!(leads_to_asking(&late), "{}", late.body);

    // The page asks for the same mail.
    let form = browser.get("/a/default/login").await;
    assert_eq!(browser.fill_in(&form, &[("identifier", ADA)]).await.status, 200);
    regain.worked().await;
    let mail = regain.mails().pop().unwrap();
    assert_eq!(mail.subject, "Request to reset your Structr password");
    let on = log_in(&browser, &regain, &super::link_in(&mail)).await;
    assert_eq!(on.header("location"), Some(format!("{}/reset-password", regain.url).as_str()));
}

#[tokio::test]
async fn over_https_the_cookies_are_bound_to_the_host_and_live_as_long_as_what_is_in_them() {
    let users = database(Engine::Sqlite, &[person(ADA), person(EVE)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.public_url = "https://accounts.example.com".to_owned();
        switched_on(settings);
    })
    .await;
    ask(&regain, ADA).await;
    regain.worked().await;
    let link = super::link_in(&regain.mails().pop().unwrap());
    let path = link.strip_prefix("https://accounts.example.com").unwrap();
    let browser = Browser::new(&regain);
    browser.get(path).await;
    let button = browser.get("/a/default/login-now").await;
    let on = browser.fill_in(&button, &[]).await;
    assert_eq!(on.header("location"), Some("https://accounts.example.com/reset-password"));
    let session =
        on.headers.iter().find(|(_, value)| value.starts_with("__Host-regain-default-session="));
    let (_, session) = session.unwrap();
    let (_, attributes) = session.split_once("; ").unwrap();
    assert_eq!(attributes, "Path=/; Max-Age=900; HttpOnly; SameSite=Lax; Secure");
    let body = serde_json::json!({ "password": NEW }).to_string();
    let done = browser.put(ME, "application/json", body).await;
    assert_eq!(done.status, 200);
    assert!(
        done.header("set-cookie")
            .unwrap()
            .contains("__Host-regain-default-session=; Path=/; Max-Age=0")
    );
}

#[tokio::test]
async fn an_application_with_a_host_of_its_own_is_led_to_that_one() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        let app = settings.apps.get_mut("default").unwrap();
        app.public_url = Some("https://shop.example".to_owned());
        app.return_to = vec!["https://shop.example/".to_owned()];
    })
    .await;
    ask(&regain, ADA).await;
    regain.worked().await;
    let link = super::link_in(&regain.mails().pop().unwrap());
    let path = link.strip_prefix("https://shop.example").unwrap();
    for (query, status) in [(path, 303), ("/reset-password?key=none", 400)] {
        let request = regain.http.get(format!("{}{query}", regain.url));
        let opened = answer(request.header("host", "shop.example")).await;
        assert_eq!(opened.status, status);
        assert!(opened.header("strict-transport-security").is_some());
        let cookie = opened.header("set-cookie");
        let bound = cookie.map(|it| it.starts_with("__Host-regain-default-login="));
        assert_eq!(bound, (status == 303).then_some(true));
    }
}
