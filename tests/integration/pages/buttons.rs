//! Links that lead to a button: confirming an address, and logging in.

use regain::config::{LoginLinks, Settings};

use super::{ADA, BOB, assert_guarded};
use crate::browser::Browser;
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain, answer};
use crate::people::{Person, database, person};

/// Page, page of the button, path of the API.
pub type Kind = (&'static str, &'static str, &'static str);

pub const CONFIRM: Kind = ("confirm-email", "confirm-email-now", "email-confirmations");
pub const LOGIN: Kind = ("login", "login-now", "login-links");

pub fn switched_on(settings: &mut Settings) {
    let app = settings.apps.get_mut("default").unwrap();
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
    app.return_to = vec!["https://app.example.com/".to_owned()];
}

pub async fn running() -> (TestDatabase, Regain) {
    running_with(switched_on).await
}

/// Of each two, one whose address is confirmed and one whose is not.
pub async fn running_with(change: impl FnOnce(&mut Settings)) -> (TestDatabase, Regain) {
    let people = [
        person(ADA),
        person(BOB),
        Person { confirmed: false, ..person("una@example.com") },
        Person { confirmed: false, ..person("ugo@example.com") },
    ];
    let users = database(Engine::Sqlite, &people).await;
    let regain = Regain::start_with(&users.url, change).await;
    (users, regain)
}

pub const fn people(kind: Kind) -> [&'static str; 2] {
    if kind.0.len() == LOGIN.0.len() { [ADA, BOB] } else { ["una@example.com", "ugo@example.com"] }
}

pub async fn untouched(users: &TestDatabase) -> bool {
    let touched = "SELECT email FROM users WHERE last_login IS NOT NULL OR (id > 2 AND confirmed_at IS NOT NULL)";
    users.text(touched).await.is_none()
}

pub fn path(kind: Kind) -> String {
    format!("/a/default/{}", kind.1)
}

fn leads_to(page: &Answer, asking: &str) -> bool {
    page.body.replace("&#x2f;", "/").contains(&format!("href=\"/a/default/{asking}\""))
}

/// Asks by the page and takes the token out of the mail.
async fn asked(browser: &Browser<'_>, regain: &Regain, kind: Kind) -> String {
    let ask = browser.get(&format!("/a/default/{}", kind.0)).await;
    assert_guarded(&ask, "ask");
    let sent = browser.fill_in(&ask, &[("identifier", people(kind)[0])]).await;
    assert_eq!(sent.status, 200);
    let again = format!("href=\"/a/default/{}\"", kind.0);
    assert!(sent.body.contains(&again), "{}", sent.body);
    regain.worked().await;
    regain.links().pop().unwrap().token()
}

#[tokio::test]
async fn a05_a07_an_address_is_confirmed_by_the_button_and_again() {
    let (users, regain) = running().await;
    let browser = Browser::new(&regain);
    let token = asked(&browser, &regain, CONFIRM).await;
    let form = browser.open_at(CONFIRM.0, &token, CONFIRM.1).await;
    assert_eq!(form.status, 200);
    assert_guarded(&form, "button");
    assert!(form.body.contains("u…@example.com"), "{}", form.body);
    assert!(!form.body.contains(&token) && !form.body.contains("una@"), "{}", form.body);
    let confirmed = "SELECT email FROM users WHERE id = 3 AND confirmed_at IS NOT NULL";
    assert_eq!(users.text(confirmed).await, None, "not yet");
    let done = browser.fill_in(&form, &[]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_guarded(&done, "done");
    assert!(done.body.contains("is confirmed"), "{}", done.body);
    assert!(users.text(confirmed).await.is_some());
    assert!(!browser.cookies.borrow().contains_key("regain-default-confirm-email"));

    let again = browser.open_at(CONFIRM.0, &token, CONFIRM.1).await;
    assert_eq!(browser.fill_in(&again, &[]).await.status, 200);
}

#[tokio::test]
async fn a05_a07_a12_the_button_logs_in_once_and_leads_to_the_application_with_the_session() {
    let (_users, regain) = running().await;
    let browser = Browser::new(&regain);
    let token = asked(&browser, &regain, LOGIN).await;
    let form = browser.open_at(LOGIN.0, &token, LOGIN.1).await;
    assert_guarded(&form, "button");
    let policy = form.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self' https://app.example.com"), "{policy}");
    let on = browser.fill_in(&form, &[]).await;
    assert_eq!((on.status, on.body.as_str()), (303, ""));
    assert_eq!(on.header("cache-control"), Some("no-store"));
    assert_eq!(on.header("referrer-policy"), Some("no-referrer"));
    let location = on.header("location").unwrap();
    let fragment = location.strip_prefix("https://app.example.com/#session=").unwrap();
    let (session, rest) = fragment.split_once('&').unwrap();
    assert_eq!(rest, "expires_at=1800000900");
    assert_eq!(regain.me(session).await.status, 200);
    assert!(!browser.cookies.borrow().contains_key("regain-default-login"));

    let again = browser.open_at(LOGIN.0, &token, LOGIN.1).await;
    assert_eq!(again.status, 400);
    assert_guarded(&again, "spent");
    assert!(leads_to(&again, "login"), "the way on: {}", again.body);
    assert!(!again.body.contains("password is set"), "{}", again.body);
}

#[tokio::test]
async fn a12_who_asks_chooses_what_stands_beside_the_session_and_never_who_gets_it() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let start = |lists: &'static [&'static str]| {
        Regain::start_with(&users.url, move |settings| {
            switched_on(settings);
            let app = settings.apps.get_mut("default").unwrap();
            app.login_to = Some("https://in.example.com/take?by=link".to_owned());
            app.return_to = lists.iter().map(|&target| target.to_owned()).collect();
        })
    };
    let listing = start(&["https://app.example.com/", "https://blog.example.com/"]).await;
    let listing_less = start(&["https://app.example.com/shop"]).await;
    let wished = "https://blog.example.com/open?url=//evil.example#x&session=y";
    for (uses, stands_beside) in [(&listing_less, None), (&listing, Some(wished))] {
        for one in [&listing, &listing_less] {
            one.clock.advance(std::time::Duration::from_mins(20));
        }
        let body = serde_json::json!({ "identifier": ADA, "return_to": wished });
        assert_eq!(listing.post("/v1/apps/default/login-links", &body).await.status, 202);
        listing.worked().await;
        let token = listing.links().pop().unwrap().token();
        let browser = Browser::new(uses);
        let form = browser.open_at(LOGIN.0, &token, LOGIN.1).await;
        let policy = form.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self' https://in.example.com "), "{policy}");
        let on = browser.fill_in(&form, &[]).await;
        let location = url::Url::parse(on.header("location").unwrap()).unwrap();
        let (page, _) = location.as_str().split_once('#').unwrap();
        assert_eq!(page, "https://in.example.com/take?by=link");
        let fragment = location.fragment().unwrap();
        let parts: Vec<_> = url::form_urlencoded::parse(fragment.as_bytes()).collect();
        let names: Vec<_> = parts.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names[..2], ["session", "expires_at"], "{fragment}");
        assert_eq!(parts.get(2).map(|(_, target)| &**target), stands_beside, "{fragment}");
        assert_eq!(uses.me(&parts[0].1).await.status, 200);
    }
}

