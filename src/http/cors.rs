//! Calls that scripts of other origins may make: those of an application, for the origins on its list,
//! character by character. Nobody else is granted anything, nor is anything else.

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Request, Response};

use super::places::Place;
use super::routes::{self, Served};
use super::state::State;

/// How the paths of calls begin. What is not among them is a page or of no application.
const CALLS: [&str; 4] = [
    "/v1/apps/{app}/",
    "/betty-blocks/{app}/",
    "/pub/applications/{application}/",
    "/structr/rest/",
];
/// What a key alone opens: it belongs in no browser.
const BY_KEY: [&str; 4] = [
    "/v1/apps/{app}/invitations",
    "/v1/apps/{app}/sessions/",
    "/v1/apps/{app}/tokens/explain",
    "/v1/apps/{app}/users/",
];
/// What a session opens.
const BY_SESSION: [&str; 2] = ["/v1/apps/{app}/me", "/v1/apps/{app}/me/password"];
/// The same, where the browser may have the session as a cookie.
const BY_COOKIE: &str = "/structr/rest/me";

/// What a script may read of an answer beside its body and what any page may.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id",
);
/// For how many seconds a browser need not ask again; not long, since the list may change.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Such a call, and what its caller is granted.
pub struct Crossing {
    methods: &'static str,
    brings: Brings,
    /// The caller's origin, where it is on the list.
    granted: Option<HeaderValue>,
    asks_first: bool,
}

/// What a script may have a call bring along of whom it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brings {
    Nothing,
    /// The session, named by the script.
    Session,
    /// The same, or the cookie that the browser has.
    Cookie,
}

impl Crossing {
    /// What a request is in this respect; `None` for everything that is no such call, whoever asks,
    /// and where the application is not there: that is answered as any path that is not.
    pub fn of(state: &State, place: &Place, request: &Request, served: &Served) -> Option<Self> {
        let brings = brings(served.template)?;
        let listed = state.origins(place, served.owner(request.uri().path())?)?;
        let granted = origin(request.headers())
            .filter(|origin| listed.iter().any(|listed| listed.as_bytes() == origin.as_bytes()));
        let asks_first = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        Some(Self { methods: served.methods, brings, granted: granted.cloned(), asks_first })
    }

    /// The answer for a browser that asks before it calls. For one that is granted nothing OPTIONS is a
    /// method like any other.
    pub fn preflight(&self) -> Option<Response> {
        if !self.asks_first || self.granted.is_none() {
            return None;
        }
        let answer = Response::builder()
            .status(StatusCode::NO_CONTENT)
            .header(header::ACCESS_CONTROL_ALLOW_METHODS, self.methods)
            .header(header::ACCESS_CONTROL_ALLOW_HEADERS, self.brings.headers())
            .header(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        Some(answer.finish())
    }

    /// Tells in an answer what is granted, and caches that it depends on who asks.
    pub fn mark(self, answer: &mut Response) {
        let headers = answer.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = self.granted else { return };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        if self.brings == Brings::Cookie {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
    }
}

impl Brings {
    /// What a script may send along beside what any page may. Without a session `Authorization` could hold
    /// a key alone.
    const fn headers(self) -> &'static str {
        match self {
            Self::Nothing => "Content-Type",
            Self::Session | Self::Cookie => "Content-Type, Authorization",
        }
    }
}

/// Whether a request comes from a page that may make it by the application's list.
pub fn is_granted(state: &State, request: &Request) -> bool {
    let served = routes::find(request.uri().path());
    let crossing = served.and_then(|it| Crossing::of(state, state.places.of(request), request, it));
    crossing.is_some_and(|crossing| crossing.granted.is_some())
}

/// What scripts may bring along to a path; nothing at all where they may not call it.
fn brings(template: &str) -> Option<Brings> {
    let begins = |starts: &[&str]| starts.iter().any(|start| template.starts_with(start));
    match template {
        BY_COOKIE => Some(Brings::Cookie),
        _ if BY_SESSION.contains(&template) => Some(Brings::Session),
        _ => (begins(&CALLS) && !begins(&BY_KEY)).then_some(Brings::Nothing),
    }
}

/// The one origin that a request names.
fn origin(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut origins = headers.get_all(header::ORIGIN).into_iter();
    origins.next().filter(|_| origins.next().is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::document;

    #[test]
    fn a82_what_scripts_may_call_and_bring_is_what_the_document_says_of_the_operation() {
        let document: Value = serde_json::from_str(&document::json()).unwrap();
        let mut seen = 0;
        for (path, operations) in document["paths"].as_object().unwrap() {
            let operations = operations.as_object().unwrap();
            for operation in operations.values().filter(|it| it["operationId"].is_string()) {
                let security = &operation["security"];
                let expected = match path.strip_prefix("/v1/apps/") {
                    None => None,
                    Some(_) if *security == json!([{ "api_key": [] }]) => None,
                    Some(_) if *security == json!([{ "session": [] }]) => Some(Brings::Session),
                    Some(_) if *security == json!([]) => Some(Brings::Nothing),
                    Some(_) => panic!("{path} {security}"),
                };
                assert_eq!(brings(path), expected, "{path} {security}");
                seen += 1;
            }
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn a82_of_what_is_not_in_our_document_other_systems_calls_may_be_made_and_no_page() {
        let document: Value = serde_json::from_str(&document::json()).unwrap();
        let others = routes::all().iter().map(|(template, _)| *template);
        let others = others.filter(|template| document["paths"].get(template).is_none());
        let granted: Vec<_> = others.filter_map(|it| Some((it, brings(it)?))).collect();
        let cloud_cms = "/pub/applications/{application}/requests/resetpassword";
        assert_eq!(
            granted,
            [
                ("/betty-blocks/{app}/request-password-reset", Brings::Nothing),
                ("/betty-blocks/{app}/reset-password", Brings::Nothing),
                (cloud_cms, Brings::Nothing),
                (&*format!("{cloud_cms}/create"), Brings::Nothing),
                (&*format!("{cloud_cms}/{{doc}}/send"), Brings::Nothing),
                (&*format!("{cloud_cms}/{{hash}}/commit"), Brings::Nothing),
                ("/structr/rest/reset-password", Brings::Nothing),
                ("/structr/rest/me", Brings::Cookie),
            ]
        );
    }

    #[test]
    fn a82_what_scripts_may_bring_to_other_systems_calls_is_what_their_document_says() {
        let document: Value = serde_json::from_str(&document::compat::json()).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                let expected = match &operation["security"] {
                    // A page, which browsers open.
                    _ if method == "get" => None,
                    ways if *ways == json!([]) => Some(Brings::Nothing),
                    ways if *ways == json!([{ "session": [] }, { "session_cookie": [] }]) => {
                        Some(Brings::Cookie)
                    }
                    ways => panic!("{path} {ways}"),
                };
                assert_eq!(brings(path), expected, "{path}");
            }
        }
    }
}
