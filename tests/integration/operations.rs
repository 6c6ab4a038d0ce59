//! Every operation and page of an application, and where each takes something by which it does something.
//!
//! They come from the route table and the API document, so that a new one is tried without a word here;
//! one that takes a body and is not in it, as other systems' calls are not, has to say in [`SAMPLES`] what it takes.

use regain::http::routes;
use regain::token::Purpose;
use reqwest::Method;
use serde_json::{Value, json};

/// What other systems' calls take, as every application of a test takes it.
const SAMPLES: [(&str, &str); 8] = [
    ("/betty-blocks/{app}/request-password-reset", r#"{"email_address":"nobody@example.com"}"#),
    (
        "/betty-blocks/{app}/reset-password",
        r#"{"inputToken":"TOKEN","new_password":"a passphrase long enough for each","confirm_password":"a passphrase long enough for each"}"#,
    ),
    (
        "/pub/applications/{application}/requests/resetpassword",
        r#"{"principal":"nobody@example.com"}"#,
    ),
    (
        "/pub/applications/{application}/requests/resetpassword/create",
        r#"{"principal":"nobody@example.com","email":{"subject":"By hand","body":"${hash}"}}"#,
    ),
    ("/pub/applications/{application}/requests/resetpassword/{doc}/send", "{}"),
    (
        "/pub/applications/{application}/requests/resetpassword/{hash}/commit",
        r#"{"password":"a passphrase long enough for each"}"#,
    ),
    ("/structr/rest/reset-password", r#"{"eMail":"nobody@example.com"}"#),
    ("/structr/rest/me", r#"{"password":"a passphrase long enough for each"}"#),
];

/// Routes of no application.
const OF_NOBODY: [&str; 8] = [
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/openapi.yaml",
    "/docs",
    "/docs/{file}",
    "/.well-known/change-password",
    "/",
];

/// Members of bodies that hold a token or a session. What is called otherwise is known by its example.
const TOKENS: [&str; 3] = ["token", "inputToken", "session"];

/// The same in paths, and the one path that takes it as a parameter.
const IN_PATHS: [&str; 3] = ["{token}", "{hash}", "{doc}"];
const STRUCTR_PAGE: &str = "/reset-password";

/// Where Structr takes a session.
pub const STRUCTR_ME: &str = "/structr/rest/me";

/// What an operation is documented to want in its `Authorization` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    Nothing,
    Session,
    Key,
}

/// One method of one route of an application.
#[derive(Debug)]
pub struct Operation {
    pub method: Method,
    pub template: &'static str,
    /// An example of its body.
    pub body: Option<Value>,
    pub wants: Wants,
    /// Whether a key changes what it does, though it may be left out.
    pub heeds_keys: bool,
}

/// Every method of every route that is an application's.
pub fn all(document: &Value) -> Vec<Operation> {
    let others = |template: &str| template.starts_with("/demo/") || OF_NOBODY.contains(&template);
    let of_apps = routes::all().iter().filter(|(template, _)| !others(template));
    let methods = of_apps
        .flat_map(|(template, methods)| methods.split(", ").map(move |method| (*template, method)));
    methods.map(|(template, method)| operation(template, method, document)).collect()
}

fn operation(template: &'static str, method: &str, document: &Value) -> Operation {
    // HEAD is in no document: it is GET without the body.
    let as_documented = if method == "HEAD" { "get" } else { &method.to_lowercase() };
    let documented = &document["paths"][template][as_documented];
    let sample = SAMPLES.iter().find(|(of, _)| *of == template);
    let body = match sample {
        Some((_, body)) => serde_json::from_str(body).ok(),
        None => documented["requestBody"]["content"]["application/json"].get("example").cloned(),
    };
    let known = template.starts_with("/a/") || !matches!(method, "POST" | "PUT" | "PATCH");
    assert!(
        known || !documented.is_null() || body.is_some(),
        "what does {method} {template} take?"
    );
    let secured = documented["security"].as_array().map(Vec::as_slice).unwrap_or_default();
    let any_may_be = |name: &str| secured.iter().any(|way| way.get(name).is_some());
    // An empty requirement among others says that it may be left out.
    let must = secured.iter().all(|way| way.as_object().is_some_and(|way| !way.is_empty()));
    let wants = match template {
        STRUCTR_ME => Wants::Session,
        _ if must && any_may_be("api_key") => Wants::Key,
        _ if must && !secured.is_empty() => Wants::Session,
        _ => Wants::Nothing,
    };
    let heeds_keys = any_may_be("api_key") || template.starts_with("/pub/");
    let method = Method::from_bytes(method.as_bytes()).unwrap();
    Operation { method, template, body: body.map(without_people), wants, heeds_keys }
}

/// Who is asked for is nobody, so that no mail changes what is tried next.
fn without_people(mut body: Value) -> Value {
    for (_, value) in body.as_object_mut().into_iter().flatten() {
        if value.as_str().is_some_and(|text| text.contains('@')) {
            *value = json!("nobody@example.com");
        }
    }
    body
}

impl Operation {
    /// Whether its path names an application: Structr's name none, and are those of one alone.
    pub fn names_its_app(&self) -> bool {
        self.template.contains("{app")
    }

    /// Whether it is a page that a form is posted to.
    pub fn is_posted(&self) -> bool {
        self.template.starts_with("/a/") && self.method == Method::POST
    }

    /// Its own example of a body, or the form of its page.
    pub fn body_or(&self, form: String) -> String {
        let none = if self.is_posted() { form } else { String::new() };
        self.body.as_ref().map_or(none, Value::to_string)
    }

    /// Whether it takes a token in its path or its body.
    pub fn takes_token(&self) -> bool {
        let in_path = IN_PATHS.iter().any(|place| self.template.contains(place));
        in_path || self.template == STRUCTR_PAGE || self.tokens().next().is_some()
    }

    pub const fn media_type(&self) -> &'static str {
        if self.body.is_some() { "application/json" } else { "application/x-www-form-urlencoded" }
    }

    /// The members of its body that hold a token.
    fn tokens(&self) -> impl Iterator<Item = &String> {
        let members = self.body.iter().filter_map(Value::as_object).flatten();
        let is_token = |name: &str, value: &Value| {
            let text = value.as_str().unwrap_or_default();
            TOKENS.contains(&name) || text.len() > 80 && text.matches('.').count() == 2
        };
        members.filter(move |(name, value)| is_token(name, value)).map(|(name, _)| name)
    }

    /// Paths and bodies with this secret wherever a token goes, for every purpose that can be said;
    /// none where no token is taken.
    pub fn filled_in(&self, app: &str, secret: &str) -> Vec<(String, String)> {
        if self.takes_token() { self.said(app, secret) } else { vec![] }
    }

    /// The same whether or not one is taken.
    pub fn said(&self, app: &str, secret: &str) -> Vec<(String, String)> {
        let path = self.path(app, secret);
        let Some(mut body) = self.body.clone() else { return vec![(path, String::new())] };
        for name in self.tokens() {
            body[name] = json!(secret);
        }
        if body.get("purpose").is_none() {
            return vec![(path, body.to_string())];
        }
        let bodies = Purpose::ALL.map(|purpose| {
            body["purpose"] = json!(purpose.name());
            body.to_string()
        });
        bodies.map(|body| (path.clone(), body)).into()
    }

    /// Its path and its body with nothing in them that is worth anything.
    pub fn with_nothing(&self, app: &str) -> (String, String) {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        (self.path(app, "a.b.c"), body)
    }

    /// Its path, with this where a token goes.
    pub fn path(&self, app: &str, token: &str) -> String {
        let parts = self.template.split('/').map(|part| match part {
            "{app}" | "{application}" => app,
            place if IN_PATHS.contains(&place) => token,
            "{user_id}" => "1",
            "{file}" => "x",
            part if part.starts_with('{') => panic!("what is {part} of {}?", self.template),
            part => part,
        });
        let path = parts.collect::<Vec<_>>().join("/");
        if self.template == STRUCTR_PAGE { format!("{path}?key={token}") } else { path }
    }
}
