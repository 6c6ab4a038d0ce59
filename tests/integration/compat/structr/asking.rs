//! The first call, and the mail that it has sent.

use regain::app::Service;
use regain::clock::Clock;
use regain::random::Random;
use serde_json::json;

use super::{ADA, ASK, EVE, ask, link_for, link_in, log_in, running, sender_of, switched_on};
use crate::browser::Browser;
use crate::databases::{Engine, engines};
use crate::harness::{Folder, Regain, answer, settings};
use crate::people::{Person, database, person};

const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

#[tokio::test]
async fn a32_what_is_no_plain_address_is_refused_and_nobody_gets_mail() {
    let (_users, regain) = running(Engine::Sqlite).await;
    for kind in ["application/json", FORM] {
        for (body, status) in [
            (r#"{"eMail":["ada@example.com","eve@example.com"]}"#, 400),
            (r#"{"eMail":{"a":"ada@example.com"}}"#, 400),
            (r#"{"eMail":"ada@example.com","eMail":"eve@example.com"}"#, 400),
            (r#"{"eMail":"ada@example.com","id":"2"}"#, 400),
            (r#"{"email":"ada@example.com"}"#, 400),
            (r#"{"eMail":null}"#, 400),
            ("{}", 400),
            (r#"{"eMail":"ada@example.com,eve@example.com"}"#, 422),
            (r#"{"eMail":"ada@example.com\r\nBcc: eve@example.com"}"#, 422),
            (r#"{"eMail":"ada"}"#, 422),
            (r#"{"eMail":""}"#, 422),
        ] {
            let refused = regain.post_raw(ASK, kind, body).await;
            assert_eq!((refused.status, refused.code()), (status, "invalid-request".to_owned()));
            assert!(!refused.body.contains("example.com"), "{kind} {}", refused.body);
        }
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn json_is_taken_as_jquery_calls_it_and_what_is_none_is_told_with_its_cure() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let body = json!({ "eMail": ADA }).to_string();
    assert_eq!(regain.post_raw(ASK, FORM, body.clone()).await.status, 200);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 1);

    for (kind, body, status, cure) in [
        (FORM, "[object Object]", 400, "JSON.stringify"),
        (FORM, "eMail=ada%40example.com", 400, "JSON.stringify"),
        ("text/plain", body.as_str(), 415, "contentType: \\\"application/json\\\""),
        ("multipart/form-data; boundary=x", body.as_str(), 415, "contentType"),
    ] {
        let refused = regain.post_raw(ASK, kind, body.to_owned()).await;
        assert_eq!(refused.status, status, "{kind} {body}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
        assert!(refused.body.contains(cure) && !refused.body.contains("ada"), "{}", refused.body);
    }
    let sent_by_a_page = async |site: &str, kind: &str| {
        let request = regain.http.post(format!("{}{ASK}", regain.url));
        let request = request.header("sec-fetch-site", site).header("content-type", kind);
        answer(request.body(body.clone())).await
    };
    let refused = sent_by_a_page("cross-site", FORM).await;
    assert_eq!(refused.status, 415, "{refused:?}");
    assert!(refused.body.contains("must be called JSON"), "the cure: {}", refused.body);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 1, "and nothing was sent");
    for (site, kind) in [("same-site", FORM), ("cross-site", "application/json")] {
        assert_eq!(sent_by_a_page(site, kind).await.status, 200, "{site} {kind}");
    }
}

#[tokio::test]
async fn a13_another_target_cannot_be_asked_for_and_nobody_is_told_apart_by_trying() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let targeted = async |who: &str| {
        let body = json!({ "eMail": who, "target": "https://evil.example/" });
        regain.post(ASK, &body).await
    };
    let (known, unknown) = (targeted(ADA).await, targeted("nobody@example.com").await);
    assert_eq!((known.status, &known), (400, &unknown));
    // Nor by the query of the path.
    let asked =
        regain.post(&format!("{ASK}?target=//evil.example"), &json!({ "eMail": ADA })).await;
    assert_eq!(asked.status, 200);
    regain.worked().await;
    let link = link_in(&regain.mails().pop().unwrap());
    assert!(link.ends_with("&target=/reset-password"), "{link}");
    let on = log_in(&Browser::new(&regain), &regain, &link).await;
    assert_eq!(on.header("location"), Some(format!("{}/reset-password", regain.url).as_str()));
}

#[tokio::test]
async fn a36_a49_all_kinds_of_links_share_an_accounts_budget_and_the_door_knows_nothing_of_it() {
    for engine in engines() {
        let (_users, regain) = running(engine).await;
        let mut answers = vec![];
        for spelling in [ADA, "ADA@example.com", "ada@EXAMPLE.com", ADA, ADA] {
            answers.push(ask(&regain, spelling).await);
            regain.worked().await;
        }
        assert!(answers.iter().all(|answer| answer == &answers[0] && answer.status == 200));
        for path in ["password-resets", "login-links"] {
            assert_eq!(regain.ask_for(path, ADA).await.status, 202, "{engine:?}");
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), 3, "{engine:?}");
        link_for(&regain, EVE).await;
    }
}

#[tokio::test]
async fn a40_a41_a42_who_is_not_eligible_gets_no_mail_and_the_same_answer() {
    let ineligible = [
        Person { active: false, ..person("disabled@example.com") },
        Person { confirmed: false, ..person("unconfirmed@example.com") },
        Person { deleted: true, ..person("deleted@example.com") },
        Person { password: None, ..person("passwordless@example.com") },
    ];
    let users = database(Engine::Sqlite, &ineligible).await;
    let regain = Regain::start_with(&users.url, switched_on).await;
    let nobody = ask(&regain, "nobody@example.com").await;
    for person in &ineligible {
        assert_eq!(ask(&regain, person.email.as_deref().unwrap()).await, nobody, "{person:?}");
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a72_every_setting_is_said_in_the_mail_as_it_is_and_the_link_alone_is_filled_in() {
    let users = database(
        Engine::Sqlite,
        &[Person { name: Some("Ada Lovelace".to_owned()), ..person(ADA) }],
    )
    .await;
    let regain = Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to.push("https://shop.example/account".to_owned());
        app.structr = toml::from_str(
            r#"
            RESET_PASSWORD_SUBJECT = "Neues Passwort für den „Laden“"
            RESET_PASSWORD_SENDER_NAME = "Laden, \"Kundendienst\""
            RESET_PASSWORD_SENDER_ADDRESS = "dienst@shop.example"
            RESET_PASSWORD_TEXT_BODY = "${user.name}, hier: ${link}\n.\n{{ link }} {% raw %}"
            RESET_PASSWORD_HTML_BODY = "<p title='${link}'>${user.name} {{ link }} <b>&amp;</b>"
            RESET_PASSWORD_CONFIRM_KEY_KEY = "schluessel"
            RESET_PASSWORD_TARGET_PAGE_KEY = "ziel"
            RESET_PASSWORD_TARGET_PAGE = "https://shop.example/account/new?from=mail&x=1"
            "#,
        )
        .unwrap();
    })
    .await;
    let link = link_for(&regain, ADA).await;
    let mail = regain.mails().pop().unwrap();
    assert_eq!(mail.subject, "Neues Passwort für den „Laden“");
    let from = ("Laden, \"Kundendienst\"".to_owned(), "dienst@shop.example".to_owned());
    assert_eq!(sender_of(&mail), from);
    let text = mail.text.replace("\r\n", "\n");
    assert_eq!(
        text.trim_end(),
        format!("${{user.name}}, hier: {link}\n.\n{{{{ link }}}} {{% raw %}}")
    );
    let in_html = link.replace('&', "&amp;");
    assert_eq!(
        mail.html.trim_end(),
        format!("<p title='{in_html}'>${{user.name}} {{{{ link }}}} <b>&amp;</b>")
    );
    let query = link.strip_prefix(&format!("{}/reset-password?schluessel=", regain.url)).unwrap();
    let (_, shown) = query.split_once("&ziel=").unwrap();
    assert_eq!(shown, "https://shop.example/account/new%3Ffrom%3Dmail%26x%3D1");
    let on = log_in(&Browser::new(&regain), &regain, &link).await;
    let target = "https://shop.example/account/new?from=mail&x=1";
    assert_eq!(on.header("location"), Some(target), "without a session in it");
}

#[tokio::test]
async fn a01_a02_no_header_of_a_request_changes_where_the_link_leads() {
    let (_users, regain) = running(Engine::Sqlite).await;
    let body = json!({ "eMail": ADA }).to_string();
    let request = format!(
        "POST {ASK} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n\
         Forwarded: host=evil.example\r\nOrigin: https://evil.example\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = regain.raw(request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    regain.worked().await;
    let mail = regain.mails().pop().unwrap();
    assert!(link_in(&mail).starts_with(&regain.url) && !mail.raw.contains("evil"), "{}", mail.raw);
}

#[tokio::test]
async fn a12_a_target_that_the_application_does_not_list_keeps_the_service_from_starting() {
    let folder = Folder::new();
    for (target, listed) in [
        ("/reset-password", vec![]),
        ("/reset-password", vec!["https://app.example.com/"]),
        ("//evil.example/", vec!["http://127.0.0.1/"]),
        ("https://good.example@evil.example/", vec!["https://good.example/"]),
    ] {
        let mut settings = settings("sqlite::memory:", &folder.0);
        switched_on(&mut settings);
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = listed.into_iter().map(str::to_owned).collect();
        app.structr.target_page = target.to_owned();
        let built = Service::build(&settings, Clock::system(), Random::system());
        let error = built.map(drop).unwrap_err().to_string();
        let says = "`apps.default.structr.RESET_PASSWORD_TARGET_PAGE` leads to ";
        assert!(error.starts_with(says) && error.contains("return_to = ["), "{error}");
    }
}