#[tokio::test]
async fn a12_where_nobody_can_be_sent_nobody_is_logged_in_and_the_link_goes_on_working() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        settings.apps.get_mut("default").unwrap().return_to = vec![];
    })
    .await;
    let token = regain.token_of(LOGIN.2, ADA).await;
    let browser = Browser::new(&regain);
    let form = browser.open_at(LOGIN.0, &token, LOGIN.1).await;
    assert_eq!(browser.fill_in(&form, &[]).await.status, 409);
    assert!(untouched(&users).await);
    assert_eq!(regain.complete_with(LOGIN.2, &token).await.status, 200);
}

#[tokio::test]
async fn a08_a09_scanners_that_open_links_and_press_without_having_been_shown_spend_nothing() {
    for kind in [CONFIRM, LOGIN] {
        let (users, regain) = running().await;
        let token = regain.token_of(kind.2, people(kind)[0]).await;
        let link = format!("/a/default/{}/{token}", kind.0);
        for _ in 0..25 {
            let scanner = Browser::new(&regain);
            assert_eq!(scanner.open_at(kind.0, &token, kind.1).await.status, 200);
            assert_eq!(answer(regain.http.head(format!("{}{link}", regain.url))).await.status, 303);
            let head = regain.http.head(format!("{}{}", regain.url, path(kind)));
            assert!(answer(head).await.status < 500);
        }
        let refused = |answer: Answer, why: &str| {
            assert!((400..500).contains(&answer.status), "{kind:?} {why}: {answer:?}");
        };
        let bare = Browser::new(&regain);
        refused(bare.post(&path(kind), &[]).await, "without anything");
        refused(bare.post(&link, &[]).await, "to the link itself");
        let scanner = Browser::new(&regain);
        let form = scanner.open_at(kind.0, &token, kind.1).await;
        refused(
            scanner.post(&path(kind), &[]).await,
            "same-origin, with the cookie, without values",
        );
        let value = |name: &str| {
            let field = format!("name=\"{name}\" value=\"");
            crate::browser::between(&form.body, &field, "\"").unwrap().to_owned()
        };
        let (csrf, account) = (value("csrf"), value("account"));
        for fields in [
            &[("csrf", csrf.as_str())][..],
            &[("account", account.as_str())],
            &[("csrf", "x"), ("account", account.as_str())],
            &[("csrf", account.as_str()), ("account", csrf.as_str())],
        ] {
            refused(scanner.post(&path(kind), fields).await, "with a part of them");
        }
        let good = [("csrf", csrf.as_str()), ("account", account.as_str())];
        refused(Browser::new(&regain).post(&path(kind), &good).await, "another browser's values");
        let held = scanner.cookies.borrow()[&format!("regain-default-{}", kind.0)].clone();
        let thief = Browser::new(&regain);
        thief.cookies.borrow_mut().insert(format!("regain-default-{}", kind.0), held);
        refused(thief.post(&path(kind), &good).await, "without the cookie of its form");
        assert!(untouched(&users).await, "{kind:?}");
        let done = scanner.post(&path(kind), &good).await;
        assert!(matches!(done.status, 200 | 303), "{kind:?} {done:?}");
    }
}

