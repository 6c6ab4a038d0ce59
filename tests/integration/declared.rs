//! Nothing is answered that the documents do not declare: every answer of every service or program that a test
//! starts is held to them, whatever the test is about.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::{Body, Endpoint, EndpointExt as _, Request, Response};
use regain::app::{Served, compat_document_json, document_json};
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
        hold(&method, &path, &Seen::of(response.status(), response.headers(), &body));
        response.set_body(Body::from_bytes(body));
        Ok(response)
    }
}

/// An answer.
pub struct Seen<'a> {
    status: StatusCode,
    headers: &'a HeaderMap,
    body: &'a [u8],
}

impl<'a> Seen<'a> {
    pub fn of(status: StatusCode, headers: &'a HeaderMap, body: &'a [u8]) -> Self {
        Self { status, headers, body }
    }
}

/// Stops the test where an answer is not declared. Programs that a test starts are held to the documents so, by what
/// a client hears of them.
pub fn hold(method: &Method, path: &str, answer: &Seen<'_>) {
    if let Err(why) = declared(method, path, answer) {
        let body = String::from_utf8_lossy(answer.body);
        panic!("undeclared: {method} {path} {}: {why}: {body}", answer.status);
    }
}

/// A test has one process and asks little, so a document or a schema is made ready when it is first needed.
static OURS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&document_json()).expect("the document is JSON"));
static OF_OTHERS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&compat_document_json()).expect("the document is JSON"));

/// Which document a path is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Document {
    Ours,
    /// That of other systems' calls.
    OfOthers,
}

/// How the paths of other systems' calls begin, of which each begins in its own way.
const OTHERS: [&str; 4] = ["/betty-blocks/", "/pub/", "/structr/", "/reset-password"];

impl Document {
    fn of(path: &str) -> Self {
        let others = OTHERS.iter().any(|start| path.starts_with(start));
        if others { Self::OfOthers } else { Self::Ours }
    }

    fn text(self) -> &'static Value {
        match self {
            Self::Ours => &OURS,
            Self::OfOthers => &OF_OTHERS,
        }
    }
}

/// By where they stand in which document.
static SCHEMAS: Mutex<BTreeMap<(Document, String), Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// What is answered where no operation is.
const PROBLEM: &str = "/components/schemas/Problem";

/// The schemas of OpenAPI 3.0 are those of JSON Schema, as far as the documents use them.
fn schema(document: Document, place: &str) -> Arc<Validator> {
    let mut schemas = SCHEMAS.lock().unwrap();
    let made = schemas.entry((document, place.to_owned())).or_insert_with(|| {
        let mut schema = json!({ "allOf": [document.text().pointer(place).expect("a schema")] });
        schema["components"] = needed(document, &schema);
        let options = jsonschema::draft4::options().should_validate_formats(true);
        Arc::new(options.build(&schema).expect("a schema"))
    });
    Arc::clone(made)
}

