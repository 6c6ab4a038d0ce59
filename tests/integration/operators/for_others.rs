//! A backend that calls for its own clients, whom it names.

use std::time::Duration;

use regain::config::{Compat, Rate};
use serde_json::json;

use super::{assert_unauthorized, knowing, new_key};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

const HEADER: &str = "Regain-Client-Address";

/// A service where each client may ask twice an hour, and a key be used so often.
async fn limited(scopes: &[&str], per_key: u32) -> (TestDatabase, Regain, String) {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", scopes);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known])(settings);
        let hour = Duration::from_hours(1);
        settings.limits.per_client = Rate { events: 2, period: hour };
        settings.limits.per_key = Rate { events: per_key, period: hour };
    })
    .await;
    (users, regain, key)
}

fn asking(regain: &Regain, path: &str, body: &serde_json::Value) -> reqwest::RequestBuilder {
    let request = regain.http.post(format!("{}/v1/apps/default/{path}", regain.url));
    request.header("content-type", "application/json").body(body.to_string())
}

/// Asks for a link on behalf of a client.
async fn ask_for(regain: &Regain, key: &str, client: &str) -> Answer {
    let body = json!({ "identifier": "ada@example.com" });
    let request = asking(regain, "password-resets", &body);
    answer(request.bearer_auth(key).header(HEADER, client)).await
}

#[tokio::test]
async fn each_client_that_a_backend_names_has_its_own_allowance_and_the_backend_keeps_its() {
    let (_users, regain, key) = limited(&["ask:on-behalf"], 100).await;
    for client in ["203.0.113.9", "203.0.113.10", "2001:db8:1:2::1"] {
        for _ask in 0..2 {
            assert_eq!(ask_for(&regain, &key, client).await.status, 202, "{client}");
        }
        let refused = ask_for(&regain, &key, client).await;
        assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()), "{client}");
    }
    let neighbour = ask_for(&regain, &key, "2001:db8:1:2::ffff").await;
    assert_eq!(neighbour.status, 429, "a /64 is one client");
    for _ask in 0..2 {
        assert_eq!(regain.ask("ada@example.com").await.status, 202, "for itself");
    }
    assert_eq!(regain.ask("ada@example.com").await.status, 429);
}

#[tokio::test]
async fn a51_naming_a_client_uses_up_and_tells_nothing_of_what_it_may_do_itself_or_elsewhere() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["ask:on-behalf"]);
    let (elsewhere, known_elsewhere) = new_key("backend", &["ask:on-behalf"]);
    let regain = Regain::start_with(&users.url, |settings| {
        let other = settings.apps["default"].clone();
        knowing(&[&known])(settings);
        settings.apps.insert("other".to_owned(), other);
        settings.apps.get_mut("other").unwrap().api_keys = vec![known_elsewhere];
        settings.limits.per_client = Rate { events: 2, period: Duration::from_hours(1) };
    })
    .await;
    let ask = async |app: &str, key: Option<&str>| {
        let path = format!("../{app}/password-resets");
        let mut request = asking(&regain, &path, &json!({ "identifier": "ada@example.com" }));
        if let Some(key) = key {
            request = request.bearer_auth(key).header(HEADER, "127.0.0.1");
        }
        let answer = request.send().await.unwrap();
        let said = answer.headers()["ratelimit"].to_str().unwrap();
        let left = said.split("\"ask\";r=").nth(1).and_then(|it| it.chars().next());
        (answer.status().as_u16(), left.expect("what is left"))
    };
    for (app, by) in
        [("default", Some(key.as_str())), ("other", Some(elsewhere.as_str())), ("default", None)]
    {
        for told in [(202, '1'), (202, '0'), (429, '0')] {
            assert_eq!(ask(app, by).await, told, "{app} {}", by.is_some());
        }
    }
    assert_eq!(ask("other", None).await.0, 429, "who comes by itself is one client at all of them");
}

