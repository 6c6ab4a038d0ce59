//! On every route there is, only its own methods do anything, whatever a request says that it meant.

use std::path::Path;

use regain::config::{Compat, LoginLinks};
use regain::http::routes;
use serde_json::json;

use crate::browser::{Browser, hidden};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain, answer};
use crate::pages::assert_guarded;
use crate::people::{OLD_HASH, Person, database, hash, person};
use crate::process::Process;

const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"];

/// What frameworks read another method out of, beside a field called `_method`.
const OVERRIDES: [&str; 4] =
    ["x-http-method-override", "x-http-method", "x-method-override", "x-method"];

const ADA: &str = "ada@example.com";
const EVE: &str = "eve@example.com";
const UNA: &str = "una@example.com";
const NEW: &str = "a new passphrase";

/// A service with everything switched on, and one of each thing that could be consumed.
struct Live {
    users: TestDatabase,
    regain: Regain,
    reset: String,
    confirm: String,
    login: String,
    session: String,
}

impl Live {
    async fn new() -> Self {
        let people = [person(ADA), person(EVE), Person { confirmed: false, ..person(UNA) }];
        let users = database(Engine::Sqlite, &people).await;
        let regain = Regain::start_with(&users.url, |settings| {
            settings.docs = true;
            let app = settings.apps.get_mut("default").unwrap();
            app.login_links = LoginLinks::On;
            app.users.last_login = Some("last_login".to_owned());
            app.return_to = vec!["https://app.example.com/".to_owned()];
            app.compat = [Compat::BettyBlocks, Compat::CloudCms].into();
            let mut other = app.clone();
            other.compat = [Compat::Structr].into();
            other.return_to.push(format!("{}/", settings.public_url));
            settings.apps.insert("other".to_owned(), other);
        })
        .await;
        let eves = regain.token_of("login-links", EVE).await;
        let session = regain.complete_with("login-links", &eves).await.json()["session"].clone();
        Self {
            reset: regain.token_for(ADA).await,
            confirm: regain.token_of("email-confirmations", UNA).await,
            login: regain.token_of("login-links", ADA).await,
            session: session.as_str().unwrap().to_owned(),
            users,
            regain,
        }
    }

    /// A path that fits a template, and is of something that is there.
    fn path(&self, template: &str) -> String {
        let token = match template {
            "/a/{app}/reset/{token}" => &self.reset,
            "/a/{app}/confirm-email/{token}" => &self.confirm,
            _ => &self.login,
        };
        let file = "swagger-ui.css";
        let path = template.replace("{app}", "default").replace("{application}", "default");
        let path = path.replace("{doc}", "x").replace("{hash}", &self.reset);
        path.replace("{token}", token).replace("{file}", file)
    }

    /// What would be done there by the right method.
    fn body(&self, template: &str, method: &str, fields: &[(String, String)]) -> (String, String) {
        let Some(operation) = template.strip_prefix("/v1/apps/{app}/") else {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            let more = [("identifier", ADA), ("new_password", NEW), ("confirm_password", NEW)];
            form.append_pair("_method", method).extend_pairs(fields).extend_pairs(more);
            return ("application/x-www-form-urlencoded".to_owned(), form.finish());
        };
        let body = match operation {
            "password-resets/complete" => json!({ "token": self.reset, "new_password": NEW }),
            "email-confirmations/complete" => json!({ "token": self.confirm }),
            "login-links/complete" => json!({ "token": self.login }),
            "tokens/inspect" => json!({ "token": self.login, "purpose": "login" }),
            "me/password" => json!({ "new_password": NEW }),
            _ => json!({ "identifier": ADA }),
        };
        ("application/json".to_owned(), body.to_string())
    }

    /// Whether everything still is as it was.
    async fn assert_untouched(&self, mails: usize) {
        self.regain.worked().await;
        assert_eq!(self.regain.mails().len(), mails, "nothing was asked for");
        for id in [1, 2, 3] {
            assert_eq!(hash(&self.users, id).await, OLD_HASH);
        }
        let touched = "SELECT email FROM users WHERE id = 1 AND last_login IS NOT NULL \
                       OR id = 3 AND confirmed_at IS NOT NULL";
        assert_eq!(self.users.text(touched).await, None);
    }
}

fn overridden(request: reqwest::RequestBuilder, method: &str) -> reqwest::RequestBuilder {
    OVERRIDES.iter().fold(request, |request, name| request.header(*name, method))
}

fn assert_not_allowed(refused: &Answer, allow: &str, what: &str) {
    assert_eq!((refused.status, refused.header("allow")), (405, Some(allow)), "{what} {refused:?}");
    if what.starts_with("HEAD ") {
        assert_eq!(refused.body, "", "{what}");
    } else if what.contains(" /a/") || what.ends_with(" /reset-password") {
        assert_guarded(refused, what);
    } else {
        assert_eq!(refused.code(), "method-not-allowed", "{what}");
    }
}

