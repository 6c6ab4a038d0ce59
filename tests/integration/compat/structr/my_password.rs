//! The target that Structr has where nothing else is said, on our own host: a page, complete without a
//! script, on which who is logged in chooses a password.

use std::time::Duration;

use super::{ADA, EVE, NEW, SESSION, link_for, log_in, running};
use crate::browser::Browser;
use crate::databases::Engine;
use crate::harness::{Answer, Regain};
use crate::pages::assert_guarded;
use crate::people::{OLD_HASH, hash};

const BOTH: [(&str, &str); 2] = [("new_password", NEW), ("confirm_password", NEW)];

/// Follows the link to its end.
async fn arrived(browser: &Browser<'_>, regain: &Regain, who: &str) -> Answer {
    let link = link_for(regain, who).await;
    let on = log_in(browser, regain, &link).await;
    let target = on.header("location").unwrap().strip_prefix(regain.url.as_str()).unwrap();
    assert_eq!(target, "/reset-password");
    let page = browser.get(target).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/a/default/my-password")));
    browser.get("/a/default/my-password").await
}

#[tokio::test]
async fn who_is_logged_in_chooses_a_password_there_and_is_logged_out_by_it() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = Browser::new(&regain);
    let form = arrived(&browser, &regain, ADA).await;
    assert_eq!(form.status, 200);
    assert_guarded(&form, "form");
    assert!(form.body.contains("a…@example.com") && !form.body.contains(ADA), "{}", form.body);

    let differing = [BOTH[0], ("confirm_password", "another passphrase")];
    let again = browser.fill_in(&form, &differing).await;
    assert_eq!(again.status, 422);
    assert_guarded(&again, "differing");
    let short = [("new_password", "short"), ("confirm_password", "short")];
    let again = browser.fill_in(&again, &short).await;
    assert_eq!(again.status, 422);
    assert_eq!(hash(&users, 1).await, OLD_HASH);

    let done = browser.fill_in(&again, &BOTH).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_guarded(&done, "done");
    assert_ne!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(hash(&users, 2).await, OLD_HASH);
    assert!(!browser.cookies.borrow().contains_key(SESSION));
    let back = browser.fill_in(&form, &BOTH).await;
    assert_eq!(back.status, 400, "the back button, and the form again");
    assert_guarded(&back, "spent");
}

#[tokio::test]
async fn who_is_not_logged_in_or_no_longer_is_led_to_where_a_link_is_asked_for() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let stranger = Browser::new(&regain);
    assert_eq!(stranger.get("/reset-password").await.status, 303);
    let led = |answer: &Answer| (answer.status, answer.header("location").map(str::to_owned));
    let asking = (303, Some("/a/default/login".to_owned()));
    assert_eq!(led(&stranger.get("/a/default/my-password").await), asking);
    assert_eq!(stranger.get("/a/default/login").await.status, 200);

    let browser = Browser::new(&regain);
    assert_eq!(arrived(&browser, &regain, ADA).await.status, 200);
    regain.clock.advance(Duration::from_mins(16));
    assert_eq!(led(&browser.get("/a/default/my-password").await), asking, "too old");
}

#[tokio::test]
async fn a08_looking_at_it_changes_nothing() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = Browser::new(&regain);
    arrived(&browser, &regain, ADA).await;
    let cookies = browser.cookies.borrow().clone();
    for path in ["/reset-password", "/reset-password?target=/x", "/a/default/my-password"] {
        for _ in 0..10 {
            assert!(browser.get(path).await.status < 400, "{path}");
        }
    }
    assert_eq!(*browser.cookies.borrow(), cookies);
    assert_eq!(hash(&users, 1).await, OLD_HASH);
}

#[tokio::test]
async fn a11_what_another_site_posts_is_refused() {
    let (users, regain) = running(Engine::Sqlite).await;
    let mut browser = Browser::new(&regain);
    let form = arrived(&browser, &regain, ADA).await;
    for site in ["cross-site", "same-site", ""] {
        browser.site = Some(site);
        let refused = browser.fill_in(&form, &BOTH).await;
        assert_eq!(refused.status, 403, "{site:?}");
        assert_guarded(&refused, site);
    }
    browser.site = None;
    let bare = browser.post("/a/default/my-password", &BOTH).await;
    assert_eq!(bare.status, 403, "an old browser without the double submit");
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(browser.fill_in(&form, &BOTH).await.status, 200);
}

#[tokio::test]
async fn of_two_tabs_the_later_login_wins_and_not_before_its_account_was_shown() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = Browser::new(&regain);
    let first = arrived(&browser, &regain, ADA).await;
    arrived(&browser, &regain, EVE).await;
    let shown = browser.fill_in(&first, &BOTH).await;
    assert_eq!(shown.status, 422);
    assert!(shown.body.contains("e…@example.com"), "{}", shown.body);
    assert_eq!([hash(&users, 1).await, hash(&users, 2).await], [OLD_HASH, OLD_HASH]);
    assert_eq!(browser.fill_in(&shown, &BOTH).await.status, 200);
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    assert_ne!(hash(&users, 2).await, OLD_HASH);
}
