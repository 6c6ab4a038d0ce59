//! Links that an operator has made by the API.

use std::time::Duration;

use regain::config::Settings;
use serde_json::{Value, json};

use super::{knowing, new_key, post, with, with_key};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain};
use crate::people::{Person, database, person};

const EVERY: [&str; 3] =
    ["tokens:issue:password-reset", "tokens:issue:email-confirmation", "tokens:issue:login"];

async fn issued(regain: &Regain, key: &str, user_id: &str, body: &Value) -> Answer {
    post(regain, key, &format!("users/{user_id}/tokens"), body).await
}

fn token(answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// Ada, who may log in, and Eve, whose address is not confirmed; a service that leads back to one place.
async fn two_accounts(engine: Engine, scopes: &[&str]) -> (TestDatabase, Regain, String) {
    let eve = Person { confirmed: false, ..person("eve@example.com") };
    let users = database(engine, &[person("ada@example.com"), eve]).await;
    let (key, known) = new_key("desk", scopes);
    let leads_back = |settings: &mut Settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = vec!["https://app.example.com/".to_owned()];
    };
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        leads_back(settings);
    })
    .await;
    (users, regain, key)
}

#[tokio::test]
async fn a_link_that_is_handed_over_works_once_and_its_owner_hears_of_it() {
    for engine in engines() {
        let (_users, regain, key) = two_accounts(engine, &EVERY).await;
        let wish = json!({
            "purpose": "password-reset",
            "lifetime_seconds": 259_200,
            "return_to": "https://app.example.com/welcome",
        });
        let made = issued(&regain, &key, "1", &wish).await;
        let token = token(&made);
        assert_eq!(made.header("cache-control"), Some("no-store"), "A7");
        let link = format!("{}/a/default/reset/{token}", regain.url);
        let answer = json!({ "token": token, "link": link, "expires_at": "2027-01-18T08:00:00Z" });
        assert_eq!(made.json(), answer, "{engine:?}");
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert_eq!(notice.to, "ada@example.com");
        let signature = token.rsplit('.').next().unwrap();
        assert!(
            !notice.raw.contains(signature),
            "{engine:?}: the notice holds no link: {notice:?}"
        );

        regain.clock.advance(Duration::from_hours(72));
        let done = regain.complete(&token, "a new passphrase").await;
        assert_eq!(done.json(), json!({ "return_to": "https://app.example.com/welcome" }));
        assert_eq!(regain.complete(&token, "a new passphrase").await.code(), "token-invalid");
    }
}

#[tokio::test]
async fn each_purpose_wants_its_own_scope() {
    for (number, purpose) in
        ["password-reset", "email-confirmation", "login"].into_iter().enumerate()
    {
        let (_users, regain, key) = two_accounts(Engine::Sqlite, &[EVERY[number]]).await;
        for (other, scope) in
            ["password-reset", "email-confirmation", "login"].into_iter().zip(EVERY)
        {
            let user_id = if other == "email-confirmation" { "2" } else { "1" };
            let made = issued(&regain, &key, user_id, &json!({ "purpose": other })).await;
            if other == purpose {
                token(&made);
            } else {
                assert_eq!((made.status, made.code()), (403, "forbidden".to_owned()));
                let message = format!("the key lacks the scope {scope}");
                assert_eq!(made.json()["errors"][0]["message"], message);
            }
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "what is refused is told to nobody");
    }
}

#[tokio::test]
async fn what_is_mailed_to_its_owner_the_operator_never_sees() {
    for engine in engines() {
        let (_users, regain, key) = two_accounts(engine, &EVERY).await;
        let wish = json!({ "purpose": "login", "send_mail": true });
        let made = issued(&regain, &key, "1", &wish).await;
        assert_eq!((made.status, made.body.as_str()), (202, "{}"), "{engine:?}");
        regain.worked().await;
        let mails = regain.mails();
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, "ada@example.com"), "{engine:?}");
        let done = regain.complete_with("login-links", &mails[0].token()).await;
        assert_eq!(done.status, 200, "{engine:?} {done:?}");

        let reset = json!({ "purpose": "password-reset", "send_mail": true });
        for status in [202, 202, 429] {
            let made = issued(&regain, &key, "1", &reset).await;
            assert_eq!(made.status, status, "{engine:?} {made:?}");
            assert_eq!(made.header("retry-after").is_some(), status == 429);
        }
    }
}

#[tokio::test]
async fn links_handed_over_and_links_mailed_share_one_budget_of_the_account() {
    for engine in engines() {
        let (_users, regain, key) = two_accounts(engine, &EVERY).await;
        let wish = |send_mail| json!({ "purpose": "password-reset", "send_mail": send_mail });
        for (send_mail, status) in
            [(false, 201), (true, 202), (false, 201), (false, 429), (true, 429)]
        {
            let made = issued(&regain, &key, "1", &wish(send_mail)).await;
            assert_eq!(made.status, status, "{engine:?} {made:?}");
            assert_eq!(made.header("retry-after").is_some(), status == 429);
        }
        let confirmation = json!({ "purpose": "email-confirmation" });
        token(&issued(&regain, &key, "2", &confirmation).await);
        assert_eq!(regain.ask("ada@example.com").await.status, 202);
        regain.worked().await;
        let to_ada = regain.mails().iter().filter(|mail| mail.to == "ada@example.com").count();
        assert_eq!(to_ada, 4, "{engine:?}: whoever asks has another");
        regain.clock.advance(Duration::from_mins(20));
        token(&issued(&regain, &key, "1", &wish(false)).await);
    }
}

