//! What answers say of how often their client may come: what the door allows, and nothing of accounts.

use std::time::Duration;

use regain::config::{ApiKeySettings, Compat, LimitStore, LoginLinks, Settings};
use regain::random::Random;
use regain::token::{ApiKey, Scope};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase};
use crate::harness::Regain;
use crate::people::{Person, database, person};
use crate::redis_server::keys;

const NEW: &str = "a new passphrase";

/// What an answer says.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    status: u16,
    policy: Option<String>,
    now: Option<String>,
    retry_after: Option<String>,
}

async fn told(request: RequestBuilder) -> Told {
    let answer = request.send().await.unwrap();
    let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    Told {
        status: answer.status().as_u16(),
        policy: header("ratelimit-policy"),
        now: header("ratelimit"),
        retry_after: header("retry-after"),
    }
}

impl Told {
    /// Status, policy and standing.
    fn facts(&self) -> (u16, &str, &str) {
        let (policy, now) = (self.policy.as_deref(), self.now.as_deref());
        (self.status, policy.unwrap_or_default(), now.unwrap_or_default())
    }
}

/// A service on which a client may do each thing so often, its key, and people of every class.
async fn limited(
    per_client: &str,
    change: impl FnOnce(&mut Settings),
) -> (TestDatabase, Regain, String) {
    let people = [
        person("known@example.com"),
        Person { active: false, ..person("disabled@example.com") },
        Person { password: None, ..person("passwordless@example.com") },
    ];
    let users = database(Engine::Sqlite, &people).await;
    let key = ApiKey::generate(&Random::system());
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = per_client.parse().unwrap();
        settings.limits.per_key = "60/m".parse().unwrap();
        let page = format!("{}/reset-password", settings.public_url);
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to.push(page);
        app.api_keys = vec![ApiKeySettings {
            name: "backend".to_owned(),
            sha256: key.digest().to_hex(),
            scopes: Scope::names().iter().map(|&scope| scope.to_owned()).collect(),
        }];
        app.compat =
            vec![Compat::BettyBlocks, Compat::CloudCms, Compat::Structr].into_iter().collect();
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        change(settings);
    })
    .await;
    (users, regain, key.expose().to_owned())
}

fn call(regain: &Regain, method: Method, path: &str, body: &Value) -> RequestBuilder {
    let request = regain.http.request(method, format!("{}{path}", regain.url));
    request.header("content-type", "application/json").body(body.to_string())
}

fn ask(regain: &Regain, who: &str) -> RequestBuilder {
    let body = json!({ "identifier": who });
    call(regain, Method::POST, "/v1/apps/default/password-resets", &body)
}

#[tokio::test]
async fn a49_what_is_left_is_counted_down_alike_for_everybody_in_memory_and_in_redis() {
    let redis = keys();
    for redis in [None].into_iter().chain(redis.as_ref().map(Some)) {
        let (_users, regain, _) = limited("6/h", |settings| {
            if let Some(keys) = redis {
                settings.limits.store = LimitStore::Redis;
                settings.redis = keys.settings();
            }
        })
        .await;
        let whose = ["known", "unknown", "disabled", "passwordless", "known", "known"];
        for (who, left) in whose.into_iter().zip((0..6).rev()) {
            let told = told(ask(&regain, &format!("{who}@example.com"))).await;
            let (status, policy, now) = told.facts();
            assert_eq!((status, policy), (202, "\"ask\";q=6;w=3600"), "{who}");
            let (first, seconds) = now.split_once(";t=").unwrap();
            assert_eq!(first, format!("\"ask\";r={left}"), "{who}");
            let seconds: u64 = seconds.parse().unwrap();
            assert!((590..=600).contains(&seconds), "{told:?}");
        }
        for who in ["known", "unknown"] {
            let told = told(ask(&regain, &format!("{who}@example.com"))).await;
            let (status, policy, now) = told.facts();
            assert_eq!((status, policy), (429, "\"ask\";q=6;w=3600"), "{who}");
            let wait = told.retry_after.clone().unwrap();
            assert_eq!(now, format!("\"ask\";r=0;t={wait}"), "{who}");
        }
    }
}

