//! An application that there is not.

use regain::http::routes;

use super::{ADA, without_reference};
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

/// The paths of an application's routes, filled in with what is well formed and means nothing.
fn paths(app: &str) -> impl Iterator<Item = String> {
    let of_apps = routes::all().iter().filter(|(template, _)| template.contains("{app"));
    let fill = move |(template, _): &(&str, &str)| {
        let path = template.replace("{app}", app).replace("{application}", app);
        ["{token}", "{file}", "{user_id}", "{doc}", "{hash}"]
            .iter()
            .fold(path, |path, part| path.replace(part, "a.b.c"))
    };
    let paths: Vec<_> = of_apps.map(fill).collect();
    assert!(paths.len() > 15 && paths.iter().all(|path| !path.contains('{')), "{paths:?}");
    paths.into_iter()
}

async fn ask(regain: &Regain, method: &str, path: &str, kind: &str, body: String) -> Answer {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let request = regain.http.request(method, format!("{}{path}", regain.url));
    let request = request.header("content-type", kind).header("authorization", "Bearer a.b.c");
    without_reference(answer(request.body(body)).await)
}

#[tokio::test]
async fn an_unknown_application_is_the_same_404_whatever_is_asked_of_it_and_how() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start(&users.url).await;
    // What is no application's name is none either, and another spelling of one is no name.
    for app in ["unknown", "Default", "defaul%74", "default.", "%00", "a%2Fb", "*"] {
        let problem = regain.get(&format!("/v1/apps/{app}/nothing")).await;
        let page = without_reference(regain.get(&format!("/a/{app}/nothing")).await);
        assert_eq!((problem.status, problem.code()), (404, "not-found".to_owned()));
        assert!(page.status == 404 && page.body.contains("There is no such page"), "{page:?}");
        for path in paths(app) {
            let expected = if path.starts_with("/a/") { &page } else { &problem };
            for method in METHODS {
                for (kind, body) in bodies() {
                    let found = ask(&regain, method, &path, kind, body).await;
                    let mut expected = expected.clone();
                    if method == "HEAD" {
                        expected.body.clear();
                        expected.headers.retain(|(name, _)| name != "content-length");
                    }
                    assert_eq!(found, expected, "{method} {path} {kind}");
                }
            }
        }
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());
    let known = regain.get("/a/default/reset").await;
    assert_eq!(known.status, 200, "one that there is answers");
}
