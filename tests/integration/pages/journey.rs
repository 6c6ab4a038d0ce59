//! From the link in a mail to a new password.

use super::{ADA, BOB, NEW, assert_guarded, running};
use crate::browser::{Browser, between};
use crate::harness::answer;
use crate::people::hash;

#[tokio::test]
async fn a04_a05_a07_a68_the_token_leaves_the_address_at_once_and_every_page_is_guarded() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    let ask = browser.get("/a/default/reset").await;
    assert_guarded(&ask, "ask");
    let sent = browser.fill_in(&ask, &[("identifier", ADA)]).await;
    assert_eq!(sent.status, 200);
    assert_guarded(&sent, "sent");
    regain.worked().await;
    let token = regain.links()[0].token();

    let moved = browser.get(&format!("/a/default/reset/{token}")).await;
    assert_eq!((moved.status, moved.body.as_str()), (303, ""));
    assert_eq!(moved.header("cache-control"), Some("no-store"));
    assert_eq!(moved.header("referrer-policy"), Some("no-referrer"));
    let cookie = moved.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(!cookie.contains(&token), "it is sealed");

    let form = browser.get("/a/default/new-password").await;
    assert_eq!(form.status, 200);
    assert_guarded(&form, "new password");
    assert!(!form.body.contains(&token), "no page holds the token");
    let short = [("new_password", "short"), ("confirm_password", "short")];
    let refused = browser.fill_in(&form, &short).await;
    assert_eq!(refused.status, 422);
    assert_guarded(&refused, "refused");
    let common = [("new_password", "Password1"), ("confirm_password", "Password1")];
    let refused = browser.fill_in(&refused, &common).await;
    assert_eq!(refused.status, 422);
    assert_guarded(&refused, "refused again");
    for reason in ["one of the passwords that are guessed first", "Capital letters hardly make"] {
        assert!(refused.body.contains(reason), "{}", refused.body);
    }
    assert!(!refused.body.contains("Password1"));
    let both = [("new_password", NEW), ("confirm_password", NEW)];
    let done = browser.fill_in(&refused, &both).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_guarded(&done, "done");
    assert!(!done.body.contains(NEW) && !refused.body.contains("\"short\""));
    let cookies: Vec<_> = browser.cookies.borrow().keys().cloned().collect();
    assert_eq!(cookies, ["regain-default-form"], "A68: nobody is logged in");
}

#[tokio::test]
async fn a08_a09_a_scanner_that_opens_the_link_fifty_times_and_presses_the_button_spends_nothing() {
    let (users, regain) = running().await;
    let token = regain.token_for(ADA).await;
    let before = hash(&users, 1).await;
    for _ in 0..25 {
        let scanner = Browser::new(&regain);
        assert_eq!(scanner.open(&token).await.status, 200);
        let head = regain.http.head(format!("{}/a/default/reset/{token}", regain.url));
        assert_eq!(answer(head).await.status, 303);
    }
    let scanner = Browser::new(&regain);
    let form = scanner.open(&token).await;
    assert_eq!(scanner.fill_in(&form, &[]).await.status, 422);
    assert_eq!(scanner.post("/a/default/new-password", &[]).await.status, 422);
    let bare = Browser::new(&regain);
    assert_eq!(bare.post("/a/default/new-password", &[]).await.status, 400, "without the cookie");
    assert_eq!(hash(&users, 1).await, before);
    assert_eq!(regain.complete(&token, NEW).await.status, 200);
}

#[tokio::test]
async fn the_page_shows_whose_password_it_is_and_no_address_that_was_not_typed_there() {
    let (_users, regain) = running().await;
    let token = regain.token_for(ADA).await;
    let elsewhere = Browser::new(&regain).open(&token).await;
    assert!(elsewhere.body.contains("a…@example.com"), "{}", elsewhere.body);
    assert!(!elsewhere.body.contains(ADA), "{}", elsewhere.body);

    for (typed, filled) in [("ADA@example.com", "ADA@example.com"), (BOB, "")] {
        let browser = Browser::new(&regain);
        let ask = browser.get("/a/default/reset").await;
        browser.fill_in(&ask, &[("identifier", typed)]).await;
        let form = browser.open(&token).await;
        let login = between(&form.body, "autocomplete=\"username\" value=\"", "\"");
        assert_eq!(login, Some(filled), "what a password manager is told after {typed}");
    }
}

