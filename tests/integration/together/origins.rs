//! A82: scripts of other origins, along the route table, of three applications with lists of their own.

use regain::config::{Compat, Settings};
use regain::http::routes;
use reqwest::Method;
use serde_json::{Value, json};

use super::trio::{Own, Trio};
use crate::databases::Engine;
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

/// Who is on whose list.
const LISTED: [(&str, &str); 4] = [
    ("hats", "https://app.hats.example"),
    ("hats", "http://localhost:3000"),
    ("bank", "https://app.bank.example:8443"),
    ("photo-club", "https://photo.example"),
];

const SESSIONS: [&str; 2] = ["/v1/apps/{app}/me", "/v1/apps/{app}/me/password"];
const COOKIE: &str = "/structr/rest/me";

fn lists(settings: &mut Settings) {
    settings.docs = true;
    for (name, app) in &mut settings.apps {
        let own = LISTED.iter().filter(|(listed, _)| listed == name);
        app.cors = own.map(|(_, origin)| (*origin).to_owned()).collect();
    }
    let home = format!("{}/", settings.public_url);
    let hats = settings.apps.get_mut("hats").unwrap();
    hats.compat.insert(Compat::Structr);
    hats.return_to.push(home);
}

/// A call of a script, or what its browser asks before.
async fn send(regain: &Regain, at: &Own, method: &str, path: &str, origins: &[&str]) -> Answer {
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    let request = regain.http.request(method.clone(), format!("{}{path}", regain.url));
    let request = origins.iter().fold(request, |request, it| request.header("origin", *it));
    let request = request.header("host", at.host());
    answer(if method == Method::OPTIONS {
        let request = request.header("access-control-request-method", "POST");
        request.header("access-control-request-headers", "content-type, x-other")
    } else {
        request.header("content-type", "application/json").body("{}")
    })
    .await
}

