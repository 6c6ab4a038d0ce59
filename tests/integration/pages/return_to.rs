//! The way back that an address names: through the form and the mail to the last page.

use super::{ADA, NEW, assert_guarded};
use crate::browser::{Browser, between, unescaped};
use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{Person, database, person};
use regain::config::LoginLinks;

const UNA: &str = "una@example.com";
const BASKET: &str = "https://app.example.com/shop/basket?item=1&of=2#top";

/// The pages that ask, each with who may ask there.
const ASKING: [(&str, &str); 4] =
    [("reset", ADA), ("not-me", ADA), ("confirm-email", UNA), ("login", ADA)];

async fn running() -> (TestDatabase, Regain) {
    let people = [person(ADA), Person { confirmed: false, ..person(UNA) }];
    let users = database(Engine::Sqlite, &people).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        app.return_to = vec!["https://app.example.com/shop".to_owned()];
    })
    .await;
    (users, regain)
}

fn asking_for(page: &str, target: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("/a/default/{page}?{}", query.append_pair("return_to", target).finish())
}

#[tokio::test]
async fn a12_the_way_back_goes_through_form_and_mail_to_the_last_page() {
    for (page, who) in ASKING {
        let (_users, regain) = running().await;
        let here = Browser::new(&regain);
        let form = here.get(&asking_for(page, BASKET)).await;
        assert_eq!(form.status, 200, "{page}");
        assert_guarded(&form, page);
        let mistaken = here.fill_in(&form, &[("identifier", "@")]).await;
        assert_eq!(mistaken.status, 422, "{page}");
        let sent = here.fill_in(&mistaken, &[("identifier", who)]).await;
        assert_eq!(sent.status, 200, "{page} {}", sent.body);
        let again = asking_for(if page == "not-me" { "reset" } else { page }, BASKET);
        assert!(unescaped(&sent.body).contains(&format!("href=\"{again}\"")), "{}", sent.body);
        regain.worked().await;
        let token = regain.links().pop().unwrap().token();

        let elsewhere = Browser::new(&regain);
        if page == "login" {
            let button = elsewhere.open_at(page, &token, "login-now").await;
            let on = elsewhere.fill_in(&button, &[]).await;
            let location = on.header("location").unwrap();
            let (home, handed_over) = location.split_once('#').unwrap();
            assert_eq!(home, "https://app.example.com/shop", "who gets the session is not asked");
            let parts = url::form_urlencoded::parse(handed_over.as_bytes());
            let beside: Vec<_> = parts.filter(|(name, _)| name == "return_to").collect();
            assert_eq!(beside, [("return_to".into(), BASKET.into())], "{location}");
            continue;
        }
        let done = if page == "confirm-email" {
            let button = elsewhere.open_at(page, &token, "confirm-email-now").await;
            elsewhere.fill_in(&button, &[]).await
        } else {
            let form = elsewhere.open(&token).await;
            let both = [("new_password", NEW), ("confirm_password", NEW)];
            elsewhere.fill_in(&form, &both).await
        };
        assert_eq!(done.status, 200, "{page}");
        assert!(unescaped(&done.body).contains(&format!("href=\"{BASKET}\"")), "{}", done.body);
    }
}

#[tokio::test]
async fn a12_no_target_off_the_list_is_taken_by_address_or_by_form() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    for target in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https://app.example.com@evil.example/shop",
        "https://app.example.com/shop%0d%0aLocation: https://evil.example",
        "https://app.example.com/shop/../../evil",
        "https://app.example.com/",
        "http://app.example.com/shop",
        "https://app.example.com/shop\u{e9}",
    ] {
        for (page, who) in ASKING {
            let shown = browser.get(&asking_for(page, target)).await;
            assert_eq!(shown.status, 422, "{page} {target}");
            assert_guarded(&shown, target);
            assert!(!shown.body.contains("evil"), "{}", shown.body);
            let retry = format!("href=\"/a/default/{page}\"");
            assert!(unescaped(&shown.body).contains(&retry), "the way on: {}", shown.body);

            let form = browser.get(&format!("/a/default/{page}")).await;
            assert!(!form.body.contains("return_to"), "{}", form.body);
            let forged = [("return_to", target), ("identifier", who)];
            assert_eq!(browser.fill_in(&form, &forged).await.status, 422, "{page} {target}");
        }
    }
    let twice = format!("{}&return_to=x", asking_for("reset", BASKET));
    assert_eq!(browser.get(&twice).await.status, 400);
    for none in ["/a/default/reset?return_to=", "/a/default/reset?utm_source=mail"] {
        assert_eq!(browser.get(none).await.status, 200, "{none}");
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a13_a_target_off_the_list_is_refused_alike_for_everybody_and_before_what_was_typed() {
    let (_users, regain) = running().await;
    for (page, who) in ASKING {
        let mut answers = Vec::new();
        for typed in [who, "nobody@example.com", "@", ""] {
            let browser = Browser::new(&regain);
            let form = browser.get(&format!("/a/default/{page}")).await;
            let fields = [("return_to", "https://evil.example/"), ("identifier", typed)];
            let refused = browser.fill_in(&form, &fields).await;
            let reference = between(&refused.body, "class=\"reference\">", "<").unwrap();
            answers.push((refused.status, refused.body.replace(reference, "")));
        }
        assert_eq!(answers[0].0, 422, "{page}");
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{page} {answers:?}");
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a14_a_way_back_is_repeated_escaped_and_in_its_normal_form() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    let evil = "https://app.example.com/shop?\"><svg/onload=alert(1)>&'x=1";
    for (page, _) in ASKING {
        let form = browser.get(&asking_for(page, evil)).await;
        assert_eq!(form.status, 200, "{page}");
        assert_guarded(&form, page);
        assert!(
            !form.body.contains("<svg") && !form.body.contains("onload=alert(1)>"),
            "{}",
            form.body
        );
        let sent = browser.fill_in(&form, &[("identifier", "nobody@example.com")]).await;
        assert_eq!(sent.status, 200, "{page}");
        assert!(!sent.body.contains("<svg"), "{}", sent.body);
    }
}