#[tokio::test]
async fn of_two_tabs_the_later_link_wins_and_not_before_its_account_was_shown() {
    let (users, regain) = running().await;
    let (ada, bob) = (regain.token_for(ADA).await, regain.token_for(BOB).await);
    let browser = Browser::new(&regain);
    let first = browser.open(&ada).await;
    let _second = browser.open(&bob).await;
    let before = (hash(&users, 1).await, hash(&users, 2).await);
    let both = [("new_password", NEW), ("confirm_password", NEW)];

    let shown = browser.fill_in(&first, &both).await;
    assert_eq!(shown.status, 422);
    assert!(shown.body.contains("b…@example.org"), "{}", shown.body);
    assert!(shown.body.contains("another link was opened"), "{}", shown.body);
    assert_eq!((hash(&users, 1).await, hash(&users, 2).await), before);

    assert_eq!(browser.fill_in(&shown, &both).await.status, 200);
    assert_eq!(hash(&users, 1).await, before.0);
    assert_ne!(hash(&users, 2).await, before.1);
}

#[tokio::test]
async fn of_two_links_for_one_account_either_tab_will_do() {
    let (_users, regain) = running().await;
    let (one, other) = (regain.token_for(ADA).await, regain.token_for(ADA).await);
    let browser = Browser::new(&regain);
    let first = browser.open(&one).await;
    browser.open(&other).await;
    let both = [("new_password", NEW), ("confirm_password", NEW)];
    assert_eq!(browser.fill_in(&first, &both).await.status, 200);
    let back = browser.fill_in(&first, &both).await;
    assert_eq!(back.status, 400, "the back button and the form again: the link is spent");
    assert!(back.body.contains("Ask for a new link"), "{}", back.body);
}

#[tokio::test]
async fn a_seed_of_one_field_and_a_way_on_to_log_in_is_a_matter_of_settings() {
    let (users, _) = running().await;
    let regain = crate::harness::Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.pages.confirm_password = false;
        app.pages.log_in = Some("https://app.example.com/login".to_owned());
        app.return_to = vec!["https://app.example.com/".to_owned()];
    })
    .await;
    let token = regain.token_for(ADA).await;
    let browser = Browser::new(&regain);
    let form = browser.open(&token).await;
    assert!(!form.body.contains("confirm_password"), "{}", form.body);
    let done = browser.fill_in(&form, &[("new_password", NEW)]).await;
    assert_eq!(done.status, 200);
    assert!(done.body.replace("&#x2f;", "/").contains("href=\"https://app.example.com/login\""));

    // Where the link leads somewhere, that is the way on.
    let ask = serde_json::json!({ "identifier": BOB, "return_to": "https://app.example.com/me" });
    regain.post("/v1/apps/default/password-resets", &ask).await;
    regain.worked().await;
    let form = browser.open(&regain.links()[1].token()).await;
    let done = browser.fill_in(&form, &[("new_password", NEW)]).await;
    let body = done.body.replace("&#x2f;", "/");
    assert!(body.contains("href=\"https://app.example.com/me\"") && !body.contains("/login"));
}

#[tokio::test]
async fn what_is_no_link_of_ours_leaves_the_one_that_is_open_alone_and_no_cookie_behind() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    let token = regain.token_for("ada@example.com").await;
    let form = browser.open(&token).await;
    let before = browser.cookies.borrow().clone();
    let long = "a".repeat(3000);
    for garbage in ["garbage", "a.b.c", &token[1..], long.as_str()] {
        for kind in ["reset", "confirm-email", "login"] {
            let refused = browser.get(&format!("/a/default/{kind}/{garbage}")).await;
            assert_eq!(refused.status, 400, "{kind} {garbage}");
        }
    }
    assert_eq!(*browser.cookies.borrow(), before);
    let done = browser.fill_in(&form, &[("new_password", NEW), ("confirm_password", NEW)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
}