#[tokio::test]
async fn a11_a_button_is_pressed_on_our_own_page_and_nowhere_else() {
    for kind in [CONFIRM, LOGIN] {
        let (users, regain) = running().await;
        let token = regain.token_of(kind.2, people(kind)[0]).await;
        let mut browser = Browser::new(&regain);
        let form = browser.open_at(kind.0, &token, kind.1).await;
        for site in ["cross-site", "same-site", "nonsense", ""] {
            browser.site = Some(site);
            let refused = browser.fill_in(&form, &[]).await;
            assert_eq!(refused.status, 403, "{kind:?} {site:?} with good values");
            assert_guarded(&refused, site);
        }
        assert!(untouched(&users).await, "{kind:?}");
        browser.site = None;
        assert!(matches!(browser.fill_in(&form, &[]).await.status, 200 | 303), "{kind:?}");
    }
}

#[tokio::test]
async fn a22_a_cookie_of_one_kind_of_link_opens_no_other() {
    let (users, regain) = running().await;
    let tokens =
        [regain.token_of(CONFIRM.2, "una@example.com").await, regain.token_of(LOGIN.2, ADA).await];
    let browser = Browser::new(&regain);
    browser.open_at(CONFIRM.0, &tokens[0], CONFIRM.1).await;
    browser.open_at(LOGIN.0, &tokens[1], LOGIN.1).await;
    let sealed = |kind: &str| browser.cookies.borrow()[&format!("regain-default-{kind}")].clone();
    let (confirm, login) = (sealed("confirm-email"), sealed("login"));
    for (jar, value) in [("login", &confirm), ("confirm-email", &login), ("reset", &login)] {
        let swapped = Browser::new(&regain);
        swapped.cookies.borrow_mut().insert(format!("regain-default-{jar}"), value.clone());
        let page = if jar == "reset" { "new-password".to_owned() } else { format!("{jar}-now") };
        let refused = swapped.get(&format!("/a/default/{page}")).await;
        assert_eq!(refused.status, 400, "{jar} {refused:?}");
    }
    // And a token of another kind in the address of a link.
    let crossed = Browser::new(&regain);
    for (kind, token) in [(LOGIN.0, &tokens[0]), (CONFIRM.0, &tokens[1])] {
        assert_eq!(crossed.get(&format!("/a/default/{kind}/{token}")).await.status, 400);
    }
    assert!(crossed.cookies.borrow().is_empty());
    assert!(untouched(&users).await);
}

