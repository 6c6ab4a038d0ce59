//! Links that lead to a button, by page and by API alike: their time, their account, their application,
//! and what is sent to them that is none.

use std::time::Duration;

use serde_json::json;

use super::assert_guarded;
use super::buttons::{
    CONFIRM, Kind, LOGIN, path, people, running, running_with, switched_on, untouched,
};
use crate::browser::{Browser, hidden};
use crate::harness::{Answer, Regain};
use crate::people::OLD_HASH;

const KINDS: [Kind; 2] = [CONFIRM, LOGIN];
const EVIL: &str = "\"><svg onload=alert(1)>";

fn lifetime(kind: Kind) -> Duration {
    if kind == CONFIRM { Duration::from_hours(24) } else { Duration::from_mins(15) }
}

fn done(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 303)
}

async fn link(regain: &Regain, kind: Kind) -> String {
    regain.token_of(kind.2, people(kind)[0]).await
}

/// Page and API say the same of a token.
async fn assert_refused(regain: &Regain, kind: Kind, token: &str, status: u16, what: &str) {
    let page = Browser::new(regain).get(&format!("/a/default/{}/{token}", kind.0)).await;
    assert_eq!((page.status, page.header("set-cookie")), (status, None), "{kind:?} {what}");
    assert_guarded(&page, what);
    assert_eq!(regain.complete_with(kind.2, token).await.status, status, "{kind:?} {what}");
}

#[tokio::test]
async fn a20_a_link_from_a_minute_ahead_opens_and_one_from_further_does_not() {
    for kind in KINDS {
        let (users, regain) = running().await;
        regain.clock.advance(Duration::from_secs(61));
        let token = link(&regain, kind).await;
        let behind = Regain::start_with(&users.url, switched_on).await;
        assert_refused(&behind, kind, &token, 400, "61 s ahead").await;
        assert!(untouched(&users).await, "{kind:?}");
        behind.clock.advance(Duration::from_secs(1));
        let browser = Browser::new(&behind);
        let form = browser.open_at(kind.0, &token, kind.1).await;
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
    }
}

#[tokio::test]
async fn a21_a_button_works_in_the_last_second_of_its_link_and_not_in_the_next() {
    for kind in KINDS {
        let (users, regain) = running().await;
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        let form = browser.open_at(kind.0, &token, kind.1).await;
        regain.clock.advance(lifetime(kind) + Duration::from_secs(1));
        let late = browser.fill_in(&form, &[]).await;
        assert_eq!(late.status, 410, "{kind:?}: what was shown in time and pressed too late");
        assert_guarded(&late, "late");
        assert_eq!(Browser::new(&regain).open_at(kind.0, &token, kind.1).await.status, 410);
        assert_eq!(regain.complete_with(kind.2, &token).await.status, 410, "{kind:?}");
        assert!(untouched(&users).await, "{kind:?}");

        let token = link(&regain, kind).await;
        regain.clock.advance(lifetime(kind));
        let form = browser.open_at(kind.0, &token, kind.1).await;
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
    }
}

#[tokio::test]
async fn a22_neither_token_nor_cookie_of_one_application_opens_anything_of_another() {
    for kind in KINDS {
        let (users, regain) = running_with(|settings| {
            switched_on(settings);
            let other = settings.apps["default"].clone();
            settings.apps.insert("other".to_owned(), other);
        })
        .await;
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        let form = browser.open_at(kind.0, &token, kind.1).await;
        let moved = regain.get(&format!("/a/other/{}/{token}", kind.0)).await;
        assert_eq!((moved.status, moved.header("set-cookie")), (400, None), "{kind:?}");
        let body = json!({ "token": token });
        let complete = format!("/v1/apps/other/{}/complete", kind.2);
        assert_eq!(regain.post(&complete, &body).await.code(), "token-invalid", "{kind:?}");

        // The very cookies, called as the other one's, with all that the page had.
        let renamed: Vec<_> = browser
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| (name.replace("-default-", "-other-"), value.clone()))
            .collect();
        assert!(renamed.iter().any(|(name, _)| *name == format!("regain-other-{}", kind.0)));
        let foreign = Browser::new(&regain);
        foreign.cookies.borrow_mut().extend(renamed);
        let page = path(kind).replace("/default/", "/other/");
        assert_eq!(foreign.get(&page).await.status, 400, "{kind:?}");
        let fields = hidden(&form);
        let fields: Vec<_> = fields.iter().map(|(name, it)| (name.as_str(), it.as_str())).collect();
        let refused = foreign.post(&page, &fields).await;
        assert!((400..500).contains(&refused.status), "{kind:?} {refused:?}");
        assert_guarded(&refused, "foreign");
        assert!(untouched(&users).await, "{kind:?}");
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
    }
}

