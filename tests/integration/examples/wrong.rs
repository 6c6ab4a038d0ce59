//! What the examples of problems say is wrong is what the service says: each is brought about, and told word for word.

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::{JSON, Open, examples_of, open};
use crate::harness::answer;
use regain::app::document_json;

const CLIENT: &str = "Regain-Client-Address";

#[tokio::test]
async fn what_the_examples_of_problems_say_is_wrong_is_said_so() {
    let (_users, open) = open().await;
    let document: Value = serde_json::from_str(&document_json()).unwrap();
    let operations = document["paths"].as_object().unwrap().values();
    let operations: Vec<_> = operations.flat_map(|it| it.as_object().unwrap().values()).collect();
    let mut told = 0;
    for example in examples_of(&document.to_string(), JSON) {
        let operation = operations.iter().find(|it| it["operationId"] == example.id.as_str());
        for (_, response) in operation.unwrap()["responses"].as_object().unwrap() {
            let shown = response["content"]["application/problem+json"]["examples"].as_object();
            for (name, shown) in shown.into_iter().flatten() {
                let shown = &shown["value"];
                let Some(wrong) = shown["errors"].get(0) else { continue };
                let session = open.session().await;
                let request = || {
                    let url = format!("{}{}", open.regain.url, example.path);
                    open.regain.http.request(example.method.parse().unwrap(), url)
                };
                let good = open.with_what_is_good(&example).await;
                let sent = bring_about(&open, request(), shown, wrong, good);
                let sent = with_credentials(sent, &open, &session, &example.security, wrong);
                let answer = answer(sent.header("content-type", JSON)).await;
                assert_eq!(&answer.json(), shown, "{} {name}", example.id);
                told += 1;
            }
        }
    }
    assert_eq!(told, 37);
}

/// The body, or the header, that is wrong in this way.
fn bring_about(
    open: &Open,
    request: RequestBuilder,
    problem: &Value,
    wrong: &Value,
    good: Option<Value>,
) -> RequestBuilder {
    let (field, reason) = (wrong["field"].as_str().unwrap(), wrong["reason"].as_str().unwrap());
    let mut body = good.unwrap_or_default();
    match (field, reason) {
        ("", "not_json") => return request.body("no JSON"),
        // Of a backend that may name no client.
        ("", "missing_scope") => {
            return request.header(CLIENT, "203.0.113.9").body(body.to_string());
        }
        (CLIENT, _) => {
            let request = request.header(CLIENT, "nowhere").bearer_auth(&open.key);
            return request.body(body.to_string());
        }
        (_, "too_short") => body[field] = json!("short"),
        (_, "empty") => body[field] = json!(""),
        (_, "lifetime") => body[field] = json!(0),
        (_, "invalid") => body[field] = json!("Ada <ada@example.com>"),
        _ => panic!("{problem} is brought about by nothing"),
    }
    request.body(body.to_string())
}

fn with_credentials(
    request: RequestBuilder,
    open: &Open,
    session: &str,
    security: &Value,
    wrong: &Value,
) -> RequestBuilder {
    if wrong["reason"] == "missing_scope" {
        return request.bearer_auth(&open.bare);
    }
    match security[0].as_object().and_then(|way| way.keys().next()).map(String::as_str) {
        Some("api_key") => request.bearer_auth(&open.key),
        Some(_) => request.bearer_auth(session),
        None => request,
    }
}