#[tokio::test]
async fn what_cannot_be_made_is_told_by_member_and_reason() {
    let (users, regain, key) = two_accounts(Engine::Sqlite, &EVERY).await;
    users.execute("UPDATE users SET is_active = FALSE WHERE id = 2").await;
    let reset = |more: Value| {
        let mut wish = json!({ "purpose": "password-reset" });
        wish.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        wish
    };
    for (user_id, wish, status, field, reason) in [
        ("1", json!({ "purpose": "session" }), 422, "purpose", "invalid"),
        ("1", json!({ "purpose": "anything" }), 422, "purpose", "invalid"),
        ("1", json!({}), 400, "purpose", "required"),
        ("1", reset(json!({ "lifetime_seconds": 0 })), 422, "lifetime_seconds", "lifetime"),
        ("1", reset(json!({ "lifetime_seconds": 259_201 })), 422, "lifetime_seconds", "lifetime"),
        ("1", reset(json!({ "lifetime_seconds": u64::MAX })), 422, "lifetime_seconds", "lifetime"),
        ("1", reset(json!({ "lifetime_seconds": -1 })), 400, "lifetime_seconds", "not_number"),
        ("1", reset(json!({ "lifetime_seconds": 1.5 })), 400, "lifetime_seconds", "not_number"),
        ("1", reset(json!({ "lifetime_seconds": "60" })), 400, "lifetime_seconds", "not_number"),
        ("1", reset(json!({ "lifetime_seconds": null })), 400, "lifetime_seconds", "not_number"),
        ("1", reset(json!({ "send_mail": "yes" })), 400, "send_mail", "not_flag"),
        ("1", reset(json!({ "send_mail": 1 })), 400, "send_mail", "not_flag"),
        ("1", reset(json!({ "return_to": "//evil.example" })), 422, "return_to", "not_allowed"),
        ("1", reset(json!({ "user_id": "2" })), 400, "", "unknown"),
        ("2", reset(json!({})), 422, "user_id", "ineligible"),
    ] {
        let refused = issued(&regain, &key, user_id, &wish).await;
        assert_eq!(
            (refused.status, refused.code()),
            (status, "invalid-request".to_owned()),
            "{wish}"
        );
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)), "{wish}");
    }
    let unknown = issued(&regain, &key, "3", &reset(json!({}))).await;
    assert_eq!((unknown.status, unknown.code()), (404, "not-found".to_owned()));
    for nobody in ["abc", "1%20OR%201=1"] {
        assert_eq!(issued(&regain, &key, nobody, &reset(json!({}))).await, unknown, "{nobody}");
    }
    for no_text in ["users/%F0%9F/tokens", "users/1%FF/tokens", "users/%C3%28/revocations"] {
        let refused = post(&regain, &key, no_text, &reset(json!({}))).await;
        assert_eq!((refused.status, refused.code()), (404, "not-found".to_owned()), "{no_text}");
        let error = &refused.json()["errors"][0];
        assert_eq!(error["message"], "has a path that is not UTF-8, and nothing is called so");
    }
    let text = with(&regain, &key, "users/1/tokens", "purpose=password-reset").await;
    assert_eq!(text.status, 400);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0, "and nobody is told of a link that is not there");
}

#[tokio::test]
async fn what_is_not_switched_on_is_told_so() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("desk", &EVERY);
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().api_keys = vec![known];
    })
    .await;
    let refused = issued(&regain, &key, "1", &json!({ "purpose": "login" })).await;
    assert_eq!((refused.status, refused.code()), (409, "not-configured".to_owned()));
}

#[tokio::test]
async fn a_link_of_an_operator_is_explained_and_revoked_like_any_other() {
    for engine in engines() {
        let scopes = ["tokens:issue:password-reset", "tokens:explain", "tokens:revoke"];
        let (_users, regain, key) = with_key(engine, &scopes).await;
        let wish = json!({ "purpose": "password-reset", "lifetime_seconds": 3600 });
        let token = token(&issued(&regain, &key, "1", &wish).await);
        let explain = json!({ "token": token, "purpose": "password-reset" });
        let valid = post(&regain, &key, "tokens/explain", &explain).await.json();
        assert_eq!(
            (&valid["state"], &valid["expires_at"]),
            (&json!("valid"), &json!("2027-01-15T09:00:00Z")),
            "{engine:?}"
        );
        assert_eq!(with(&regain, &key, "users/1/revocations", "").await.status, 204);
        let refused = regain.complete(&token, "a new passphrase").await;
        assert_eq!(refused.code(), "token-invalid", "{engine:?}");
    }
}