#[tokio::test]
async fn a22_forged_and_cut_cookies_show_no_button_and_press_none() {
    for kind in KINDS {
        let (users, regain) = running().await;
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        let ask = browser.get(&format!("/a/default/{}", kind.0)).await;
        browser.fill_in(&ask, &[("identifier", "nobody@example.com")]).await;
        let form = browser.open_at(kind.0, &token, kind.1).await;
        let name = format!("regain-default-{}", kind.0);
        let kept = |name: &str| browser.cookies.borrow()[name].clone();
        let (good, typed) = (kept(&name), kept("regain-default-typed"));
        let flipped = good.replacen(&good[9..10], if &good[9..10] == "A" { "B" } else { "A" }, 1);
        let long = "A".repeat(6000);
        for forged in
            ["", "x", &token, &good[1..], &good[..good.len() - 1], &flipped, &typed, &long]
        {
            browser.cookies.borrow_mut().insert(name.clone(), forged.to_owned());
            let shown = browser.get(&path(kind)).await;
            assert_eq!(shown.status, 400, "{kind:?} {forged}");
            browser.cookies.borrow_mut().insert(name.clone(), forged.to_owned());
            let pressed = browser.fill_in(&form, &[]).await;
            assert_eq!(pressed.status, 400, "{kind:?} {forged}");
            for page in [shown, pressed] {
                assert_guarded(&page, "forged");
                assert!(page.body.contains("Ask for a new link"), "{kind:?} {}", page.body);
            }
        }
        assert!(untouched(&users).await, "{kind:?}");
        browser.cookies.borrow_mut().insert(name, good);
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
    }
}

/// What of the first account of a kind kills its link, and how it is put back.
fn changes(kind: Kind) -> Vec<(&'static str, String)> {
    let [address, _] = people(kind);
    let mut changes = vec![
        ("email = 'other@example.com'", format!("email = '{address}'")),
        ("is_active = FALSE", "is_active = TRUE".to_owned()),
    ];
    if kind == LOGIN {
        changes.push(("password = 'changed'", format!("password = '{OLD_HASH}'")));
        changes.push(("last_login = '2027-01-15 07:59:59'", "last_login = NULL".to_owned()));
    }
    changes
}

#[tokio::test]
async fn a56_a57_a_button_does_nothing_once_the_account_is_not_what_its_link_was_made_for() {
    for kind in KINDS {
        let (users, regain) = running().await;
        let id = if kind == LOGIN { 1 } else { 3 };
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        let form = browser.open_at(kind.0, &token, kind.1).await;
        for (change, back) in changes(kind) {
            users.execute(&format!("UPDATE users SET {change} WHERE id = {id}")).await;
            let refused = browser.fill_in(&form, &[]).await;
            assert_eq!(refused.status, 400, "{kind:?} {change}");
            assert_guarded(&refused, change);
            assert_eq!(regain.complete_with(kind.2, &token).await.status, 400, "{kind:?} {change}");
            users.execute(&format!("UPDATE users SET {back} WHERE id = {id}")).await;
            assert!(untouched(&users).await, "{kind:?} {change}");
        }
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
        assert!(!untouched(&users).await, "{kind:?}");

        let again = browser.fill_in(&form, &[]).await;
        assert_eq!(again.status, 400, "{kind:?}: the browser keeps no link that was used");
        // To confirm once more changes nothing; a login is one login.
        let replayed = regain.complete_with(kind.2, &token).await.status;
        assert_eq!(replayed, if kind == LOGIN { 400 } else { 200 }, "{kind:?}");
    }
}

