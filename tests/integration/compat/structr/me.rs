//! The last call: a new password for who is logged in.

use std::time::Duration;

use serde_json::json;

use super::{
    ADA, EVE, ME, NEW, SESSION, key_of, link_for, log_in, path_of, running, set_password,
    switched_on,
};
use crate::browser::Browser;
use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain, answer};
use crate::people::{OLD_HASH, database, hash, person};

const LISTED: &str = "https://app.example.com";

fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.code())
}

/// A browser in which somebody is logged in.
async fn logged_in<'a>(regain: &'a Regain, who: &str) -> Browser<'a> {
    let link = link_for(regain, who).await;
    let browser = Browser::new(regain);
    assert_eq!(log_in(&browser, regain, &link).await.status, 303);
    assert!(browser.cookies.borrow().contains_key(SESSION));
    browser
}

#[tokio::test]
async fn a59_a_refused_password_is_told_of_its_field_and_leaves_the_session_alive() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        let browser = logged_in(&regain, ADA).await;
        let refused = set_password(&browser, "short").await;
        assert_eq!(told(&refused), (422, "password-rejected".to_owned()), "{engine:?}");
        assert_eq!(refused.json()["errors"][0]["field"], "password");
        assert!(!refused.body.contains("new_password") && !refused.body.contains("\"short\""));
        let common = set_password(&browser, "password1").await;
        assert_eq!(common.json()["errors"][0]["reason"], "common", "{engine:?} {common:?}");
        assert_eq!(common.json()["errors"][0]["field"], "password");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
        assert_eq!(set_password(&browser, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a43_whose_password_it_is_the_session_says_and_no_body() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = logged_in(&regain, ADA).await;
    for other in [
        json!({ "password": NEW, "eMail": EVE }),
        json!({ "password": NEW, "id": "2" }),
        json!({ "password": NEW, "name": "eve" }),
        json!({ "password": NEW, "new_password": NEW }),
        json!({ "password": [NEW] }),
        json!({}),
    ] {
        let refused = browser.put(ME, "application/json", other.to_string()).await;
        assert_eq!(told(&refused), (400, "invalid-request".to_owned()), "{other}");
    }
    let twice = format!("{{\"password\":\"{NEW}\",\"password\":\"{NEW}2\"}}");
    assert_eq!(browser.put(ME, "application/json", twice).await.status, 400);
    assert_eq!([hash(&users, 1).await, hash(&users, 2).await], [OLD_HASH, OLD_HASH]);
    assert_eq!(set_password(&browser, NEW).await.status, 200);
    assert_ne!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(hash(&users, 2).await, OLD_HASH);
}

#[tokio::test]
async fn a11_what_the_browser_adds_by_itself_serves_no_other_site_and_no_form() {
    let (users, regain) = running(Engine::Sqlite).await;
    let mut browser = logged_in(&regain, ADA).await;
    for site in ["cross-site", "nonsense", ""] {
        browser.site = Some(site);
        let refused = set_password(&browser, NEW).await;
        assert_eq!(told(&refused), (403, "forbidden".to_owned()), "{site:?}");
        assert!(refused.body.contains("bearer token"), "the cure: {}", refused.body);
    }
    browser.site = Some("same-origin");
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""] {
        let body = json!({ "password": NEW }).to_string();
        let refused = browser.put(ME, kind, body).await;
        assert_eq!(told(&refused), (415, "unsupported-media-type".to_owned()), "{kind:?}");
        assert!(refused.body.contains("contentType"), "the cure: {}", refused.body);
    }
    let posted = browser.post(ME, &[("password", NEW)]).await;
    assert_eq!((posted.status, posted.header("allow")), (405, Some("PUT")));
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    for site in [Some("same-site"), None] {
        let mut browser = logged_in(&regain, EVE).await;
        browser.site = site;
        assert_eq!(set_password(&browser, &format!("{NEW} {site:?}")).await.status, 200);
        regain.clock.advance(Duration::from_mins(20));
    }
}

#[tokio::test]
async fn a11_a82_the_cookie_serves_a_page_of_another_site_where_its_origin_is_on_the_list_alone() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let mut other = settings.apps["default"].clone();
        other.cors = vec!["https://others.example".to_owned()];
        settings.apps.insert("other".to_owned(), other);
        switched_on(settings);
        settings.apps.get_mut("default").unwrap().cors = vec![LISTED.to_owned()];
    })
    .await;
    let mut browser = logged_in(&regain, ADA).await;
    browser.site = Some("cross-site");
    let put = async |origins: &[&str], kind: &str| {
        let request = regain.http.put(format!("{}{ME}", regain.url)).header("content-type", kind);
        let request = origins.iter().fold(request, |request, it| request.header("origin", *it));
        browser.send(request.body(json!({ "password": NEW }).to_string())).await
    };
    let json = "application/json";
    for others in [
        &[][..],
        &["null"],
        &["https://evil.example"],
        &["https://others.example"],
        &["https://app.example.com/"],
        &["https://app.example.com.evil.example"],
        &[LISTED, "https://evil.example"],
        &["https://evil.example", LISTED],
    ] {
        let refused = put(others, json).await;
        assert_eq!(told(&refused), (403, "forbidden".to_owned()), "{others:?}");
        assert_eq!(refused.header("access-control-allow-origin"), None, "{others:?}");
    }
    // Not even there a form, for which no browser asks first.
    let form = put(&[LISTED], "application/x-www-form-urlencoded").await;
    assert_eq!(told(&form), (415, "unsupported-media-type".to_owned()));
    assert_eq!(hash(&users, 1).await, OLD_HASH);

    let done = put(&[LISTED], json).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(done.header("access-control-allow-origin"), Some(LISTED));
    assert_eq!(done.header("access-control-allow-credentials"), Some("true"));
    assert!(!browser.cookies.borrow().contains_key(SESSION), "and the session is over");
    assert_ne!(hash(&users, 1).await, OLD_HASH);
}

