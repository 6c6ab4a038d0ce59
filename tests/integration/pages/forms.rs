//! Forms that are not what they should be, and cookies that are not ours.

use super::{ADA, NEW, assert_guarded, running};
use crate::browser::Browser;
use crate::databases::Engine;
use crate::harness::{Regain, answer};
use crate::people::{database, hash, person};

const BOTH: [(&str, &str); 2] = [("new_password", NEW), ("confirm_password", NEW)];

#[tokio::test]
async fn a11_what_another_site_posts_is_refused_and_where_no_site_is_told_the_double_submit_decides()
 {
    let (users, regain) = running().await;
    let token = regain.token_for(ADA).await;
    let before = hash(&users, 1).await;
    let mut browser = Browser::new(&regain);
    let form = browser.open(&token).await;
    for site in ["cross-site", "same-site", "nonsense", ""] {
        browser.site = Some(site);
        let refused = browser.fill_in(&form, &BOTH).await;
        assert_eq!(refused.status, 403, "{site:?} with a good double submit");
        assert_guarded(&refused, site);
    }

    let old = Browser::old(&regain);
    let form = old.open(&token).await;
    assert_eq!(old.post("/a/default/new-password", &BOTH).await.status, 403, "without a value");
    for wrong in ["", "x", &"A".repeat(43)] {
        let fields = [("csrf", wrong), BOTH[0], BOTH[1]];
        assert_eq!(old.post("/a/default/new-password", &fields).await.status, 403, "{wrong:?}");
    }
    let strangers = Browser::old(&regain);
    strangers.open(&token).await;
    assert_eq!(strangers.fill_in(&form, &BOTH).await.status, 403, "another browser's value");
    let ask = [("identifier", ADA)];
    assert_eq!(Browser::old(&regain).post("/a/default/reset", &ask).await.status, 403);
    assert_eq!(hash(&users, 1).await, before, "nothing was consumed");

    // `Origin: null`, which browsers send under no-referrer, is neither pass nor refusal.
    assert_eq!(old.fill_in(&form, &BOTH).await.status, 200);
}

#[tokio::test]
async fn a22_forged_foreign_and_cut_cookies_open_nothing() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let other = settings.apps["default"].clone();
        settings.apps.insert("other".to_owned(), other);
    })
    .await;
    let token = regain.token_for(ADA).await;
    let browser = Browser::new(&regain);
    browser.open(&token).await;
    let good = browser.cookies.borrow()["regain-default-reset"].clone();
    let typed = {
        let ask = browser.get("/a/default/reset").await;
        browser.fill_in(&ask, &[("identifier", ADA)]).await;
        browser.cookies.borrow()["regain-default-typed"].clone()
    };
    let flipped = good.replacen(&good[9..10], if &good[9..10] == "A" { "B" } else { "A" }, 1);
    let long = "A".repeat(6000);
    for forged in ["", "x", &token, &good[1..], &flipped, &typed, &long, "\u{e9}"] {
        let request = regain.http.get(format!("{}/a/default/new-password", regain.url));
        let refused =
            answer(request.header("cookie", format!("regain-default-reset={forged}").as_bytes()))
                .await;
        assert_eq!(refused.status, 400, "{forged}");
        assert_guarded(&refused, "forged");
        assert!(refused.body.contains("Ask for a new link"));
    }
    // The very cookie of one application, called as the other one's.
    let request = regain.http.get(format!("{}/a/other/new-password", regain.url));
    let foreign = answer(request.header("cookie", format!("regain-other-reset={good}"))).await;
    assert_eq!(foreign.status, 400);
    let moved = regain.get(&format!("/a/other/reset/{token}")).await;
    assert_eq!((moved.status, moved.header("set-cookie")), (400, None), "its token neither");
    assert_eq!(regain.complete(&token, NEW).await.status, 200);
}

#[tokio::test]
async fn a14_nothing_that_is_sent_comes_back_unescaped() {
    let (_users, regain) = running().await;
    let evil = "\"><svg onload=alert(1)>";
    let browser = Browser::new(&regain);
    let asked = browser.post("/a/default/reset", &[("identifier", evil)]).await;
    let not_me = browser.post("/a/default/not-me", &[("identifier", "<svg onload>@x")]).await;
    let unknown = browser.post("/a/default/reset", &[(evil, evil)]).await;
    let csrf = browser.post("/a/default/reset", &[("csrf", evil), ("identifier", "")]).await;
    let path = "%22%3E%3Csvg%20onload%3E";
    let pages = [
        asked,
        not_me,
        unknown,
        csrf,
        browser.get(&format!("/a/{path}/reset")).await,
        browser.get(&format!("/a/default/{path}")).await,
        browser.get(&format!("/a/default/assets/{path}")).await,
        browser.get("/a/default/reset?x=\"><svg onload>").await,
    ];
    for page in pages {
        assert!(!page.body.contains("<svg") && !page.body.contains("alert(1)"), "{}", page.body);
        assert_guarded(&page, "reflected");
    }
    // What is shown again is the person's own: what was typed, and only where a link is open.
    let ask = [("identifier", "<svg onload>")];
    assert_eq!(browser.post("/a/default/reset", &ask).await.status, 200, "a user name like any");
    let token = regain.token_for(ADA).await;
    assert!(!browser.open(&token).await.body.contains("<svg"));
}

#[tokio::test]
async fn a77_forms_that_are_too_large_too_many_or_no_forms_are_refused_in_the_pages_dress() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    let huge = "x".repeat(70_000);
    let oversized = browser.post("/a/default/reset", &[("identifier", &huge)]).await;
    assert_eq!(oversized.status, 413);
    let twice = [("identifier", "a"), ("identifier", "b")];
    let repeated = browser.post("/a/default/reset", &twice).await;
    assert_eq!(repeated.status, 400);
    let json = regain.post_raw("/a/default/reset", "application/json", "{}").await;
    assert_eq!(json.status, 415);
    for page in [oversized, repeated, json] {
        assert_guarded(&page, "no form");
        assert!(page.body.contains("The form was not accepted"), "{}", page.body);
        assert!(page.body.contains("Try again"), "there is a way on: {}", page.body);
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}