fn granted(answer: &Answer) -> Vec<(&str, &str)> {
    let headers = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
    headers.map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What the document, or for other systems' calls the contract, lets scripts call.
fn is_for_scripts(document: &Value, template: &str, method: &str) -> bool {
    let operation = &document["paths"][template][method.to_lowercase()];
    let with_key = json!([{ "api_key": [] }]);
    template.starts_with("/v1/apps/") && operation["security"] != with_key
        || ["/betty-blocks/", "/pub/", "/structr/"].iter().any(|it| template.starts_with(it))
}

fn path(template: &str, app: &str) -> String {
    let path = template.replace("{app}", app).replace("{application}", app);
    path.replace(['{', '}'], "")
}

#[tokio::test]
async fn a82_on_every_route_an_origin_is_granted_the_calls_of_its_own_application_and_nothing_else()
{
    let Trio { regain, apps } = Trio::start(lists).await;
    let document = regain.get("/openapi.json").await.json();
    let (mut yes, mut no) = (0, 0);
    for (template, allow) in routes::all() {
        let own = allow.split(", ").next().unwrap();
        let for_scripts = is_for_scripts(&document, template, own);
        let named = template.contains("{app}") || template.contains("{application}");
        for at in apps.iter().filter(|at| named || at.answers_structr) {
            let path = path(template, at.facts.name);
            for (app, origin) in LISTED {
                let what = format!("{template} of {} from {origin}", at.facts.name);
                let asked = send(&regain, at, "OPTIONS", &path, &[origin]).await;
                let called = send(&regain, at, own, &path, &[origin]).await;
                for answer in [&asked, &called] {
                    let vary = for_scripts.then_some("Origin");
                    assert_eq!(answer.header("vary"), vary, "{what} {answer:?}");
                }
                if !for_scripts || app != at.facts.name {
                    assert_eq!((granted(&asked), granted(&called)), (vec![], vec![]), "{what}");
                    // Nothing of the demo is there.
                    let status = if template.starts_with("/demo") { 404 } else { 405 };
                    assert_eq!(asked.status, status, "{what} {asked:?}");
                    no += 1;
                    continue;
                }
                let mut told = vec![
                    ("access-control-allow-origin", origin),
                    (
                        "access-control-expose-headers",
                        "RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
                    ),
                ];
                if *template == COOKIE {
                    told.insert(0, ("access-control-allow-credentials", "true"));
                }
                assert_eq!(granted(&called), told, "{what} {called:?}");
                let session = SESSIONS.contains(template) || *template == COOKIE;
                let headers = if session { "Content-Type, Authorization" } else { "Content-Type" };
                told.extend([
                    ("access-control-allow-headers", headers),
                    ("access-control-allow-methods", allow),
                    ("access-control-max-age", "600"),
                ]);
                told.sort_unstable();
                assert_eq!((asked.status, granted(&asked)), (204, told), "{what}");
                assert_eq!((asked.body.as_str(), asked.header("allow")), ("", None), "{what}");
                yes += 1;
            }
        }
    }
    assert!(yes > 60 && no > 300, "{yes} granted, {no} not");
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a82_what_only_looks_like_a_listed_origin_is_granted_nothing() {
    let Trio { regain, apps } = Trio::start(lists).await;
    let hats = &apps[0];
    let listed = "https://app.hats.example";
    for path in ["/v1/apps/hats/password-resets", "/structr/rest/reset-password", COOKIE] {
        for others in [
            &[][..],
            &["null"],
            &["*"],
            &[""],
            &["http://app.hats.example"],
            &["https://app.hats.example/"],
            &["https://app.hats.example:443"],
            &["https://app.hats.example:8443"],
            &["HTTPS://APP.HATS.EXAMPLE"],
            &["https://app.hats.example.evil.example"],
            &["https://evil-app.hats.example"],
            &["https://x.app.hats.example"],
            &["https://hats.example"],
            &["http://localhost"],
            &["http://127.0.0.1:3000"],
            &[&*format!("{listed} https://evil.example")],
            &[&*format!("{listed}, https://evil.example")],
            &[listed, "https://evil.example"],
            &["https://evil.example", listed],
            &[listed, listed],
        ] {
            let asked = send(&regain, hats, "OPTIONS", path, others).await;
            assert_eq!((asked.status, granted(&asked)), (405, vec![]), "{path} {others:?}");
            let called = send(&regain, hats, "POST", path, others).await;
            assert_eq!(granted(&called), [], "{path} {others:?}");
        }
        assert_eq!(send(&regain, hats, "OPTIONS", path, &[listed]).await.status, 204, "{path}");
        // Where no browser asks, OPTIONS is a method like any other.
        let request = regain.http.request(Method::OPTIONS, format!("{}{path}", regain.url));
        let plain = answer(request.header("host", hats.host()).header("origin", listed)).await;
        assert_eq!(plain.status, 405, "{path}");
    }
}

#[tokio::test]
async fn a82_on_the_host_of_another_application_nobody_is_granted_anything() {
    let Trio { regain, apps } = Trio::start(lists).await;
    let [hats, bank, club] = &apps[..] else { panic!("three") };
    for (path, own, origin, elsewhere) in [
        ("/v1/apps/bank/password-resets", bank, LISTED[2].1, club),
        ("/pub/applications/bank/requests/resetpassword", bank, LISTED[2].1, club),
        ("/betty-blocks/photo-club/reset-password", club, LISTED[3].1, bank),
        ("/structr/rest/reset-password", hats, LISTED[0].1, bank),
    ] {
        assert_eq!(send(&regain, own, "OPTIONS", path, &[origin]).await.status, 204, "{path}");
        // Nor those who are on the list of the one whose host it is.
        for (_, origin) in LISTED {
            for method in ["OPTIONS", "POST"] {
                let refused = send(&regain, elsewhere, method, path, &[origin]).await;
                assert_eq!((refused.status, granted(&refused)), (404, vec![]), "{method} {path}");
                assert_eq!(refused.header("vary"), None, "{method} {path}: as if it were nowhere");
            }
        }
    }
}

#[tokio::test]
async fn a82_calls_that_are_not_switched_on_are_granted_to_nobody_and_asking_first_costs_nothing() {
    let origin = "https://app.example.com";
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().cors = vec![origin.to_owned()];
        settings.limits.per_client = "1/h".parse().unwrap();
    })
    .await;
    let preflight = async |path: &str| {
        let request = regain.http.request(Method::OPTIONS, format!("{}{path}", regain.url));
        let request = request.header("origin", origin);
        answer(request.header("access-control-request-method", "POST")).await
    };
    let call = async || {
        let request = regain.http.post(format!("{}/v1/apps/default/password-resets", regain.url));
        let request = request.header("origin", origin).header("content-type", "application/json");
        answer(request.body(r#"{"identifier":"ada@example.com"}"#)).await
    };
    for path in [
        "/structr/rest/me",
        "/structr/rest/reset-password",
        "/pub/applications/default/requests/resetpassword",
        "/betty-blocks/default/reset-password",
        "/v1/apps/unknown/password-resets",
    ] {
        let refused = preflight(path).await;
        assert_eq!((refused.status, granted(&refused)), (404, vec![]), "{path}");
    }
    for _ in 0..20 {
        assert_eq!(preflight("/v1/apps/default/password-resets").await.status, 204);
    }
    assert_eq!(call().await.status, 202);
    // And a script can read for how long it has to wait.
    let limited = call().await;
    assert_eq!(
        (limited.status, limited.header("access-control-allow-origin")),
        (429, Some(origin))
    );
    assert!(limited.header("retry-after").is_some());
}