#[tokio::test]
async fn a_session_that_is_named_serves_from_anywhere_and_none_is_told() {
    let (users, regain) = running(Engine::Sqlite).await;
    let link = link_for(&regain, ADA).await;
    let done = regain.complete_with("login-links", key_of(&link)).await;
    let session = done.json()["session"].as_str().unwrap().to_owned();
    let put = async |bearer: &str| {
        let request = regain.http.put(format!("{}{ME}", regain.url)).bearer_auth(bearer);
        let request = request.header("content-type", "application/json");
        let request = request.header("sec-fetch-site", "cross-site");
        answer(request.body(json!({ "password": NEW }).to_string())).await
    };
    for bad in ["", "a.b.c", key_of(&link)] {
        let refused = put(bad).await;
        assert_eq!(told(&refused), (401, "unauthorized".to_owned()), "{bad}");
        let expected = if bad.is_empty() { "Bearer" } else { "Bearer error=\"invalid_token\"" };
        assert_eq!(refused.header("www-authenticate"), Some(expected), "{bad}");
    }
    let stranger = set_password(&Browser::new(&regain), NEW).await;
    assert_eq!(told(&stranger), (401, "unauthorized".to_owned()));
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    let done = put(&session).await;
    assert_eq!((done.status, done.header("set-cookie")), (200, None), "no cookie is anybody's");
    assert_ne!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(put(&session).await.status, 401, "it died by that");
}

#[tokio::test]
async fn a_named_session_goes_before_the_cookie_even_where_it_is_not_good() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = logged_in(&regain, ADA).await;
    let cookie = format!("{SESSION}={}", browser.cookies.borrow()[SESSION]);
    let request = regain.http.put(format!("{}{ME}", regain.url)).header("cookie", cookie);
    let request = request.bearer_auth("a.b.c").header("content-type", "application/json");
    let refused = answer(request.body(json!({ "password": NEW }).to_string())).await;
    assert_eq!(refused.status, 401);
    assert_eq!(hash(&users, 1).await, OLD_HASH);
}

#[tokio::test]
async fn a22_the_cookies_of_link_and_session_stand_for_each_other_nowhere() {
    let (users, regain) = running(Engine::Sqlite).await;
    let browser = logged_in(&regain, ADA).await;
    let session = browser.cookies.borrow()[SESSION].clone();
    let link = link_for(&regain, EVE).await;
    browser.get(path_of(&regain, &link)).await;
    let opened = browser.cookies.borrow()["regain-default-login"].clone();
    for (name, value) in [
        (SESSION, opened.as_str()),
        (SESSION, key_of(&link)),
        (SESSION, "x"),
        ("regain-default-login", session.as_str()),
        ("regain-default-reset", session.as_str()),
    ] {
        let swapped = Browser::new(&regain);
        swapped.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
        let refused = set_password(&swapped, NEW).await;
        assert_eq!(told(&refused), (401, "unauthorized".to_owned()), "{name}");
        assert_eq!(swapped.get("/a/default/login-now").await.status, 400, "{name}");
        assert_eq!(swapped.get("/a/default/new-password").await.status, 400, "{name}");
    }
    assert_eq!([hash(&users, 1).await, hash(&users, 2).await], [OLD_HASH, OLD_HASH]);
}

#[tokio::test]
async fn a56_a57_a_session_ends_by_itself_and_by_every_change_of_its_account() {
    for engine in engines() {
        let (users, regain) = running(engine).await;
        for (change, back) in [
            ("password = 'changed'", &*format!("password = '{OLD_HASH}'")),
            ("email = 'thief@evil.example'", "email = 'ada@example.com'"),
            ("recovery_stamp = 'renewed'", "recovery_stamp = NULL"),
            ("is_active = FALSE", "is_active = TRUE"),
        ] {
            let browser = logged_in(&regain, ADA).await;
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            let refused = set_password(&browser, NEW).await;
            assert_eq!(refused.status, 401, "{engine:?} {change}");
            users.execute(&format!("UPDATE users SET {back} WHERE id = 1")).await;
            regain.clock.advance(Duration::from_mins(30));
        }
        let browser = logged_in(&regain, ADA).await;
        regain.clock.advance(Duration::from_mins(16));
        assert_eq!(set_password(&browser, NEW).await.status, 401, "{engine:?}: too old");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
    }
}