#[tokio::test]
async fn looking_at_a_token_and_using_it_count_for_the_named_client_too() {
    let (_users, regain, key) = limited(&["ask:on-behalf"], 100).await;
    let login = json!({ "token": "a.b.c" });
    let reset = json!({ "token": "a.b.c", "new_password": "a new passphrase" });
    let look = json!({ "token": "a.b.c", "purpose": "password-reset" });
    for (number, (path, body, status)) in [
        ("tokens/inspect", &look, 400),
        ("password-resets/complete", &reset, 400),
        ("login-links/complete", &login, 400),
        ("email-confirmations/complete", &login, 400),
        ("login-links", &json!({ "identifier": "ada@example.com" }), 202),
        ("email-confirmations", &json!({ "identifier": "ada@example.com" }), 202),
    ]
    .into_iter()
    .enumerate()
    {
        for (named, wanted) in [(true, status), (true, status), (true, 429), (false, status)] {
            let client = format!("203.0.113.{number}");
            let request = asking(&regain, path, body);
            let request =
                if named { request.bearer_auth(&key).header(HEADER, client) } else { request };
            assert_eq!(answer(request).await.status, wanted, "{path} {named}");
        }
        regain.clock.advance(Duration::from_hours(2));
    }
}

#[tokio::test]
async fn a_refused_call_spends_nothing_of_another_limit() {
    let (_users, regain, key) = limited(&["ask:on-behalf"], 3).await;
    // What the client has no allowance for costs the key nothing.
    for status in [202, 202, 429, 429, 429] {
        assert_eq!(ask_for(&regain, &key, "203.0.113.9").await.status, status);
    }
    assert_eq!(ask_for(&regain, &key, "203.0.113.10").await.status, 202);
    // What the key has no allowance for costs the client nothing: here one that comes itself, too.
    for _ask in 0..3 {
        let refused = ask_for(&regain, &key, "127.0.0.1").await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1200")));
    }
    for status in [202, 202, 429] {
        assert_eq!(regain.ask("ada@example.com").await.status, status);
    }
}

#[tokio::test]
async fn a51_only_a_key_with_the_scope_names_a_client() {
    let (_users, regain, key) = limited(&[], 100).await;
    let (unknown, _) = new_key("unknown", &["ask:on-behalf"]);
    let refused = ask_for(&regain, &key, "203.0.113.9").await;
    assert_eq!((refused.status, refused.code()), (403, "forbidden".to_owned()));
    assert_eq!(refused.json()["errors"][0]["message"], "the key lacks the scope ask:on-behalf");
    for wrong in [unknown.as_str(), "regain_", "regain_x"] {
        assert_unauthorized(&ask_for(&regain, wrong, "203.0.113.9").await);
        regain.clock.advance(Duration::from_hours(1));
    }
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0, "what is refused asks for nothing");

    // Without a key it is a header like any other, and so is what is no key.
    let body = json!({ "identifier": "ada@example.com" });
    for (number, status) in [202, 202, 429].into_iter().enumerate() {
        let request = asking(&regain, "password-resets", &body);
        let request = request.header(HEADER, format!("203.0.113.{number}"));
        let request = if number == 1 { request.bearer_auth("a.b.c") } else { request };
        assert_eq!(answer(request).await.status, status, "{number}");
    }
}