#[tokio::test]
async fn of_two_tabs_the_later_link_wins_and_not_before_its_account_was_shown() {
    for kind in [CONFIRM, LOGIN] {
        let (users, regain) = running().await;
        let [one, other] = people(kind);
        let tokens = [regain.token_of(kind.2, one).await, regain.token_of(kind.2, other).await];
        let browser = Browser::new(&regain);
        let first = browser.open_at(kind.0, &tokens[0], kind.1).await;
        browser.open_at(kind.0, &tokens[1], kind.1).await;
        let shown = browser.fill_in(&first, &[]).await;
        assert_eq!(shown.status, 422, "{kind:?}");
        assert_guarded(&shown, "shown again");
        assert!(shown.body.contains("another link was opened"), "{}", shown.body);
        assert!(untouched(&users).await, "{kind:?}");
        assert!(matches!(browser.fill_in(&shown, &[]).await.status, 200 | 303), "{kind:?}");
    }
}

#[tokio::test]
async fn an_expired_link_leads_to_the_page_that_asks_for_one_of_its_kind() {
    for kind in [CONFIRM, LOGIN] {
        let (_users, regain) = running().await;
        let token = regain.token_of(kind.2, people(kind)[0]).await;
        regain.clock.advance(std::time::Duration::from_hours(25));
        let late = Browser::new(&regain).open_at(kind.0, &token, kind.1).await;
        assert_eq!(late.status, 410);
        assert!(leads_to(&late, kind.0), "{}", late.body);
    }
}

#[tokio::test]
async fn where_it_is_not_switched_on_there_is_no_such_page() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().users.confirmed = None;
    })
    .await;
    for page in ["confirm-email", "login"] {
        let browser = Browser::new(&regain);
        let none = browser.get(&format!("/a/default/{page}")).await;
        assert_eq!(none.status, 409, "{page}");
        assert_guarded(&none, page);
        let posted = browser.post(&format!("/a/default/{page}"), &[("identifier", ADA)]).await;
        assert_eq!(posted.status, 409, "{page}");
    }
}

#[tokio::test]
async fn a11_only_values_of_our_own_making_are_signed_for_a_form() {
    let (_users, regain) = running().await;
    for forged in ["account/2", "", "short", "with%2fa-slash-in-it-22ch"] {
        let browser = Browser::new(&regain);
        browser.cookies.borrow_mut().insert("regain-default-form".to_owned(), forged.to_owned());
        let page = browser.get("/a/default/reset").await;
        assert_eq!(page.status, 200);
        let now = browser.cookies.borrow()["regain-default-form"].clone();
        assert!(now != forged && now.len() == 22, "{forged:?} was kept: {now:?}");
    }
}
