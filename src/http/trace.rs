//! The span of a request: what it is called, whose trace it is part of, how it ended.

use poem::Request;

use super::places::Place;
use super::routes::{self, Served};
use super::state::State;
use crate::recovery::trace::{self, Span, TraceLink};

/// What is asked every few seconds by whoever looks after the process.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Begins the span of a request. Of its path the template alone is told: the path may hold a token.
pub fn begin(
    state: &State,
    place: &Place,
    (request, served): (&Request, Option<&Served>),
    reference: &str,
) -> Span {
    let path = request.uri().path();
    if !trace::is_on() || PROBES.contains(&path) {
        return Span::none();
    }
    let route = served.map(|served| served.template);
    let span = trace::request(method(request), route, caller(state, request).as_ref());
    span.text("regain.reference", reference);
    let app =
        served.and_then(|served| served.owner(path)).and_then(|owner| state.owner_at(place, owner));
    if let Some(app) = app {
        span.text("regain.app", app);
    }
    span
}

/// Tells how it was answered.
pub fn end(span: &Span, status: u16) {
    span.number("http.response.status_code", status.into());
    if status >= 500 {
        span.failed(&status.to_string());
    }
}

/// What a proxy says that the request is part of, where proxies are believed in this, too: many hand on what a
/// stranger said, who could then write into the traces of others, and have as much told as he likes.
fn caller(state: &State, request: &Request) -> Option<TraceLink> {
    if !(state.traces_from_proxies && state.is_by_a_proxy(request)) {
        return None;
    }
    let mut parents = request.headers().get_all("traceparent").iter();
    let (parent, None) = (parents.next()?, parents.next()) else { return None };
    TraceLink::parse(parent.to_str().ok()?)
}

/// A method as the conventions have it: a client may make up any.
fn method(request: &Request) -> &'static str {
    match routes::method_word(request.method()) {
        "other" => "_OTHER",
        known => known,
    }
}
