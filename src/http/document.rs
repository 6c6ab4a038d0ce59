//! The OpenAPI document: what poem-openapi derives from the operations, patched here and nowhere
//! else to what the service really does, as clean OpenAPI 3.0.3.

mod answers;
pub mod compat;
mod operations;
mod shared;

use std::sync::LazyLock;

use poem::http::header;
use poem::{Body, Response, handler};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::api;
use super::operator::CLIENT_ADDRESS;
use super::problem::Code;
use crate::password::Refusal;
use crate::recovery::TokenState;
use crate::token::{ApiKey, Purpose, Scope};
use operations::{Auth, Facts, OPERATIONS};

static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
static JSON: LazyLock<String> = LazyLock::new(|| as_json(&DOCUMENT));
static YAML: LazyLock<String> = LazyLock::new(|| as_yaml(&DOCUMENT));

fn as_json(document: &Value) -> String {
    serde_json::to_string_pretty(document).map(|text| text + "\n").unwrap_or_default()
}

/// Moments are quoted, which readers of YAML 1.1 take for something else than texts otherwise.
fn as_yaml(document: &Value) -> String {
    let text = serde_yaml::to_string(document).unwrap_or_default();
    let quoted = text.lines().map(|line| match line.split_once(": ") {
        Some((name, value)) if OffsetDateTime::parse(value, &Rfc3339).is_ok() => {
            format!("{name}: '{value}'\n")
        }
        _ => format!("{line}\n"),
    });
    quoted.collect()
}

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

const ABOUT: &str = "\
Regain lets people back into accounts of a users table that an application already has.

Somebody who forgot a password asks; Regain mails a link; the token in the link sets a new password, once. \
Asking answers the same whether or not there is such an account.";

/// What holds for every operation, whoever made up its name.
const RULES: &str = "\
Every error is `application/problem+json` (RFC 9457) with a stable `code`. What the HTTP parser itself refuses, before \
a request reaches any operation, is answered by a status without a body, or the connection is closed. HTTP/1.1 and 1.0 are spoken.

Paths are exact: with one more slash, wherever it stands, a path leads nowhere, which is 404. A `%2F` is part of the value that it stands in and \
parts nothing. Where there is `GET` there is \
`HEAD`; any other method is 405, and `Allow` names those that there are. A body is one JSON object in UTF-8 of at most 65536 bytes, neither \
compressed nor nested more than 127 deep, itself counted, and no member is there twice. Pages of the origins that an application's `cors` names may \
call whatever takes no API key.