#[tokio::test]
async fn a67_no_route_does_anything_by_another_method_than_its_own_whatever_a_request_says_it_meant()
 {
    let live = Live::new().await;
    let mails = live.regain.mails().len();
    let browser = Browser::new(&live.regain);
    let mut held = vec![];
    for (link, token, page) in [
        ("reset", &live.reset, "new-password"),
        ("confirm-email", &live.confirm, "confirm-email-now"),
        ("login", &live.login, "login-now"),
    ] {
        let form = browser.open_at(link, token, page).await;
        held.push((format!("/a/{{app}}/{page}"), hidden(&form)));
    }
    let demo = Process::demo().await;
    let mut tried = 0;
    for (template, allow) in routes::all() {
        let of_demo = template.starts_with("/demo");
        let path = live.path(template);
        let url = if of_demo { demo.url.clone() } else { live.regain.url.clone() } + &path;
        let fields = held.iter().find(|(page, _)| page == template);
        let fields = fields.map(|(_, fields)| &fields[..]).unwrap_or_default();
        let meant = allow.rsplit(", ").next().unwrap();
        for method in METHODS.into_iter().filter(|it| !allow.split(", ").any(|own| own == *it)) {
            let wrong = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let (kind, body) = live.body(template, meant, fields);
            let request = live.regain.http.request(wrong, format!("{url}?_method={meant}"));
            let request = request.bearer_auth(&live.session).header("content-type", kind);
            let refused = browser.send(overridden(request, meant).body(body)).await;
            assert_not_allowed(&refused, allow, &format!("{method} {path}"));
            tried += 1;
        }
        // And a GET stays one. The demo's events have no end, and its pages nothing to consume.
        if allow.starts_with("GET") && !of_demo {
            let plain = browser.send(live.regain.http.get(&url)).await;
            for meant in ["POST", "PUT", "DELETE"] {
                let request = live.regain.http.get(format!("{url}?_method={meant}"));
                let got = browser.send(overridden(request, meant)).await;
                assert_eq!(got.status, plain.status, "{path} is looked at, not {meant}");
                assert_eq!(got.header("location"), plain.header("location"), "{path} {meant}");
            }
        }
    }
    assert!(tried > 200, "{tried} requests");
    live.assert_untouched(mails).await;

    // All of it would have worked.
    let regain = &live.regain;
    assert_eq!(regain.complete_with("email-confirmations", &live.confirm).await.status, 200);
    assert_eq!(regain.complete_with("login-links", &live.login).await.status, 200);
    assert_eq!(regain.complete(&live.reset, NEW).await.status, 200);
    assert_eq!(regain.change_password(&live.session, NEW).await.status, 204);
}

#[tokio::test]
async fn a82_no_route_grants_an_origin_anything_whatever_it_calls_itself() {
    let live = Live::new().await;
    let mut tried = 0;
    for (template, allow) in routes::all().iter().filter(|(it, _)| !it.starts_with("/demo")) {
        let url = live.regain.url.clone() + &live.path(template);
        let own = allow.split(", ").next().unwrap();
        for origin in ["null", "https://evil.example", "https://app.example.com", &live.regain.url]
        {
            for method in ["OPTIONS", own] {
                let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
                let request = live.regain.http.request(method.clone(), &url);
                let request = request.header("origin", origin);
                let request = request.header("access-control-request-method", own);
                let request = request.header("access-control-request-headers", "content-type");
                let answered = answer(request).await;
                let mut names = answered.headers.iter().map(|(name, _)| name);
                let granted = names.any(|name| name.starts_with("access-control-"));
                assert!(!granted, "{method} {template} from {origin}: {answered:?}");
                assert!(method != "OPTIONS" || answered.status == 405, "{template} {answered:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 300, "{tried} requests");
}

#[test]
fn every_route_that_is_laid_is_in_the_table_of_methods() {
    let mut laid = vec![];
    routes_in(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut laid);
    assert!(laid.len() > 20, "{laid:?}");
    for path in laid {
        // Each parameter stands for a segment, as it does in the table.
        let part =
            |part: &str| part.strip_prefix(':').map_or(part.to_owned(), |it| format!("{{{it}}}"));
        let template = path.split('/').map(part).collect::<Vec<_>>().join("/");
        let known = routes::all().iter().any(|(known, _)| *known == template);
        assert!(known, "{template} is served and not in src/http/routes.rs");
    }
}

/// The paths that routers are given below a folder. Operators have a listener of their own.
fn routes_in(folder: &Path, laid: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            routes_in(&path, laid);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("operators.rs")
        {
            let below = match path.file_name().and_then(|name| name.to_str()) {
                Some("betty_blocks.rs") => "/betty-blocks",
                Some("cloud_cms.rs") => "/pub/applications",
                _ if path.ends_with("http/pages/mod.rs") => "/a",
                _ => "",
            };
            let text = std::fs::read_to_string(&path).unwrap();
            let paths = text.split(".at(\"").skip(1).filter_map(|rest| rest.split('"').next());
            laid.extend(paths.map(|path| format!("{below}{path}")));
        }
    }
}
