//! What an operation answers: its success with an example, every problem with its own, and their headers.

use serde_json::{Map, Value, json};

use super::operations::{Auth, Facts};
use super::{example, members};
use crate::http::problem::{Code, Problem};
use crate::http::rate_limit;

/// Puts beside the success, as it is derived or written, what holds of it as of all others, and what is answered
/// where there is none.
pub fn declare(responses: &mut Value, facts: &Facts<'_>) {
    // What is done otherwise than asked for first has nothing to tell.
    let mut answer = facts.answer;
    for (_, response) in members(responses) {
        if !answer.is_empty() && response["content"].is_object() {
            rename_media_type(&mut response["content"]);
            response["content"]["application/json"]["example"] = example(answer);
            answer = "{}";
        }
        // Every answer has the id of its request.
        response["headers"]["X-Request-Id"] = request_id();
    }
    for problem in facts.problems() {
        add_problem(responses, problem, facts);
    }
    if facts.is_limited() {
        // What is no request of the operation's is not counted, nor what is no body.
        let others =
            [Code::MethodNotAllowed, Code::Timeout, Code::TooLarge, Code::UnsupportedMediaType];
        let others = others.map(Code::status);
        let is_counted = |status: &str| others.iter().all(|other| other.as_str() != status);
        for (_, response) in members(responses).filter(|(status, _)| is_counted(status)) {
            for name in [rate_limit::POLICY, rate_limit::NOW] {
                response["headers"][name] =
                    json!({ "$ref": format!("#/components/headers/{name}") });
            }
        }
    }
}

/// One response a status; several problems of one status are several examples of it.
fn add_problem(responses: &mut Value, code: Code, facts: &Facts<'_>) {
    let problem = Problem::new(code);
    let description = match (code, facts.auth) {
        (Code::KeyNeeded, Auth::AnybodyOrOnBehalf) => {
            "What `Authorization: Bearer` has is no API key of this application"
        }
        (Code::MethodNotAllowed, _) => "The path has not this method",
        _ => problem.title(),
    };
    let response = &mut responses[code.status().as_str()];
    if response.is_null() {
        let mut headers = Map::new();
        headers.insert("X-Request-Id".to_owned(), request_id());
        if matches!(code, Code::RateLimited | Code::Busy) {
            headers.insert("Retry-After".to_owned(), retry_after());
        }
        if matches!(code, Code::Unauthorized | Code::KeyNeeded | Code::ScopeMissing) {
            headers.insert("WWW-Authenticate".to_owned(), challenge());
        }
        if code == Code::MethodNotAllowed {
            headers.insert("Allow".to_owned(), allowed());
        }
        *response = json!({
            "description": description,
            "headers": headers,
            "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "examples": {},
            } },
        });
    } else {
        let before = response["description"].as_str().unwrap_or_default();
        response["description"] = json!(format!("{before}, or: {description}"));
    }
    let examples = &mut response["content"]["application/problem+json"]["examples"];
    // Two problems of one status may have one name, too.
    let is_taken = examples.get(code.name()).is_some();
    let name = if is_taken { slug(problem.title()) } else { code.name().to_owned() };
    let mut value = problem.json();
    if let Some(error) = facts.error(code) {
        value["errors"] = json!([error]);
    }
    examples[name] = json!({ "summary": problem.title(), "value": value });
}

fn slug(title: &str) -> String {
    title.to_lowercase().replace(' ', "-")
}

/// JSON under the name that it has where it is answered.
pub fn rename_media_type(content: &mut Value) {
    let Some(content) = content.as_object_mut() else { return };
    if let Some(json) = content.remove("application/json; charset=utf-8") {
        content.insert("application/json".to_owned(), json);
    }
}

fn request_id() -> Value {
    json!({ "description": "The id of the request, as logs and mails show it.", "schema": { "type": "string" } })
}

fn challenge() -> Value {
    json!({ "description": "`Bearer`; where there was a session or a key, with what is wrong with it: `error=\"invalid_token\"`, or `error=\"insufficient_scope\"` and the `scope` that is missing (RFC 6750 §3).", "schema": { "type": "string" } })
}

fn allowed() -> Value {
    json!({ "description": "The methods that the path has (RFC 9110 §10.2.1).", "schema": { "type": "string" } })
}

fn retry_after() -> Value {
    json!({ "description": "Seconds to wait.", "schema": { "type": "integer", "minimum": 1 } })
}

/// The headers that tell of limits, each said once for all answers.
pub fn rate_limits() -> Value {
    json!({
        rate_limit::POLICY: {
            "description": "For each allowance that the request was counted in, its name, how many requests it \
                            has at once (`q`), and in how many seconds so many come back (`w`).",
            "schema": { "type": "string" },
            "example": "\"ask\";q=30;w=3600",
        },
        rate_limit::NOW: {
            "description": "For each allowance that the request was counted in, how many requests are left (`r`), and in how many seconds there is \
                            one more (`t`).",
            "schema": { "type": "string" },
            "example": "\"ask\";r=29;t=120",
        },
    })
}