Requests are counted by client, those that want an API key by key, and those that a backend sends for a client that it names by both; wrong keys are \
counted by who tries them (`wrong-key`). Whatever a request was counted in, its answer says so by \
`RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), whether it was let in or refused by 429, which also \
has `Retry-After`. Nothing in them depends on any account. How many mails an account gets is limited as well, and silently but for \
`issueToken`, whose caller knows the account: there it is 429, too.

Versions are those of the service, as Semantic Versioning has them. Operations, members of requests that may be left out, headers and \
values of `reason` may come in any of them: where a client does not know a `reason` it shows the `message`. A new `code`, or a new member of an answer that is no problem, \
comes only with a version that may break clients. What is to go is marked as deprecated first, and goes with a version that may break clients.";

/// The operations' groups, in the order in which they are shown.
const TAGS: [&str; 6] =
    ["Password reset", "Email confirmation", "One-time login", "Tokens", "Operators", "Health"];

fn document() -> Value {
    let mut document: Value = serde_json::from_str(&api::service().spec()).unwrap_or_default();
    document["openapi"] = json!("3.0.3");
    document["servers"] = json!([{ "url": "/" }]);
    document["info"] = json!({
        "title": "Regain",
        "version": env!("CARGO_PKG_VERSION"),
        "description": format!("{ABOUT}\n\n{RULES}"),
        "contact": { "name": "The Regain authors" },
        "license": { "name": "MIT OR Apache-2.0", "url": "https://spdx.org/licenses/MIT.html" },
    });
    // What most come for is first, not what the alphabet has there.
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.sort_by_key(|tag| TAGS.iter().position(|name| tag["name"] == *name));
    }
    for operations in members(&mut document["paths"]).map(|(_, operations)| operations) {
        for (_, operation) in members(operations) {
            patch_operation(operation);
        }
    }
    document["components"]["headers"] = answers::rate_limits();
    document["components"]["securitySchemes"] = json!({
        "session": {
            "type": "http",
            "scheme": "bearer",
            "description": "The session that `completeLogin` answers.",
        },
        "api_key": {
            "type": "http",
            "scheme": "bearer",
            "description": format!(
                "A key of the application, which begins with `{}`. What it may do is set with it.",
                ApiKey::PREFIX,
            ),
        },
    });
    let schemas = &mut document["components"]["schemas"];
    for (name, schema) in members(schemas) {
        patch_schema(name, schema);
    }
    schemas["FieldError"] = field_error_schema();
    schemas["Problem"] = problem_schema();
    schemas["LinkPurpose"] = link_purpose_schema();
    shared::share(schemas);
    describe_bodies(&mut document);
    document
}

fn patch_operation(operation: &mut Value) {
    let facts = OPERATIONS.iter().find(|facts| operation["operationId"] == facts.operation);
    let Some(facts) = facts else { return };
    declare(operation, facts);
}

/// Puts beside what is said of an operation what holds of it as of all others.
fn declare(operation: &mut Value, facts: &Facts<'_>) {
    patch_parameters(operation, facts);
    if let Some(request) = facts.request {
        let content = &mut operation["requestBody"]["content"];
        answers::rename_media_type(content);
        for (kind, content) in members(content) {
            // What is called a form is a text in the eyes of whoever reads the document.
            let is_json = kind == "application/json";
            content["example"] = if is_json { example(request) } else { json!(request) };
        }
    }
    answers::declare(&mut operation["responses"], facts);
}

/// Who may send it, and what stands in its path and headers.
fn patch_parameters(operation: &mut Value, facts: &Facts<'_>) {
    operation["security"] = match facts.auth {
        // An empty list says that no credentials are wanted. That a key may be there, to name a client, is told
        // of the header that names it: else generated clients want one of everybody.
        Auth::Anybody | Auth::AnybodyOrOnBehalf => json!([]),
        Auth::Session => json!([{ "session": [] }]),
        Auth::SessionOrCookie => json!([{ "session": [] }, { "session_cookie": [] }]),
        Auth::Key => json!([{ "api_key": [] }]),
    };
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for parameter in parameters.iter_mut().filter(|it| it.get("example").is_none()) {
        let example = if parameter["name"] == "user_id" { "1" } else { "default" };
        parameter["example"] = json!(example);
    }
    if facts.auth == Auth::AnybodyOrOnBehalf {
        parameters.push(json!({
            "name": CLIENT_ADDRESS,
            "in": "header",
            "required": false,
            "description": "For backends alone: the IP address of the client that is counted instead of the one that \
                            sends the request, such as `203.0.113.9`. Only with a key of scope `ask:on-behalf` in \
                            `Authorization: Bearer`; without a key it means nothing.",
            "schema": { "type": "string" },
        }));
    }
    if !parameters.is_empty() {
        operation["parameters"] = json!(parameters);
    }
}

fn patch_schema(name: &str, schema: &mut Value) {
    schema["additionalProperties"] = json!(false);
    // It repeats the name.
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("title");
    }
    for (name, property) in members(&mut schema["properties"]) {
        patch_property(name, property);
    }
    let properties = &mut schema["properties"];
    match name {
        "Health" => properties["status"]["enum"] = json!(["ok"]),
        "Readiness" => properties["status"]["enum"] = json!(["ready", "degraded"]),
        "TokenRequest" => {
            properties["purpose"] = json!({ "$ref": "#/components/schemas/LinkPurpose" });
        }
        _ => {}
    }
}

/// What a body is, beside the operation that takes it.
fn describe_bodies(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    for (_, operations) in members(&mut document["paths"]) {
        for (_, operation) in members(operations) {
            let Some(body) = operation.get_mut("requestBody") else { continue };
            let schema = &body["content"]["application/json"]["schema"]["$ref"];
            let name = schema.as_str().and_then(|path| path.rsplit('/').next());
            body["description"] = schemas[name.unwrap_or_default()]["description"].clone();
        }
    }
}

fn link_purpose_schema() -> Value {
    let names = Purpose::ALL.into_iter().filter(|it| Scope::to_issue(*it).is_some());
    json!({
        "type": "string",
        "enum": names.map(Purpose::name).collect::<Vec<_>>(),
        "description": "What a link is for. A session is made by logging in and by nothing else.",
    })
}

fn patch_property(name: &str, property: &mut Value) {
    match name {
        "email" => property["format"] = json!("email"),
        "lifetime_seconds" => {
            property["format"] = json!("int32");
            for bound in ["minimum", "maximum"] {
                property[bound] = json!(whole(&property[bound]));
            }
        }
        "purpose" => {
            property["enum"] = json!(Purpose::ALL.map(Purpose::name));
        }
        "state" => property["enum"] = json!(TokenState::NAMES),
        "issued_at" | "expires_at" => property["format"] = json!("date-time"),
        "new_password" | "confirm_password" => property["format"] = json!("password"),
        "link" | "return_to" => property["format"] = json!("uri"),
        _ => {}
    }
}

/// A number that is derived as one with a fraction.
fn whole(number: &Value) -> Option<u32> {
    number.as_f64()?.to_string().parse().ok()
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
            "title": { "type": "string", "description": "The kind of problem in words, in English." },
            "status": { "type": "integer", "format": "int32", "description": "The HTTP status." },
            "detail": { "type": "string", "description": "What to do about it, in English." },
            "errors": {
                "type": "array",
                "description": "What of the request is not as it must be.",
                "items": { "$ref": "#/components/schemas/FieldError" },
            },
        },
    })
}

fn field_error_schema() -> Value {
    let of_passwords: Vec<_> = Refusal::reasons().map(|reason| format!("`{reason}`")).collect();
    let reason = format!(
        "A stable word for what is wrong. Of a new password one of these: {}; of one that was typed twice: `mismatch`.",
        of_passwords.join(", ")
    );
    json!({
        "type": "object",
        "required": ["field", "reason", "message"],
        "properties": {
            "field": {
                "type": "string",
                "description": "The name of the member, the header or the part of the path; empty for the request as a whole.",
            },
            "reason": { "type": "string", "description": reason },
            "message": {
                "type": "string",
                "description": "The same in words: of a new password for people, in the language that Accept-Language asks for; of anything else \
                                in English, for developers.",
            },
        },
    })
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
        let mut operations = 0;
        for path in DOCUMENT["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                operations += 1;
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.contains_key("500"), "{}", operation["operationId"]);
                let wants = operation["security"] != json!([]);
                assert!(!wants || responses.contains_key("401"), "{operation}");
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