#[tokio::test]
async fn each_operation_and_call_of_other_systems_tells_of_the_door_that_counted_it() {
    let (_users, regain, key) = limited("30/h", |_| {}).await;
    let post = |path: &str, body: Value| call(&regain, Method::POST, path, &body);
    let app = "/v1/apps/default";
    let reset = json!({ "token": "a.b.c", "new_password": NEW });
    let betty = json!({ "inputToken": "a.b.c", "new_password": NEW, "confirm_password": NEW });
    for (request, status, doors) in [
        (post(&format!("{app}/login-links"), json!({ "identifier": "a@example.com" })), 202, "ask"),
        (post(&format!("{app}/password-resets/complete"), reset), 400, "complete"),
        (
            post(&format!("{app}/login-links/complete"), json!({ "token": "a.b.c" })),
            400,
            "complete",
        ),
        (
            post(&format!("{app}/tokens/inspect"), json!({ "token": "a", "purpose": "login" })),
            400,
            "inspect",
        ),
        (regain.http.get(format!("{}{app}/me", regain.url)).bearer_auth("a.b.c"), 401, "inspect"),
        (
            call(
                &regain,
                Method::PUT,
                &format!("{app}/me/password"),
                &json!({ "new_password": NEW }),
            )
            .bearer_auth("a.b.c"),
            401,
            "complete",
        ),
        (
            post(&format!("{app}/users/1/revocations"), json!({})).body("").bearer_auth(&key),
            204,
            "key",
        ),
        (
            post(&format!("{app}/sessions/introspect"), json!({ "session": "a.b.c" }))
                .bearer_auth(&key),
            200,
            "key",
        ),
        (
            post(&format!("{app}/sessions/introspect"), json!({ "session": "a.b.c" }))
                .bearer_auth(ApiKey::generate(&Random::system()).expose()),
            401,
            "wrong-key",
        ),
        (
            ask(&regain, "a@example.com")
                .bearer_auth(&key)
                .header("Regain-Client-Address", "203.0.113.9"),
            202,
            "ask key",
        ),
        (
            post(
                "/betty-blocks/default/request-password-reset",
                json!({ "email_address": "a@example.com" }),
            ),
            200,
            "ask",
        ),
        (post("/betty-blocks/default/reset-password", betty), 400, "complete"),
        (post("/structr/rest/reset-password", json!({ "eMail": "a@example.com" })), 200, "ask"),
        (
            post(
                "/pub/applications/default/requests/resetpassword",
                json!({ "principal": "a@example.com" }),
            ),
            200,
            "prepare",
        ),
    ] {
        let what = format!("{request:?}");
        let told = told(request).await;
        let (found, policy, now) = told.facts();
        let names = |said: &str| {
            let items = said.split(", ").filter(|item| !item.is_empty());
            items
                .map(|item| item.split('"').nth(1).unwrap().to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            (found, names(policy).as_str(), names(now).as_str()),
            (status, doors, doors),
            "{what}"
        );
        for (item, of) in policy.split(", ").zip(doors.split(' ')) {
            let quota = if of == "key" { "q=60;w=60" } else { "q=30;w=3600" };
            assert_eq!(item, format!("\"{of}\";{quota}"));
        }
    }
}

#[tokio::test]
async fn where_nothing_was_counted_nothing_is_told() {
    let (_users, regain, _) = limited("30/h", |_| {}).await;
    let post = |path: &str, body: Value| call(&regain, Method::POST, path, &body);
    let get = |path: &str| regain.http.get(format!("{}{path}", regain.url));
    let asking = "/v1/apps/default/password-resets";
    let nobodys = json!({ "identifier": "a@example.com" });
    for (request, status) in [
        (get("/healthz"), 200),
        (get("/openapi.json"), 200),
        (get("/a/default/reset"), 200),
        (get(asking), 405),
        (post(asking, json!([])), 400),
        (post("/v1/apps/nobodys/password-resets", nobodys), 404),
    ] {
        let what = format!("{request:?}");
        assert_eq!(told(request).await.facts(), (status, "", ""), "{what}");
    }
}

#[tokio::test]
async fn what_a_good_session_is_given_back_is_there_again() {
    let (_users, regain, _) = limited("5/h", |settings| {
        // Where Structr's calls are answered, its links to log in look otherwise.
        settings.apps.get_mut("default").unwrap().compat.clear();
    })
    .await;
    let token = regain.token_of("login-links", "known@example.com").await;
    let answer = regain.complete_with("login-links", &token).await.json();
    let session = answer["session"].as_str().unwrap();
    for _again in 0..3 {
        let me = regain.http.get(format!("{}/v1/apps/default/me", regain.url));
        let told = told(me.bearer_auth(session)).await;
        assert_eq!(told.facts(), (200, "\"inspect\";q=5;w=3600", "\"inspect\";r=5"));
    }
}

#[tokio::test]
async fn what_an_operator_has_used_up_for_an_account_is_told_with_the_true_time_to_wait() {
    let (_users, regain, key) = limited("30/h", |settings| {
        settings.limits.mails_per_account = "2/10m".parse().unwrap();
    })
    .await;
    let issue = || {
        let body = json!({ "purpose": "password-reset" });
        call(&regain, Method::POST, "/v1/apps/default/users/1/tokens", &body).bearer_auth(&key)
    };
    for _link in 0..2 {
        assert_eq!(told(issue()).await.status, 201);
    }
    regain.clock.advance(Duration::from_mins(2));
    let refused = told(issue()).await;
    assert_eq!((refused.status, refused.retry_after.as_deref()), (429, Some("180")));
    assert!(refused.now.unwrap().starts_with("\"key\";r="), "of the key, and of no account");
    regain.clock.advance(Duration::from_secs(179));
    assert_eq!(told(issue()).await.retry_after.as_deref(), Some("1"));
    regain.clock.advance(Duration::from_secs(1));
    assert_eq!(told(issue()).await.status, 201, "as soon as was said");
}

#[tokio::test]
async fn where_nothing_is_limited_nothing_is_told() {
    let (_users, regain, _) = limited("5/h", |settings| settings.limits.enabled = false).await;
    assert_eq!(told(ask(&regain, "known@example.com")).await.facts(), (202, "", ""));
}

#[tokio::test]
async fn a51_a52_behind_a_proxy_each_client_has_its_own_by_whichever_header_the_proxy_writes() {
    for (header, written) in [
        ("forwarded", ["for=203.0.113.9", "for=\"[2001:db8:1:2::1]:80\""]),
        ("x-forwarded-for", ["203.0.113.9", "2001:db8:1:2::1"]),
    ] {
        let (_users, regain, _) = limited("2/h", |settings| {
            settings.trusted_proxies = vec!["127.0.0.1/32".to_owned()];
            settings.proxy_header = if header == "forwarded" {
                regain::config::ProxyHeader::Forwarded
            } else {
                regain::config::ProxyHeader::XForwardedFor
            };
        })
        .await;
        let left = async |line: &str, other: &str| {
            let request = ask(&regain, "a@example.com").header(header, line);
            // What a proxy does not write, a client may.
            let others = if header == "forwarded" { "x-forwarded-for" } else { "forwarded" };
            told(request.header(others, other)).await.status
        };
        for (number, client) in written.into_iter().enumerate() {
            let spoofed = |n: usize| format!("for=198.51.100.{number}{n}, {client}");
            assert_eq!(left(&spoofed(0), "for=192.0.2.1").await, 202, "{header} {client}");
            assert_eq!(left(&spoofed(1), "192.0.2.2").await, 202, "{header} {client}");
            assert_eq!(left(&spoofed(2), "192.0.2.3").await, 429, "{header} {client}");
        }
        let neighbour = written[1].replace("2::1", "2:f::9");
        assert_eq!(left(&neighbour, "").await, 429, "{header}: a /64 is one client");
        assert_eq!(left(&written[1].replace("2::1", "3::1"), "").await, 202, "{header}");
    }
}