#[tokio::test]
async fn a14_nothing_that_is_sent_to_links_with_a_button_comes_back_unescaped() {
    for kind in KINDS {
        let (users, regain) = running().await;
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        browser.open_at(kind.0, &token, kind.1).await;
        let asking = format!("/a/default/{}", kind.0);
        let path_of = "%22%3E%3Csvg%20onload%3Dalert(1)%3E";
        let pages = [
            browser.post(&asking, &[("identifier", EVIL)]).await,
            browser.post(&asking, &[(EVIL, EVIL)]).await,
            browser.post(&asking, &[("identifier", "@"), ("return_to", EVIL)]).await,
            browser.get(&format!("{asking}?return_to={path_of}")).await,
            browser.get(&format!("{asking}/{path_of}")).await,
            browser.get(&format!("{}?{path_of}", path(kind))).await,
            browser.post(&path(kind), &[("csrf", EVIL), ("account", EVIL)]).await,
            browser.post(&path(kind), &[(EVIL, EVIL)]).await,
        ];
        for page in pages {
            assert!(
                !page.body.contains("<svg") && !page.body.contains("alert(1)>"),
                "{}",
                page.body
            );
            assert_guarded(&page, "reflected");
        }
        let ask = json!({ "identifier": EVIL, "locale": EVIL, "return_to": EVIL });
        for refused in [
            regain.post(&format!("/v1/apps/default/{}", kind.2), &ask).await,
            regain.complete_with(kind.2, EVIL).await,
            regain.me(&EVIL.replace(' ', "+")).await,
        ] {
            assert!(refused.status >= 400 && !refused.body.contains("svg"), "{refused:?}");
        }
        assert!(untouched(&users).await, "{kind:?}");
    }
}

#[tokio::test]
async fn a04_a07_no_answer_about_these_links_is_kept_or_referred_to() {
    for kind in KINDS {
        let (_users, regain) = running().await;
        let token = link(&regain, kind).await;
        let purpose = if kind == LOGIN { "login" } else { "email-confirmation" };
        let inspect = json!({ "token": token, "purpose": purpose });
        let inspected = regain.post("/v1/apps/default/tokens/inspect", &inspect).await;
        let completed = regain.complete_with(kind.2, &token).await;
        let session = completed.json()["session"].as_str().map(str::to_owned);
        let mut answers = vec![
            regain.ask_for(kind.2, people(kind)[1]).await,
            regain.complete_with(kind.2, "a.b.c").await,
            regain.get(&format!("/a/default/{}/{token}", kind.0)).await,
            inspected,
            completed,
        ];
        if let Some(session) = session {
            answers.push(regain.me(&session).await);
            answers.push(regain.change_password(&session, "short").await);
            answers.push(regain.change_password(&session, super::NEW).await);
        }
        for answer in answers {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a77_forms_that_are_too_large_too_many_or_no_forms_press_no_button() {
    for kind in KINDS {
        let (users, regain) = running().await;
        let (token, browser) = (link(&regain, kind).await, Browser::new(&regain));
        let form = browser.open_at(kind.0, &token, kind.1).await;
        let mails = regain.mails().len();
        let huge = "x".repeat(70_000);
        for page in [path(kind), format!("/a/default/{}", kind.0)] {
            let oversized = browser.fill_in_at(&page, &form, &[("identifier", &huge)]).await;
            assert_eq!(oversized.status, 413, "{page}");
            let twice = [("account", "a"), ("identifier", "a"), ("identifier", "b")];
            let repeated = browser.fill_in_at(&page, &form, &twice).await;
            assert_eq!(repeated.status, 400, "{page}");
            let json = regain.http.post(format!("{}{page}", regain.url)).body("{}");
            let json = browser.send(json.header("content-type", "application/json")).await;
            assert_eq!(json.status, 415, "{page}");
            for refused in [oversized, repeated, json] {
                assert_guarded(&refused, &page);
                assert!(refused.body.contains("The form was not accepted"), "{}", refused.body);
                assert!(refused.body.contains("Try again"), "the way on: {}", refused.body);
            }
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), mails, "{kind:?}: nothing was asked for");
        assert!(untouched(&users).await, "{kind:?}");
        assert!(done(&browser.fill_in(&form, &[]).await), "{kind:?}");
    }
}
