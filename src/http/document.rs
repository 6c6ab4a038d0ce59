//! The OpenAPI document: what poem-openapi derives from the operations, patched here and nowhere
//! else to what the service really does, as clean OpenAPI 3.0.3.

use std::sync::LazyLock;

use poem::http::header;
use poem::{Body, Response, handler};
use serde_json::{Map, Value, json};

use super::api;
use super::problem::{Code, Problem};

static JSON: LazyLock<String> = LazyLock::new(|| {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n").unwrap_or_default()
});
static YAML: LazyLock<String> =
    LazyLock::new(|| serde_yaml::to_string(&document()).unwrap_or_default());

/// The document as JSON.
#[must_use]
pub fn json() -> String {
    JSON.clone()
}

/// The document as YAML.
#[must_use]
pub fn yaml() -> String {
    YAML.clone()
}

#[handler]
pub(super) fn serve_json() -> Response {
    answer("application/json", json())
}

#[handler]
pub(super) fn serve_yaml() -> Response {
    answer("application/yaml", yaml())
}

fn answer(kind: &str, text: String) -> Response {
    Response::builder().header(header::CONTENT_TYPE, kind).body(Body::from_string(text))
}

const DESCRIPTION: &str = "\
Regain lets people back into accounts of a users table that an application already has.

Somebody who forgot a password asks; Regain mails a link; the token in the link sets a new password, once. \
Asking answers the same whether or not there is such an account.

Every error is `application/problem+json` (RFC 9457) with a stable `code`. What the HTTP parser itself refuses, before \
a request reaches any operation, is answered by a status without a body.";

/// What each operation can answer beside its success, with an example of its body and of its answer.
struct Facts {
    operation: &'static str,
    problems: &'static [Code],
    request: Option<&'static str>,
    answer: &'static str,
}

const BODY: [Code; 6] = [
    Code::Malformed,
    Code::InvalidValue,
    Code::TooLarge,
    Code::UnsupportedMediaType,
    Code::NotFound,
    Code::RateLimited,
];
const TOKEN: [Code; 2] = [Code::TokenInvalid, Code::TokenExpired];

/// A token as long as a real one, signed by nobody.
macro_rules! token {
    () => {
        "eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk"
    };
}

const OPERATIONS: [Facts; 11] = [
    Facts {
        operation: "requestPasswordReset",
        problems: &[Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completePasswordReset",
        problems: &[TOKEN[0], TOKEN[1], Code::PasswordRejected, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","new_password":"correct horse battery staple"}"#,
        ),
        answer: "{}",
    },
    Facts {
        operation: "requestEmailConfirmation",
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completeEmailConfirmation",
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#""}"#)),
        answer: r#"{"return_to":"https://app.example.com/welcome"}"#,
    },
    Facts {
        operation: "requestLoginLink",
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completeLogin",
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#""}"#)),
        answer: concat!(
            r#"{"session":""#,
            token!(),
            r#"","expires_at":"2027-01-15T08:15:00Z","return_to":"https://app.example.com/"}"#
        ),
    },
    Facts {
        operation: "getMe",
        problems: &[
            Code::Unauthorized,
            Code::NotFound,
            Code::NotConfigured,
            Code::TooLarge,
            Code::RateLimited,
            Code::Busy,
        ],
        request: None,
        answer: r#"{"user_id":"1","email":"ada@example.com","username":"ada","display_name":"Ada"}"#,
    },
    Facts {
        operation: "changeMyPassword",
        problems: &[Code::Unauthorized, Code::NotConfigured, Code::PasswordRejected, Code::Busy],
        request: Some(r#"{"new_password":"correct horse battery staple"}"#),
        answer: "",
    },
    Facts {
        operation: "inspectToken",
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","purpose":"password-reset"}"#,
        ),
        answer: r#"{"purpose":"password-reset","issued_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-15T08:30:00Z"}"#,
    },
    Facts {
        operation: "getHealth",
        problems: &[Code::TooLarge],
        request: None,
        answer: r#"{"status":"ok"}"#,
    },
    Facts {
        operation: "getReadiness",
        problems: &[Code::TooLarge, Code::Busy],
        request: None,
        answer: r#"{"status":"ready"}"#,
    },
];

fn document() -> Value {
    let mut document: Value = serde_json::from_str(&api::service().spec()).unwrap_or_default();
    document["openapi"] = json!("3.0.3");
    document["servers"] = json!([{ "url": "/" }]);
    document["info"] = json!({
        "title": "Regain",
        "version": env!("CARGO_PKG_VERSION"),
        "description": DESCRIPTION,
        "contact": { "name": "The Regain authors" },
        "license": { "name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html" },
    });
    // Tags in the order of a journey, not of the alphabet.
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.sort_by_key(|tag| tag["name"] == "Health");
    }
    for operations in members(&mut document["paths"]).map(|(_, operations)| operations) {
        for (_, operation) in members(operations) {
            patch_operation(operation);
        }
    }
    document["components"]["securitySchemes"] = json!({ "session": {
        "type": "http",
        "scheme": "bearer",
        "description": "The session that `completeLogin` answers.",
    } });
    let schemas = &mut document["components"]["schemas"];
    for (_, schema) in members(schemas) {
        schema["additionalProperties"] = json!(false);
        for (name, property) in members(&mut schema["properties"]) {
            patch_property(name, property);
        }
    }
    schemas["FieldError"] = field_error_schema();
    schemas["Problem"] = problem_schema();
    document
}

