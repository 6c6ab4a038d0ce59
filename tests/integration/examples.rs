//! Every example of a request in the document is sent as it stands, and what is answered is of the shape that
//! the example of the answer has.

mod compat;
mod wrong;

use std::collections::BTreeMap;
use std::time::Duration;

use regain::app::document_json;
use regain::config::{LoginLinks, Settings};
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain, answer};
use crate::operators::new_key;
use crate::people::{Person, database, person};

/// Everything that a key may be for.
const SCOPES: [&str; 6] = [
    "tokens:issue:password-reset",
    "tokens:explain",
    "tokens:revoke",
    "sessions:introspect",
    "ask:on-behalf",
    "mail:define",
];

/// An operation, and what it is sent by.
struct Example {
    id: String,
    method: String,
    path: String,
    /// Which credentials it wants.
    security: Value,
    request: Option<Value>,
    /// By status; of problems, all of them.
    answers: BTreeMap<u16, Value>,
}

const JSON: &str = "application/json";

fn examples() -> Vec<Example> {
    examples_of(&document_json(), JSON)
}

/// The examples of a document, with the bodies that are of this media type.
fn examples_of(document: &str, kind: &str) -> Vec<Example> {
    let document: Value = serde_json::from_str(document).unwrap();
    let mut found = vec![];
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let path =
                parameters.iter().filter(|it| it["in"] == "path").fold(path.clone(), |path, it| {
                    let example = it["example"].as_str().expect("an example");
                    path.replace(&format!("{{{}}}", it["name"].as_str().unwrap()), example)
                });
            let query = parameters.iter().filter(|it| it["in"] == "query").map(|it| {
                let example = it["example"].as_str().expect("an example");
                format!("{}={example}", it["name"].as_str().unwrap())
            });
            let query = query.collect::<Vec<_>>().join("&");
            let path = if query.is_empty() { path } else { format!("{path}?{query}") };
            let named = operation["responses"].as_object().unwrap().iter();
            let named = named.filter(|(status, _)| *status != "default");
            let answers = named.map(|(status, response)| {
                (status.parse().unwrap(), response["content"][JSON]["example"].clone())
            });
            let body = operation["requestBody"]["content"][kind].as_object();
            found.push(Example {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path,
                security: operation["security"].clone(),
                request: body.map(|body| body["example"].clone()),
                answers: answers.collect(),
            });
        }
    }
    found
}

/// A service that does everything, and what opens its doors.
struct Open {
    regain: Regain,
    key: String,
    /// One that may do nothing.
    bare: String,
}

impl Open {
    async fn send(&self, example: &Example, session: Option<&str>, body: Option<&Value>) -> Answer {
        let method = example.method.parse().unwrap();
        let url = format!("{}{}", self.regain.url, example.path);
        let mut request = self.regain.http.request(method, url);
        if example.security == json!([{ "api_key": [] }]) {
            request = request.bearer_auth(&self.key);
        } else if let Some(session) = session.filter(|_| example.security != json!([])) {
            request = request.bearer_auth(session);
        }
        if let Some(body) = body {
            request = request.header("content-type", JSON).body(body.to_string());
        }
        answer(request).await
    }

    /// Logs in, later than anybody did before.
    async fn session(&self) -> String {
        self.regain.clock.advance(Duration::from_mins(1));
        let token = self.regain.token_of("login-links", "ada@example.com").await;
        let answer = self.regain.complete_with("login-links", &token).await;
        answer.json()["session"].as_str().expect("a session").to_owned()
    }

    /// The body, with a token or a session that is good where one stands that is nobody's.
    async fn with_what_is_good(&self, example: &Example) -> Option<Value> {
        let mut body = example.request.clone()?;
        // A link to log in is not mailed in the second of a login.
        self.regain.clock.advance(Duration::from_mins(1));
        if body.get("token").is_some() {
            let (path, whose) = match example.id.as_str() {
                "completeEmailConfirmation" => ("email-confirmations", "new@example.com"),
                "completeLogin" => ("login-links", "ada@example.com"),
                _ => ("password-resets", "ada@example.com"),
            };
            body["token"] = json!(self.regain.token_of(path, whose).await);
        }
        if body.get("session").is_some() {
            body["session"] = json!(self.session().await);
        }
        Some(body)
    }
}

async fn open() -> (TestDatabase, Open) {
    open_with(|_| {}).await
}

async fn open_with(change: impl FnOnce(&mut Settings)) -> (TestDatabase, Open) {
    let new = Person { confirmed: false, ..person("new@example.com") };
    let users = database(Engine::Sqlite, &[person("ada@example.com"), new]).await;
    let (key, known) = new_key("backend", &SCOPES);
    let (bare, known_too) = new_key("bare", &[]);
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.mails_per_account = "1000/h".parse().unwrap();
        let app = settings.apps.get_mut("default").unwrap();
        app.api_keys = vec![known, known_too];
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        app.return_to = vec!["https://app.example.com/".to_owned()];
        change(settings);
    })
    .await;
    (users, Open { regain, key, bare })
}

fn members(value: &Value) -> Vec<(&str, &'static str)> {
    let kind = |value: &Value| match value {
        Value::Bool(_) => "flag",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        _ => "other",
    };
    value.as_object().into_iter().flatten().map(|(name, it)| (name.as_str(), kind(it))).collect()
}

#[tokio::test]
async fn every_example_is_taken_as_it_stands_and_a_token_that_is_nobodys_is_told_as_such() {
    let (_users, open) = open().await;
    let session = open.session().await;
    let mut tried = 0;
    for example in examples() {
        let answer = open.send(&example, Some(&session), example.request.as_ref()).await;
        let answered =
            (answer.status, if answer.status < 400 { String::new() } else { answer.code() });
        let expected = match example.id.as_str() {
            "completePasswordReset"
            | "completeEmailConfirmation"
            | "completeLogin"
            | "inspectToken" => (400, "token-invalid"),
            id => {
                let success = example.answers.keys().copied().find(|status| *status < 300);
                assert!(answer.status < 300, "{id} {answer:?}");
                (success.unwrap(), "")
            }
        };
        assert_eq!(answered, (expected.0, expected.1.to_owned()), "{} {answer:?}", example.id);
        tried += 1;
    }
    assert_eq!(tried, 16);
}

#[tokio::test]
async fn what_is_answered_has_the_shape_of_its_example() {
    let mut compared = 0;
    for example in examples() {
        let (_users, open) = open().await;
        let session = open.session().await;
        let body = open.with_what_is_good(&example).await;
        let answer = open.send(&example, Some(&session), body.as_ref()).await;
        assert!(answer.status < 300, "{} {answer:?}", example.id);
        let shown = &example.answers[&answer.status];
        if shown.is_null() {
            assert_eq!(answer.body, "", "{}", example.id);
            continue;
        }
        let answered = answer.json();
        let (answered, shown) = (members(&answered), members(shown));
        // What depends on what was said when asking, or on the application's columns.
        let may_lack = ["return_to", "username", "display_name"];
        for member in &shown {
            let there = answered.contains(member) || may_lack.contains(&member.0);
            assert!(there, "{}: {member:?} is not in {answered:?}", example.id);
        }
        assert!(answered.iter().all(|it| shown.contains(it)), "{}: {answered:?}", example.id);
        compared += 1;
    }
    assert_eq!(compared, 14, "all but those without a body");
}
