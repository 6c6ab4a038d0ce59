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
use super::routes::{self, Served};
use super::state::State;
use super::{pages, rate_limit, trace};
use crate::clock::Stopwatch;
use crate::recovery::{meters, noting};

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

    async fn answer(
        &self,
        place: &Place,
        mut request: Request,
        served: Option<&Served>,
    ) -> Result<Response, Problem> {
        let path = request.uri().path().to_owned();
        // Before anything else, so that it is answered the same by every operation and page,
        // whatever is sent there and how.
        if served.is_none() && routes::has_empty_part(&path) {
            return Err(Problem::new(Code::NotFound));
        }
        let owner = served.and_then(|served| served.owner(&path));
        if owner.is_some_and(|owner| !self.state.serves(place, owner)) {
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
        let began = Stopwatch::start();
        let reference = Reference::new(&self.state.random);
        request.set_data(reference.clone());
        let Reference(reference) = reference;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let asked = pages::Asked::by(&self.state, &request);
        let place = self.state.places.of(&request);
        let served = routes::find(&path);
        let route = served.map_or("none", |served| served.template);
        let span = tracing::info_span!("request", reference);
        let traced = trace::begin(&self.state, place, (&request, served), &reference);
        let crossing = served.and_then(|it| Crossing::of(&self.state, place, &request, it));
        let answering = self.answer(place, request, served).instrument(span.clone());
        let (answered, standings) = match crossing.as_ref().and_then(Crossing::preflight) {
            Some(preflight) => (Ok(preflight), vec![]),
            None => traced.around(noting(answering)).await,
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
        meters::answered(routes::method_word(&method), route, status, began.elapsed());
        trace::end(&traced, status);
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
        (problem, Some(served)) if problem.code() == Code::MethodNotAllowed => {
            Problem::method_not_allowed(served.methods.to_owned())
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

    use poem::IntoResponse as _;
    use poem::endpoint::make_sync;

    use super::*;
    use crate::clock::Clock;
    use crate::config::Settings;
    use crate::language::Catalogue;
    use crate::random::Random;
    use crate::recovery::testing::of_nobody;
    use crate::token::{Keyring, Secret};

    fn state() -> State {
        let texts = Arc::new(Catalogue::embedded().unwrap());
        let (settings, random) = (Settings::default(), Random::repeatable(1));
        let dresses = pages::dresses(&settings, &BTreeMap::new()).unwrap();
        let (recovery, clock) = (Arc::new(of_nobody()), Clock::system());
        let secret = Secret::parse(b"Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3").unwrap();
        let keyring = Arc::new(Keyring::new("one", [("one".to_owned(), secret)]).unwrap());
        State::new(recovery, keyring, &settings, texts, dresses, clock, random).unwrap()
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

    /// What came back for a request, with how many bytes of its body got through.
    async fn through(request: Request) -> (u16, usize, Response) {
        let count = poem::endpoint::make(|mut request: Request| async move {
            let body = request.take_body().into_vec().await.unwrap();
            Ok::<_, poem::Error>(
                body.len().to_string().with_content_type("application/json; charset=utf-8"),
            )
        });
        let mut answer = Edge::new(count, state()).call(request).await.unwrap();
        let body = answer.take_body().into_string().await.unwrap();
        (answer.status().as_u16(), body.parse().unwrap_or_default(), answer)
    }

    #[tokio::test]
    async fn a77_a_body_is_taken_whole_up_to_64_kib_whatever_is_said_of_its_length() {
        for (bytes, said, status) in [
            (65_536, None, 200),
            (65_536, Some("65536"), 200),
            (65_537, None, 413),
            (65_537, Some("65537"), 413),
            (10, Some("65537"), 413),
            (10, Some("10"), 200),
        ] {
            let mut request = Request::builder().method(Method::POST).uri_str("/");
            if let Some(said) = said {
                request = request.header(header::CONTENT_LENGTH, said);
            }
            let (answered, through, _) = through(request.body("x".repeat(bytes))).await;
            let expected = if status == 200 { bytes } else { 0 };
            assert_eq!((answered, through), (status, expected), "{bytes} {said:?}");
        }
    }

    #[tokio::test]
    async fn every_answer_has_its_headers_and_json_no_charset() {
        let (_, _, answer) = through(Request::builder().uri_str("/").finish()).await;
        let header = |name| answer.header(name).unwrap_or_default();
        assert_eq!(header("content-type"), "application/json");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-request-id").len(), 16);
        let page = make_sync(|_| "x".with_content_type("text/html; charset=utf-8"));
        let page = Edge::new(page, state()).call(Request::default()).await.unwrap();
        assert_eq!(page.content_type(), Some("text/html; charset=utf-8"));
    }

    #[tokio::test]
    async fn what_no_application_is_there_for_is_not_found_whatever_would_answer() {
        let path = "/v1/apps/default/password-resets";
        let (status, ..) = through(Request::builder().uri_str(path).finish()).await;
        assert_eq!(status, 404, "there is no application at all");
        assert_eq!(through(Request::builder().uri_str("/healthz").finish()).await.0, 200);
    }

    #[tokio::test]
    async fn a_method_that_is_not_allowed_is_told_with_those_that_are_and_no_other_error_is() {
        for (status, allow) in [(405, Some("GET, HEAD")), (400, None)] {
            let status = poem::http::StatusCode::from_u16(status).unwrap();
            let inner =
                make_sync(move |_| -> poem::Result<&str> { Err(poem::Error::from_status(status)) });
            let request = Request::builder().uri_str("/healthz").finish();
            let answer = Edge::new(inner, state()).call(request).await.unwrap();
            assert_eq!((answer.status(), answer.header("allow")), (status, allow));
        }
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