/// The components that a schema leads to.
fn needed(document: Document, schema: &Value) -> Value {
    let (mut found, mut open) = (json!({ "schemas": {} }), vec![schema]);
    while let Some(next) = open.pop() {
        match next {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                open.extend(members.values());
                let name = members.get("$ref").map(|place| place.as_str().unwrap());
                let name = name.and_then(|place| place.strip_prefix("#/components/schemas/"));
                if let Some(name) = name.filter(|name| found["schemas"].get(name).is_none()) {
                    let component = &document.text()["components"]["schemas"][name];
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
    let document = Document::of(path);
    let paths = document.text()["paths"].as_object().unwrap();
    let Some((template, operations)) = paths.iter().find(|(it, _)| leads_to(it, path)) else {
        // Pages and files are in no document, but for the page that another system's links lead to.
        return Ok(());
    };
    let named = if method == Method::HEAD { Method::GET } else { method.clone() };
    let named = named.as_str().to_lowercase();
    let Some(operation) = operations.get(&named) else {
        // The browser's own question, or nothing that there is.
        let granted = method == Method::OPTIONS && answer.status.is_success();
        let is_page = operations.pointer("/get/responses/400/content/text~1html").is_some();
        return if granted { Ok(()) } else { is_problem(method, answer, is_page) };
    };
    let status = answer.status.as_str();
    let Some(declared) = operation["responses"].get(status) else {
        return Err("its status".to_owned());
    };
    told_of(answer.headers, &declared["headers"])?;
    let kind = answer.headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap());
    let content = declared["content"].as_object();
    match content.and_then(|content| content.keys().find(|it| is_called(kind, it))) {
        _ if method == Method::HEAD => {
            answer.body.is_empty().then_some(()).ok_or("a body".to_owned())
        }
        None if content.is_some() => Err(format!("its media type {kind:?}")),
        None if answer.body.is_empty() => Ok(()),
        None => Err("a body".to_owned()),
        Some(declared) if declared == PAGE => is_whole(answer.body),
        Some(declared) => {
            let place = [template, &named, "responses", status, "content", declared, "schema"];
            let place = place.map(|step| step.replace('~', "~0").replace('/', "~1")).join("/");
            fits(&schema(document, &format!("/paths/{place}")), answer.body)
        }
    }
}

/// What pages are declared as.
const PAGE: &str = "text/html";

/// JSON has no charset, and pages have one.
fn is_called(kind: Option<&str>, declared: &str) -> bool {
    let said = if declared == PAGE { "text/html; charset=utf-8" } else { declared };
    kind == Some(said)
}

fn is_whole(page: &[u8]) -> Result<(), String> {
    let whole = page.starts_with(b"<!doctype html>") && page.trim_ascii().ends_with(b"</html>");
    whole.then_some(()).ok_or("it is no page".to_owned())
}

/// Of those that a client is meant to read, each that is there is declared, and each that belongs there is there.
fn told_of(headers: &HeaderMap, declared: &Value) -> Result<(), String> {
    let is_declared = |name: &str| {
        declared.as_object().is_some_and(|it| it.keys().any(|it| it.eq_ignore_ascii_case(name)))
    };
    for name in [
        "x-request-id",
        "retry-after",
        "www-authenticate",
        "allow",
        "ratelimit",
        "ratelimit-policy",
        "location",
        "set-cookie",
    ] {
        if headers.contains_key(name) && !is_declared(name) {
            return Err(format!("the header {name}"));
        }
    }
    let always = ["x-request-id", "www-authenticate", "location"];
    match always.into_iter().find(|name| is_declared(name) && !headers.contains_key(*name)) {
        Some(name) => Err(format!("the header {name} is not there")),
        None => Ok(()),
    }
}

/// Whether it is a problem or, where a browser opens a page, may be a page that tells of one.
fn is_problem(method: &Method, answer: &Seen<'_>, is_page: bool) -> Result<(), String> {
    let kind = answer.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let shown = is_page && is_called(kind, PAGE) && answer.status.as_u16() >= 400;
    if kind != Some("application/problem+json") && !shown {
        return Err("it is no problem".to_owned());
    }
    if answer.status == StatusCode::METHOD_NOT_ALLOWED
        && !answer.headers.contains_key(header::ALLOW)
    {
        return Err("it does not say what is allowed".to_owned());
    }
    match method {
        _ if method == Method::HEAD => Ok(()),
        _ if shown => is_whole(answer.body),
        _ => fits(&schema(Document::Ours, PROBLEM), answer.body),
    }
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

#[test]
fn an_answer_to_another_systems_call_that_is_not_declared_is_found_too() {
    const ASK: &str = "/structr/rest/reset-password";
    const OPEN: &str = "/reset-password";
    let seen = |call: &str, status: u16, named: &[(&'static str, &str)], body: &str| {
        let mut headers = HeaderMap::new();
        headers.insert("x-request-id", "r".parse().unwrap());
        for (name, value) in named {
            headers.insert(*name, value.parse().unwrap());
        }
        let (method, path) = call.split_once(' ').unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Seen { status, headers: &headers, body: body.as_bytes() };
        declared(&method.parse().unwrap(), path, &answer)
    };
    let (ask, open) = (&format!("POST {ASK}"), &format!("GET {OPEN}"));
    let json = ("content-type", "application/json");
    let page = ("content-type", "text/html; charset=utf-8");
    let problem = ("content-type", "application/problem+json");
    let (on, cookie) = (("location", "/a/default/login-now"), ("set-cookie", "a=b"));
    let whole = "<!doctype html><html></html>";
    let what = |code: &str| {
        format!(
            r#"{{"type":"urn:regain:{code}","code":"{code}","title":"t","status":1,"detail":"d"}}"#
        )
    };
    for (call, status, headers, body) in [
        (ask, 200, &[json][..], "{}"),
        (ask, 404, &[problem], &*what("not-found")),
        (open, 303, &[on], ""),
        (open, 303, &[on, cookie], ""),
        (open, 400, &[page], whole),
        (open, 404, &[page], whole),
        (open, 404, &[problem], &what("not-found")),
        (&format!("POST {OPEN}"), 405, &[page, ("allow", "GET, HEAD")], whole),
        (
            &"POST /pub/applications/x/requests/resetpassword/a/commit".to_owned(),
            200,
            &[json],
            "{}",
        ),
    ] {
        assert_eq!(seen(call, status, headers, body), Ok(()), "{call} {status} {headers:?}");
    }
    for (call, status, headers, body) in [
        (ask, 202, &[json][..], "{}"),
        (ask, 200, &[json], r#"{"more":1}"#),
        (ask, 200, &[json, cookie], "{}"),
        (ask, 409, &[problem], &*what("not-configured")),
        (ask, 404, &[problem], &what("something-else")),
        (ask, 404, &[page], whole),
        (&format!("GET {ASK}"), 405, &[page, ("allow", "POST")], whole),
        (open, 303, &[], ""),
        (open, 303, &[on], "a body"),
        (open, 200, &[page], whole),
        (open, 400, &[page], "<!doctype html>"),
        (open, 400, &[problem], &what("token-invalid")),
        // Whatever else later versions may answer, this one does not.
        (open, 429, &[page], whole),
        (&format!("POST {OPEN}"), 405, &[page], whole),
        (&"POST /betty-blocks/x/request-password-reset".to_owned(), 200, &[json], "{}"),
    ] {
        assert!(seen(call, status, headers, body).is_err(), "{call} {status} {headers:?} {body}");
    }
}

#[test]
fn each_path_is_looked_for_in_the_document_that_has_it() {
    for document in [Document::Ours, Document::OfOthers] {
        for path in document.text()["paths"].as_object().unwrap().keys() {
            assert_eq!(Document::of(path), document, "{path}");
        }
    }
}
