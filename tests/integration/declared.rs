//! Nothing is answered that the document does not declare: every answer of every service that a test starts is
//! held to it, whatever the test is about.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Body, Endpoint, EndpointExt as _, Request, Response};
use regain::app::{Served, document_json};
use serde_json::{Value, json};

/// A service whose every answer is looked at. Where one is not declared, the connection breaks off, and the test
/// has no answer.
pub fn watched(served: Served) -> Served {
    Watched(served).boxed()
}

struct Watched(Served);

impl Endpoint for Watched {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut response = self.0.call(request).await?;
        let body = response.take_body().into_bytes().await.expect("a body in memory");
        let answer = Seen { status: response.status(), headers: response.headers(), body: &body };
        if let Err(why) = declared(&method, &path, &answer) {
            let body = String::from_utf8_lossy(&body);
            panic!("undeclared: {method} {path} {}: {why}: {body}", answer.status);
        }
        response.set_body(Body::from_bytes(body));
        Ok(response)
    }
}

struct Seen<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

/// A test has one process and asks little, so a schema is made ready when it is first needed.
static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&document_json()).expect("the document is JSON"));

/// By where they stand in the document.
static SCHEMAS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// What is answered where no operation is.
const PROBLEM: &str = "/components/schemas/Problem";

/// The schemas of OpenAPI 3.0 are those of JSON Schema, as far as the document uses them.
fn schema(place: &str) -> Arc<Validator> {
    let mut schemas = SCHEMAS.lock().unwrap();
    let made = schemas.entry(place.to_owned()).or_insert_with(|| {
        let mut schema = json!({ "allOf": [DOCUMENT.pointer(place).expect("a schema")] });
        schema["components"] = needed(&schema);
        let options = jsonschema::draft4::options().should_validate_formats(true);
        Arc::new(options.build(&schema).expect("a schema"))
    });
    Arc::clone(made)
}

/// The components that a schema leads to.
fn needed(schema: &Value) -> Value {
    let (mut found, mut open) = (json!({ "schemas": {} }), vec![schema]);
    while let Some(next) = open.pop() {
        match next {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                open.extend(members.values());
                let name = members.get("$ref").map(|place| place.as_str().unwrap());
                let name = name.and_then(|place| place.strip_prefix("#/components/schemas/"));
                if let Some(name) = name.filter(|name| found["schemas"].get(name).is_none()) {
                    let component = &DOCUMENT["components"]["schemas"][name];
                    found["schemas"][name] = component.clone();
                    open.push(component);
                }
            }
            _ => {}
        }
    }
    found
}

fn declared(method: &Method, path: &str, answer: &Seen<'_>) -> Result<(), String> {
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let Some((template, operations)) = paths.iter().find(|(it, _)| leads_to(it, path)) else {
        // Pages, files and other systems' calls are in no document.
        return Ok(());
    };
    let named = if method == Method::HEAD { Method::GET } else { method.clone() };
    let named = named.as_str().to_lowercase();
    let Some(operation) = operations.get(&named) else {
        // The browser's own question, or nothing that there is.
        let granted = method == Method::OPTIONS && answer.status.is_success();
        return if granted { Ok(()) } else { is_problem(method, answer) };
    };
    let status = answer.status.as_str();
    let Some(declared) = operation["responses"].get(status) else {
        return Err("its status".to_owned());
    };
    told_of(answer.headers, &declared["headers"])?;
    let kind = answer.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
    match declared["content"].as_object().and_then(|content| content.keys().next()) {
        _ if method == Method::HEAD => {
            answer.body.is_empty().then_some(()).ok_or("a body".to_owned())
        }
        None if answer.body.is_empty() => Ok(()),
        None => Err("a body".to_owned()),
        Some(declared) if kind == Some(declared) => {
            let place = [template, &named, "responses", status, "content", declared, "schema"];
            let place = place.map(|step| step.replace('~', "~0").replace('/', "~1")).join("/");
            fits(&schema(&format!("/paths/{place}")), answer.body)
        }
        Some(_) => Err(format!("its media type {kind:?}")),
    }
}

/// Of those that a client is meant to read, each that is there is declared, and each that belongs there is there.
fn told_of(headers: &HeaderMap, declared: &Value) -> Result<(), String> {
    let is_declared = |name: &str| {
        declared.as_object().is_some_and(|it| it.keys().any(|it| it.eq_ignore_ascii_case(name)))
    };
    for name in ["x-request-id", "retry-after", "www-authenticate", "ratelimit", "ratelimit-policy"]
    {
        if headers.contains_key(name) && !is_declared(name) {
            return Err(format!("the header {name}"));
        }
    }
    let always = ["x-request-id", "www-authenticate"];
    match always.into_iter().find(|name| is_declared(name) && !headers.contains_key(*name)) {
        Some(name) => Err(format!("the header {name} is not there")),
        None => Ok(()),
    }
}

fn is_problem(method: &Method, answer: &Seen<'_>) -> Result<(), String> {
    let kind = answer.headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind != Some(b"application/problem+json") {
        return Err("it is no problem".to_owned());
    }
    if answer.status == StatusCode::METHOD_NOT_ALLOWED
        && !answer.headers.contains_key(header::ALLOW)
    {
        return Err("it does not say what is allowed".to_owned());
    }
    if method == Method::HEAD { Ok(()) } else { fits(&schema(PROBLEM), answer.body) }
}

fn fits(schema: &Validator, body: &[u8]) -> Result<(), String> {
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    schema.validate(&body).map_err(|error| format!("{error} at {}", error.instance_path()))
}

/// Whether a path is one of a template's.
fn leads_to(template: &str, path: &str) -> bool {
    let (named, is) = (template.split('/'), path.split('/'));
    named.clone().count() == is.clone().count()
        && named.zip(is).all(|(named, is)| named == is || named.starts_with('{') && !is.is_empty())
}

#[test]
fn an_answer_that_is_not_declared_is_found() {
    let seen = |status: u16, kind: &str, body: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", "r".parse().unwrap());
        if !kind.is_empty() {
            headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        declared(
            &Method::GET,
            "/healthz",
            &Seen { status, headers: &headers, body: body.as_bytes() },
        )
    };
    assert_eq!(seen(200, "application/json", r#"{"status":"ok"}"#), Ok(()));
    for (status, kind, body) in [
        (404, "application/problem+json", r"{}"),
        (200, "application/json; charset=utf-8", r#"{"status":"ok"}"#),
        (200, "text/plain", "ok"),
        (200, "", ""),
        (200, "application/json", r#"{"status":"fine"}"#),
        (200, "application/json", r#"{"status":"ok","more":1}"#),
        (200, "application/json", "{}"),
        (500, "application/problem+json", r#"{"status":"ok"}"#),
    ] {
        assert!(seen(status, kind, body).is_err(), "{status} {kind} {body}");
    }
    let without_id = Seen { status: StatusCode::OK, headers: &HeaderMap::new(), body: b"" };
    assert!(declared(&Method::GET, "/healthz", &without_id).is_err());
    assert!(declared(&Method::DELETE, "/healthz", &without_id).is_err());
    assert!(declared(&Method::GET, "/a/default/reset", &without_id).is_ok(), "of no operation");
}
