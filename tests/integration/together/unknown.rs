//! An application that there is not, and one that does not answer the calls of another system.

use regain::config::Compat;
use regain::http::routes;

use super::{ADA, beside, everything, without_reference};
use crate::databases::Engine;
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

/// What is sent along: nothing, what an operation takes, what none takes, and more than any takes.
fn bodies() -> [(&'static str, String); 4] {
    let ask = format!(r#"{{"identifier":"{ADA}"}}"#);
    [
        ("application/json", String::new()),
        ("application/json", ask),
        ("text/plain", "{".to_owned()),
        ("application/x-www-form-urlencoded", "x".repeat(70_000)),
    ]
}

/// The paths of routes, filled in with an application and with what is well formed and means nothing.
fn paths(app: &str, of: impl Fn(&str) -> bool) -> Vec<String> {
    let fill = |(template, _): &(&str, &str)| {
        let path = template.replace("{app}", app).replace("{application}", app);
        ["{token}", "{file}", "{user_id}", "{doc}", "{hash}"]
            .iter()
            .fold(path, |path, part| path.replace(part, "a.b.c"))
    };
    let paths: Vec<_> =
        routes::all().iter().filter(|(template, _)| of(template)).map(fill).collect();
    assert!(!paths.is_empty() && paths.iter().all(|path| !path.contains('{')), "{paths:?}");
    paths
}

async fn ask(regain: &Regain, method: &str, path: &str, kind: &str, body: String) -> Answer {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = regain.http.request(method, format!("{}{path}", regain.url));
    let request = request.header("content-type", kind).header("authorization", "Bearer a.b.c");
    without_reference(answer(request.body(body)).await)
}

/// That this is answered to every method and every body; to HEAD without the body.
async fn assert_always(regain: &Regain, path: &str, expected: &Answer) {
    for method in METHODS {
        for (kind, body) in bodies() {
            let found = ask(regain, method, path, kind, body).await;
            let mut expected = expected.clone();
            if method == "HEAD" {
                expected.body.clear();
                expected.headers.retain(|(name, _)| name != "content-length");
            }
            assert_eq!(found, expected, "{method} {path} {kind}");
        }
    }
}

#[tokio::test]
async fn an_unknown_application_is_the_same_404_whatever_is_asked_of_it_and_how() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, everything).await;
    // What is no application's name is none either, and another spelling of one is no name.
    for app in ["unknown", "Default", "defaul%74", "default.", "%00", "a%2Fb", "*"] {
        let problem = regain.get(&format!("/v1/apps/{app}/nothing")).await;
        let page = without_reference(regain.get(&format!("/a/{app}/nothing")).await);
        assert_eq!((problem.status, problem.code()), (404, "not-found".to_owned()));
        assert!(page.status == 404 && page.body.contains("There is no such page"), "{page:?}");
        let paths = paths(app, |template| template.contains("{app"));
        assert!(paths.len() > 20, "{paths:?}");
        for path in paths {
            let expected = if path.starts_with("/a/") { &page } else { &problem };
            assert_always(&regain, &path, expected).await;
        }
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
    let known = regain.get("/a/default/reset").await;
    assert_eq!(known.status, 200, "one that there is answers");
}

/// Whether a route is one of another system's calls.
fn is_of(system: Compat, template: &str) -> bool {
    let places: &[&str] = match system {
        Compat::BettyBlocks => &["/betty-blocks/"],
        Compat::CloudCms => &["/pub/"],
        Compat::Structr => &["/structr/", "/reset-password"],
    };
    places.iter().any(|place| template.starts_with(place))
}

#[tokio::test]
async fn a_system_that_an_application_does_not_answer_is_the_same_404_as_no_application() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        beside(settings, "betty");
        beside(settings, "cloud");
        everything(settings);
        for (name, system) in [("betty", Compat::BettyBlocks), ("cloud", Compat::CloudCms)] {
            settings.apps.get_mut(name).unwrap().compat = [system].into();
        }
        // Named otherwise there, it is not there by its own name.
        settings.apps.get_mut("cloud").unwrap().cloud_cms.application_id = Some("9f2d".to_owned());
        settings.apps.get_mut("default").unwrap().compat.clear();
    })
    .await;
    let problem = regain.get("/v1/apps/unknown/nothing").await;
    assert_eq!((problem.status, problem.code()), (404, "not-found".to_owned()));
    for (system, apps) in [
        (Compat::BettyBlocks, &["default", "cloud", "9f2d", "unknown"][..]),
        (Compat::CloudCms, &["default", "betty", "cloud", "unknown"]),
    ] {
        for app in apps {
            for path in paths(app, |template| is_of(system, template)) {
                assert_always(&regain, &path, &problem).await;
            }
        }
    }
    let page = without_reference(regain.get("/reset-password").await);
    assert_eq!((page.status, page.header("set-cookie")), (404, None));
    for path in paths("", |template| is_of(Compat::Structr, template)) {
        let expected = if path == "/reset-password" { &page } else { &problem };
        assert_always(&regain, &path, expected).await;
    }
    // Where they are answered, they are.
    for (system, app) in [(Compat::BettyBlocks, "betty"), (Compat::CloudCms, "9f2d")] {
        for path in paths(app, |template| is_of(system, template)) {
            let found = ask(&regain, "POST", &path, "application/json", "{}".to_owned()).await;
            assert_ne!(found.status, 404, "{path}");
        }
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
}