fn patch_operation(operation: &mut Value) {
    let facts = OPERATIONS.iter().find(|facts| operation["operationId"] == facts.operation);
    let Some(facts) = facts else { return };
    // An empty list says that no credentials are wanted.
    let wants_session = facts.problems.contains(&Code::Unauthorized);
    operation["security"] = if wants_session { json!([{ "session": [] }]) } else { json!([]) };
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        parameter["example"] = json!("default");
    }
    if let Some(request) = facts.request {
        rename_media_type(&mut operation["requestBody"]["content"]);
        operation["requestBody"]["content"]["application/json"]["example"] = example(request);
    }
    for (_, response) in members(&mut operation["responses"]) {
        if !facts.answer.is_empty() {
            rename_media_type(&mut response["content"]);
            response["content"]["application/json"]["example"] = example(facts.answer);
        }
        // Every answer has the id of its request.
        response["headers"] = json!({ "X-Request-Id": request_id() });
    }
    let of_body = if facts.request.is_some() { &BODY[..] } else { &[] };
    let mut problems: Vec<Code> = of_body.iter().chain(facts.problems).copied().collect();
    problems.push(Code::Internal);
    problems.sort_by_key(|code| code.status());
    for problem in problems {
        add_problem(&mut operation["responses"], problem);
    }
}

/// One response a status; several problems of one status are several examples of it.
fn add_problem(responses: &mut Value, code: Code) {
    let problem = Problem::new(code);
    let response = &mut responses[code.status().as_str()];
    if response.is_null() {
        let mut headers = Map::new();
        headers.insert("X-Request-Id".to_owned(), request_id());
        if matches!(code, Code::RateLimited | Code::Busy) {
            headers.insert("Retry-After".to_owned(), retry_after());
        }
        if code == Code::Unauthorized {
            headers.insert("WWW-Authenticate".to_owned(), challenge());
        }
        *response = json!({
            "description": problem.title(),
            "headers": headers,
            "content": { "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "examples": {},
            } },
        });
    } else {
        let before = response["description"].as_str().unwrap_or_default();
        response["description"] = json!(format!("{before}, or: {}", problem.title()));
    }
    let examples = &mut response["content"]["application/problem+json"]["examples"];
    examples[code.name()] = json!({ "summary": problem.title(), "value": problem.json() });
}

fn patch_property(name: &str, property: &mut Value) {
    match name {
        "purpose" => {
            property["enum"] = json!(crate::token::Purpose::ALL.map(crate::token::Purpose::name));
        }
        "issued_at" | "expires_at" => property["format"] = json!("date-time"),
        "new_password" | "confirm_password" => property["format"] = json!("password"),
        "return_to" => property["format"] = json!("uri"),
        _ => {}
    }
}

fn problem_schema() -> Value {
    let codes: Vec<&str> = {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.dedup();
        names
    };
    json!({
        "type": "object",
        "description": "What went wrong, as RFC 9457 has it. Nothing that was submitted is repeated.",
        "required": ["type", "code", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "description": "`urn:regain:` and the code." },
            "code": { "type": "string", "enum": codes, "description": "The stable name of the kind of problem." },
            "title": { "type": "string", "description": "The kind of problem in words." },
            "status": { "type": "integer", "format": "int32", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What to do about it." },
            "errors": {
                "type": "array",
                "description": "The members of the body that are not as they must be.",
                "items": { "$ref": "#/components/schemas/FieldError" },
            },
        },
    })
}

fn field_error_schema() -> Value {
    json!({
        "type": "object",
        "required": ["field", "reason", "message"],
        "properties": {
            "field": { "type": "string", "description": "The member's name; empty for the body as a whole." },
            "reason": { "type": "string", "description": "A stable word for what is wrong." },
            "message": { "type": "string", "description": "The same for people." },
        },
    })
}

fn request_id() -> Value {
    json!({ "description": "The id of the request, as logs and mails show it.", "schema": { "type": "string" } })
}

fn challenge() -> Value {
    json!({ "description": "Always `Bearer` (RFC 6750).", "schema": { "type": "string" } })
}

fn retry_after() -> Value {
    json!({ "description": "Seconds to wait.", "schema": { "type": "integer", "minimum": 1 } })
}

fn rename_media_type(content: &mut Value) {
    let Some(content) = content.as_object_mut() else { return };
    if let Some(json) = content.remove("application/json; charset=utf-8") {
        content.insert("application/json".to_owned(), json);
    }
}

fn example(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// The members of an object; none of anything else.
fn members(value: &mut Value) -> impl Iterator<Item = (&str, &mut Value)> {
    value.as_object_mut().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_facts() {
        let document = document();
        let mut operations = 0;
        for path in document["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                operations += 1;
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.contains_key("500"), "{}", operation["operationId"]);
                let session = responses.contains_key("401");
                let wanted = if session { json!([{ "session": [] }]) } else { json!([]) };
                assert_eq!(operation["security"], wanted);
            }
        }
        assert_eq!(operations, OPERATIONS.len());
    }

    #[test]
    fn json_and_yaml_say_the_same() {
        let from_yaml: Value = serde_yaml::from_str(&yaml()).unwrap();
        let from_json: Value = serde_json::from_str(&json()).unwrap();
        assert_eq!(from_yaml, from_json);
    }
}
