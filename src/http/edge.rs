//! What every request and every answer passes: an id, a cap on the body and its time, one shape of problems,
//! headers, one line in the log.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use poem::error::{ParsePathError, ResponseError as _};
use poem::http::{HeaderValue, Method, header};
use poem::{Body, Endpoint, IntoResponse, Request, Response};
use tokio::io::AsyncReadExt as _;
use tracing::Instrument as _;

use super::cors::Crossing;
use super::places::Place;
use super::problem::{Code, FieldError, Problem};
use super::reference::Reference;
use super::state::State;
use super::{pages, rate_limit, routes};
use crate::recovery::noting;

/// Most bytes of a body.
const BODY_MAX_BYTES: u64 = 64 * 1024;

/// The endpoint around everything.
pub struct Edge<E> {
    inner: E,
    state: State,
}

impl<E: Endpoint> Edge<E> {
    /// The edge around `inner`.
    pub const fn new(inner: E, state: State) -> Self {
        Self { inner, state }
    }

    async fn answer(&self, place: &Place, mut request: Request) -> Result<Response, Problem> {
        let path = request.uri().path().to_owned();
        // Before anything else, so that it is answered the same by every operation and page,
        // whatever is sent there and how.
        if routes::owner(&path).is_some_and(|owner| !self.state.serves(place, owner)) {
            return Err(Problem::new(Code::NotFound));
        }
        let body = request.take_body();
        // Absolute, so that one byte now and then buys no time.
        let body = tokio::time::timeout(self.state.body_patience, capped(&request, body));
        let body = body.await.map_err(|_elapsed| Problem::new(Code::Timeout))??;
        request.set_body(body);
        // A panic is a fault of one request, not of the process.
        let answered = AssertUnwindSafe(self.inner.call(request)).catch_unwind().await;
        match answered {
            Ok(Ok(answer)) => Ok(answer.into_response()),
            Ok(Err(error)) => Err(problem(&error, &path)),
            Err(_panic) => {
                tracing::error!("a handler panicked");
                Err(Problem::new(Code::Internal))
            }
        }
    }
}

impl<E: Endpoint> Endpoint for Edge<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let reference = Reference::new(&self.state.random);
        request.set_data(reference.clone());
        let Reference(reference) = reference;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let asked = pages::Asked::by(&self.state, &request);
        let place = self.state.places.of(&request);
        let (route, _) = routes::find(&path).unwrap_or(("none", ""));
        let span = tracing::info_span!("request", reference);
        let crossing = Crossing::of(&self.state, place, &request);
        let (answered, standings) = match crossing.as_ref().and_then(Crossing::preflight) {
            Some(preflight) => (Ok(preflight), vec![]),
            None => noting(self.answer(place, request).instrument(span.clone())).await,
        };
        let mut answer = match answered {
            Ok(answer) => answer,
            // Problems of pages are pages; all others are JSON.
            Err(problem) => pages::problem(&self.state, place, &asked, &problem, &reference)
                .unwrap_or_else(|| problem.as_response()),
        };
        rate_limit::mark(&mut answer, &standings);
        if let Some(crossing) = crossing {
            crossing.mark(&mut answer);
        }
        if method == Method::HEAD {
            answer.set_body(Body::empty());
        }
        add_headers(&mut answer, &reference, place.secure);
        let status = answer.status().as_u16();
        span.in_scope(|| tracing::info!(method = %method, route, status, "answered"));
        Ok(answer)
    }
}

/// The body, if it is no longer than the cap, whatever its length was said to be.
async fn capped(request: &Request, body: Body) -> Result<Body, Problem> {
    let said = request.header(header::CONTENT_LENGTH).and_then(|said| said.parse::<u64>().ok());
    if said.is_some_and(|said| said > BODY_MAX_BYTES) {
        return Err(Problem::new(Code::TooLarge));
    }
    let mut bytes = Vec::new();
    let mut stream = body.into_async_read().take(BODY_MAX_BYTES + 1);
    stream.read_to_end(&mut bytes).await.map_err(|_| Problem::new(Code::Malformed))?;
    if bytes.len() as u64 > BODY_MAX_BYTES {
        return Err(Problem::new(Code::TooLarge));
    }
    Ok(Body::from_vec(bytes))
}

/// Our own problems as they are; of the framework's errors the status alone, since their texts
/// repeat what was submitted.
fn problem(error: &poem::Error, path: &str) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if error.is::<ParsePathError>() {
        let message = "has a path that is not UTF-8, and nothing is called so".to_owned();
        let error = FieldError { field: "", reason: "not_text", message };
        return Problem::with_errors(Code::NotFound, vec![error]);
    }
    match (Problem::of_status(error.status()), routes::find(path)) {
        (problem, Some((_, allow))) if problem.code() == Code::MethodNotAllowed => {
            Problem::method_not_allowed(allow.to_owned())
        }
        (problem, _) => problem,
    }
}

/// For a year nobody is to reach this host but by TLS (RFC 6797).
const HTTPS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");

fn add_headers(answer: &mut Response, reference: &str, secure: bool) {
    let headers = answer.headers_mut();
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_ONLY);
    }
    // JSON has no charset parameter (RFC 8259 §11).
    if headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json; charset=utf-8")
    {
        let json = HeaderValue::from_static("application/json");
        headers.insert(header::CONTENT_TYPE, json);
    }
    if let Ok(reference) = HeaderValue::from_str(reference) {
        headers.insert("x-request-id", reference);
    }
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use poem::endpoint::make_sync;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Settings;
    use crate::language::Catalogue;
    use crate::random::Random;
    use crate::recovery::testing::of_nobody;

    fn state() -> State {
        let texts = Arc::new(Catalogue::embedded().unwrap());
        let (settings, random) = (Settings::default(), Random::repeatable(1));
        let dresses = pages::dresses(&settings, &BTreeMap::new()).unwrap();
        let (recovery, clock) = (Arc::new(of_nobody()), Clock::system());
        State::new(recovery, &settings, texts, dresses, clock, random).unwrap()
    }

    #[tokio::test]
    async fn a83_a_panic_is_one_constant_answer_and_the_next_request_is_served() {
        let inner = make_sync(|request: Request| {
            assert!(request.uri().path() != "/panic", "canary of a panic");
            "well"
        });
        let edge = Edge::new(inner, state());
        let panicked = edge.call(Request::builder().uri_str("/panic").finish()).await.unwrap();
        assert_eq!(panicked.status(), 500);
        let body = panicked.into_body().into_string().await.unwrap();
        assert!(body.contains("urn:regain:internal") && !body.contains("canary"), "{body}");
        let next = edge.call(Request::builder().uri_str("/").finish()).await.unwrap();
        assert_eq!(next.into_body().into_string().await.unwrap(), "well");
    }

    #[tokio::test]
    async fn a_frameworks_error_gives_its_status_and_none_of_its_words() {
        let inner = make_sync(|_| -> poem::Result<&str> {
            Err(poem::Error::from_string("canary", poem::http::StatusCode::BAD_REQUEST))
        });
        let answer = Edge::new(inner, state()).call(Request::default()).await.unwrap();
        assert_eq!(answer.status(), 400);
        let body = answer.into_body().into_string().await.unwrap();
        assert!(body.contains("invalid-request") && !body.contains("canary"), "{body}");
    }
}
