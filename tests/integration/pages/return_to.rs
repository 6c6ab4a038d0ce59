//! The way back that an address names: through the form and the mail to the last page.

use std::time::Duration;

use super::{ADA, NEW, assert_guarded};
use crate::browser::{Browser, between, unescaped};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain};
use crate::people::{Person, database, person};
use regain::config::{ApplicationSettings, LoginLinks};

const UNA: &str = "una@example.com";
const BASKET: &str = "https://app.example.com/shop/basket?item=1&of=2#top";

/// The pages that ask, each with who may ask there.
const ASKING: [(&str, &str); 4] =
    [("reset", ADA), ("not-me", ADA), ("confirm-email", UNA), ("login", ADA)];

async fn running() -> (TestDatabase, Regain) {
    let people = [person(ADA), Person { confirmed: false, ..person(UNA) }];
    let users = database(Engine::Sqlite, &people).await;
    let regain = with(&users, |_| {}).await;
    (users, regain)
}

/// The same service with something else about its application.
async fn with(users: &TestDatabase, change: impl FnOnce(&mut ApplicationSettings)) -> Regain {
    Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        app.return_to = vec!["https://app.example.com/shop".to_owned()];
        change(app);
    })
    .await
}

/// Asks there, and takes the token out of the mail.
async fn token(regain: &Regain, page: &str, who: &str) -> String {
    let browser = Browser::new(regain);
    let form = browser.get(&asking_for(page, BASKET)).await;
    assert_eq!(browser.fill_in(&form, &[("identifier", who)]).await.status, 200, "{page}");
    regain.worked().await;
    regain.links().pop().unwrap().token()
}

/// Where the button of a page leads.
fn way_on(page: &Answer) -> String {
    unescaped(between(&page.body, "class=\"button\" href=\"", "\"").unwrap())
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
async fn a12_a_link_that_does_nothing_offers_another_with_the_way_back_that_it_had() {
    for (page, leads_to, who) in [
        ("reset", "new-password", ADA),
        ("confirm-email", "confirm-email-now", UNA),
        ("login", "login-now", ADA),
    ] {
        let (users, regain) = running().await;
        let other_list =
            with(&users, |app| app.return_to = vec!["https://other.example/".to_owned()]).await;
        let token = token(&regain, page, who).await;
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
        let forged = regain.get(&format!("/a/default/{page}/{forged}")).await;
        assert_eq!((forged.status, way_on(&forged)), (400, format!("/a/default/{page}")));

        users.execute("UPDATE users SET email = 'elsewhere@example.com'").await;
        let browser = Browser::new(&regain);
        let dead = browser.open_at(page, &token, leads_to).await;
        assert_eq!((dead.status, way_on(&dead)), (400, asking_for(page, BASKET)));
        assert_eq!(browser.get(&way_on(&dead)).await.status, 200);

        for one in [&regain, &other_list] {
            one.clock.advance(Duration::from_hours(25));
        }
        let late = browser.open_at(page, &token, leads_to).await;
        assert_guarded(&late, page);
        assert_eq!((late.status, way_on(&late)), (410, asking_for(page, BASKET)));
        let off_the_list = Browser::new(&other_list).open_at(page, &token, leads_to).await;
        assert_eq!(
            (off_the_list.status, way_on(&off_the_list)),
            (410, format!("/a/default/{page}"))
        );
    }
}

#[tokio::test]
async fn where_links_of_a_kind_were_switched_off_since_one_to_a_new_password_is_offered() {
    let (users, regain) = running().await;
    let off = with(&users, |app| {
        app.login_links = LoginLinks::Off;
        app.users.confirmed = None;
    })
    .await;
    for (page, leads_to, who) in
        [("login", "login-now", ADA), ("confirm-email", "confirm-email-now", UNA)]
    {
        let token = token(&regain, page, who).await;
        let before = Browser::new(&regain);
        assert_eq!(before.open_at(page, &token, leads_to).await.status, 200);
        let since = Browser::new(&off);
        since.cookies.replace(before.cookies.take());
        for (path, status, leads_on) in [
            (format!("/a/default/{page}/{token}"), 400, asking_for("reset", BASKET)),
            (format!("/a/default/{leads_to}"), 400, asking_for("reset", BASKET)),
            (format!("/a/default/{page}/a.b.c"), 400, "/a/default/reset".to_owned()),
            (format!("/a/default/{page}"), 409, asking_for("reset", BASKET)),
        ] {
            let refused = since.get(&path).await;
            assert_eq!((refused.status, way_on(&refused)), (status, leads_on), "{path}");
            assert_eq!(since.get(&way_on(&refused)).await.status, 200, "{path}");
        }
        let bare = Browser::new(&off).get(&format!("/a/default/{page}")).await;
        assert_eq!((bare.status, way_on(&bare)), (409, "/a/default/reset".to_owned()));
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
