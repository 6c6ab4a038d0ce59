//! Bodies of every operation that takes one, and of the calls of other systems, through the whole of what
//! is served: never a fault of ours, always an answer that is declared, and nothing of the request in it.
//!
//! The first byte says which operation, the second how the body is sent, the rest is the body.
#![no_main]

use std::collections::BTreeSet;
use std::fmt;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use poem::Request;
use poem::http::{Method, StatusCode, header};
use regain::http::problem::Code;
use regain_fuzz::{Answer, Served, declared};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::{Map, Value};

static SERVED: LazyLock<Served> = LazyLock::new(Served::build);

/// The most that a body may have.
const CAP: usize = 64 * 1024;

/// Who takes a body, and what it is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// JSON, for an operation of the document.
    Api,
    /// The same, and the operator is known before it is read.
    WithKey,
    /// JSON, as another system's clients send it.
    Compat,
    /// A form, answered by a page.
    Page,
}

/// Method, path template, kind.
const OPERATIONS: [(&str, &str, Kind); 24] = [
    ("POST", "/v1/apps/{app}/password-resets", Kind::Api),
    ("POST", "/v1/apps/{app}/password-resets/complete", Kind::Api),
    ("POST", "/v1/apps/{app}/email-confirmations", Kind::Api),
    ("POST", "/v1/apps/{app}/email-confirmations/complete", Kind::Api),
    ("POST", "/v1/apps/{app}/login-links", Kind::Api),
    ("POST", "/v1/apps/{app}/login-links/complete", Kind::Api),
    ("PUT", "/v1/apps/{app}/me/password", Kind::Api),
    ("POST", "/v1/apps/{app}/tokens/inspect", Kind::Api),
    ("POST", "/v1/apps/{app}/tokens/explain", Kind::WithKey),
    ("POST", "/v1/apps/{app}/users/{user_id}/tokens", Kind::WithKey),
    ("POST", "/v1/apps/{app}/invitations", Kind::WithKey),
    ("POST", "/v1/apps/{app}/sessions/introspect", Kind::WithKey),
    ("POST", "/betty-blocks/{app}/request-password-reset", Kind::Compat),
    ("POST", "/betty-blocks/{app}/reset-password", Kind::Compat),
    ("POST", "/pub/applications/{app}/requests/resetpassword", Kind::Compat),
    ("POST", "/pub/applications/{app}/requests/resetpassword/create", Kind::Compat),
    ("POST", "/pub/applications/{app}/requests/resetpassword/{doc}/send", Kind::Compat),
    ("POST", "/pub/applications/{app}/requests/resetpassword/{hash}/commit", Kind::Compat),
    ("POST", "/structr/rest/reset-password", Kind::Compat),
    ("PUT", "/structr/rest/me", Kind::Compat),
    ("POST", "/a/{app}/reset", Kind::Page),
    ("POST", "/a/{app}/new-password", Kind::Page),
    ("POST", "/a/{app}/confirm-email-now", Kind::Page),
    ("POST", "/a/{app}/my-password", Kind::Page),
];

/// What bodies hold, most often of all in this order.
const MEMBERS: [&[&str]; 4] = [
    &["identifier", "locale", "return_to"],
    &["token", "new_password", "confirm_password"],
    &["token", "purpose"],
    &["purpose", "return_to"],
];

/// By what name the body goes: the right one most of the time.
const MEDIA_TYPES: [&str; 4] = [
    "application/json; charset=UTF-8",
    "application/x-www-form-urlencoded; charset=UTF-8",
    "application/json; charset=iso-8859-1",
    "",
];

fuzz_target!(|data: &[u8]| {
    let [operation, how, body @ ..] = data else { return };
    let (method, template, kind) = OPERATIONS[usize::from(*operation) % OPERATIONS.len()];
    let media_type = match how & 7 {
        odd @ 0..4 => MEDIA_TYPES[usize::from(odd)],
        _ if kind == Kind::Page => "application/x-www-form-urlencoded",
        _ => "application/json",
    };
    let with_key = how & 8 != 0;
    let body = match how >> 4 {
        lines @ 8..12 if kind != Kind::Page => said(body, MEMBERS[usize::from(lines & 3)]),
        times => blown_up(body, times),
    };
    let mut request = Request::builder()
        .method(method.parse::<Method>().expect("a method"))
        .uri_str(template.replace("{app}", "default").replace(['{', '}'], ""))
        .header(header::ORIGIN, "https://accounts.example.com");
    if !media_type.is_empty() {
        request = request.header(header::CONTENT_TYPE, media_type);
    }
    if with_key {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", SERVED.key));
    }
    let answer = SERVED.answer(request.body(body.clone()));

    answer.check(kind == Kind::Page);
    let nobody_answers = Code::NotFound.title();
    assert!(
        kind == Kind::Page || !answer.text().contains(nobody_answers),
        "{template} is answered"
    );
    if let Some(statuses) = declared(method, template) {
        let status = answer.status.as_u16();
        assert!(statuses.contains(&status), "{method} {template} does not declare {status}");
    }
    if body.len() > CAP {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    } else if matches!(kind, Kind::Api | Kind::WithKey) {
        strictly_read(&answer, media_type, with_key || kind == Kind::Api, &body);
    }
});

/// A body that is as it should be but for its values, which are the lines.
fn said(lines: &[u8], members: &[&str]) -> Vec<u8> {
    let values = lines.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    let said: Map<String, Value> = members
        .iter()
        .zip(values)
        .map(|(name, value)| ((*name).to_owned(), value.into()))
        .collect();
    Value::Object(said).to_string().into_bytes()
}

/// Some of the sixteen ways repeat the body: so it gets deep, or larger than it may be.
fn blown_up(body: &[u8], times: u8) -> Vec<u8> {
    let times = if times < 12 { 1 } else { 1 << (4 * (times - 11)) };
    let mut blown_up = body.to_vec();
    while blown_up.len() < body.len() * times && blown_up.len() <= CAP {
        blown_up.extend_from_slice(body);
    }
    blown_up
}

/// What was taken is one object in JSON that has every member once; what is no JSON is told so.
fn strictly_read(answer: &Answer, media_type: &str, known: bool, body: &[u8]) {
    let status = answer.status;
    let json = media_type.starts_with("application/json") && !media_type.contains("8859");
    match members(body) {
        _ if !known => assert_eq!(status, StatusCode::UNAUTHORIZED),
        _ if !json => assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE),
        Some(members) if members.iter().collect::<BTreeSet<_>>().len() == members.len() => {}
        _ => assert_eq!(status, StatusCode::BAD_REQUEST, "{}", answer.text()),
    }
}

/// The names in an object, each as often as it is there.
fn members(body: &[u8]) -> Option<Vec<String>> {
    struct Names;
    impl<'de> Visitor<'de> for Names {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut names = Vec::new();
            while let Some((name, _)) = map.next_entry::<String, Value>()? {
                names.push(name);
            }
            Ok(names)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let names = deserializer.deserialize_map(Names).ok()?;
    deserializer.end().ok().map(|()| names)
}