#[tokio::test]
async fn a_key_may_be_there_without_a_name_and_a_name_must_be_an_address() {
    let (_users, regain, key) = limited(&["ask:on-behalf"], 100).await;
    let body = json!({ "identifier": "ada@example.com" });
    let unnamed = asking(&regain, "password-resets", &body).bearer_auth(&key);
    assert_eq!(answer(unnamed).await.status, 202);
    for bad in ["", "localhost", "203.0.113.9, 203.0.113.10", "203.0.113.9:443", "203.0.113.0/24"] {
        let refused = ask_for(&regain, &key, bad).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-request".to_owned()), "{bad}");
        let error =
            json!([{ "field": HEADER, "reason": "invalid", "message": "is not one IP address" }]);
        assert_eq!(refused.json()["errors"], error, "{bad}");
    }
    let twice = asking(&regain, "password-resets", &body).bearer_auth(&key);
    let twice = twice.header(HEADER, "203.0.113.9").header(HEADER, "203.0.113.10");
    assert_eq!(answer(twice).await.status, 422);
    assert_eq!(regain.ask("ada@example.com").await.status, 202, "which was not counted");
    assert_eq!(regain.ask("ada@example.com").await.status, 429, "as was what named nobody");
}

#[tokio::test]
async fn the_calls_of_other_systems_heed_a_key_and_the_client_that_it_names() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (key, known) = new_key("backend", &["ask:on-behalf"]);
    let (poor, known_poor) = new_key("poor", &[]);
    let (unknown, _) = new_key("unknown", &["ask:on-behalf"]);
    let regain = Regain::start_with(&users.url, |settings| {
        knowing(&[&known, &known_poor])(settings);
        let home = format!("{}/", settings.public_url);
        let app = settings.apps.get_mut("default").unwrap();
        app.compat = [Compat::BettyBlocks, Compat::Structr, Compat::CloudCms].into();
        app.return_to = vec![home];
        settings.limits.per_client = Rate { events: 1, period: Duration::from_hours(1) };
    })
    .await;
    let address = "ada@example.com";
    let reset = json!({
        "inputToken": "a.b.c", "new_password": "a new passphrase",
        "confirm_password": "a new passphrase",
    });
    for (path, body, status) in [
        ("/pub/applications/default/requests/resetpassword", json!({ "principal": address }), 200),
        ("/betty-blocks/default/request-password-reset", json!({ "email_address": address }), 200),
        ("/betty-blocks/default/reset-password", reset, 400),
        ("/structr/rest/reset-password", json!({ "eMail": address }), 200),
    ] {
        let call = || {
            let request = regain.http.post(format!("{}{path}", regain.url));
            request.header("content-type", "application/json").body(body.to_string())
        };
        let by = |key: &str, client: &str| answer(call().bearer_auth(key).header(HEADER, client));
        assert_unauthorized(&by(&unknown, "203.0.113.9").await);
        assert_eq!(by(&poor, "203.0.113.9").await.status, 403, "{path}");
        assert_eq!(by(&key, "nowhere").await.status, 422, "{path}");
        assert_eq!(by(&key, "203.0.113.9").await.status, status, "{path}");
        assert_eq!(by(&key, "203.0.113.9").await.status, 429, "{path}");
        assert_eq!(by(&key, "203.0.113.10").await.status, status, "{path}");
        assert_eq!(answer(call().bearer_auth("a.b.c")).await.status, status, "{path}: itself");
        assert_eq!(answer(call()).await.status, 429, "{path}");
        regain.clock.advance(Duration::from_hours(2));
    }
}

#[tokio::test]
async fn a_key_beside_another_authorization_is_a_wrong_key() {
    let (_users, regain, key) = limited(&["ask:on-behalf"], 100).await;
    let body = json!({ "identifier": "ada@example.com" });
    let [key, other] = [format!("Bearer {key}"), "Bearer a.b.c".to_owned()];
    for pair in [[&key, &key], [&key, &other], [&other, &key], [&"Basic YTpi".to_owned(), &key]] {
        let request = asking(&regain, "password-resets", &body).header(HEADER, "203.0.113.9");
        let request = pair.iter().fold(request, |it, value| it.header("authorization", *value));
        assert_unauthorized(&answer(request).await);
        regain.clock.advance(Duration::from_hours(1));
    }
    // What is no key means nothing, however often.
    let request = asking(&regain, "password-resets", &body);
    let request = request.header("authorization", &other).header("authorization", &other);
    assert_eq!(answer(request).await.status, 202);
}
