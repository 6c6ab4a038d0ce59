//! What stands before the processes, as a Service and an ingress do before pods: it sends to those that say
//! they are ready, and tries another one where nothing was sent yet.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use poem::http::StatusCode;
use poem::listener::Acceptor as _;
use poem::{Endpoint, Request, Response, Server};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::certified::listener;
use crate::harness::client_resting;

/// Requests with one number in this header go the same way, as long as the same processes are ready.
pub const WAY: &str = "x-way";
/// In an answer: where the request went.
pub const SERVED_BY: &str = "x-served-by";
/// In an answer of the proxy's own: the connection broke after something was sent.
pub const BROKEN: &str = "x-broken";

/// How often each process is asked whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// How long a connection is kept: shorter than the processes keep theirs, as docs/operating.md has it.
const IDLE: Duration = Duration::from_secs(30);

/// A proxy on loopback, ended with the test.
pub struct Proxy {
    pub url: String,
    routes: Arc<Routes>,
    server: JoinHandle<()>,
}

struct Routes {
    backends: Mutex<Vec<Arc<Backend>>>,
    turn: AtomicUsize,
    http: reqwest::Client,
}

struct Backend {
    url: String,
    ready: AtomicBool,
    /// Whether it is sent nothing more.
    out: AtomicBool,
    in_flight: watch::Sender<usize>,
}

impl Proxy {
    pub async fn start() -> Self {
        let acceptor = listener("127.0.0.1").await;
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let routes = Arc::new(Routes {
            backends: Mutex::default(),
            turn: AtomicUsize::new(0),
            http: client_resting(IDLE),
        });
        let server = Server::new_with_acceptor(acceptor).run(Forward(routes.clone()));
        let server = tokio::spawn(async move { server.await.unwrap() });
        Self { url: format!("http://{address}"), routes, server }
    }

    /// Sends to this process, too, from when it is ready, which is waited for.
    pub async fn add(&self, url: &str) {
        let (ready, out) = (AtomicBool::new(false), AtomicBool::new(false));
        let in_flight = watch::Sender::new(0);
        let backend = Arc::new(Backend { url: url.to_owned(), ready, out, in_flight });
        self.routes.backends.lock().unwrap().push(backend.clone());
        tokio::spawn(look(Arc::downgrade(&backend), self.routes.http.clone()));
        for _attempt in 0..600 {
            if backend.ready.load(Ordering::SeqCst) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{url} is never ready");
    }

    /// Sends to this process no more, and waits until what is under way there is answered, as the pause before
    /// SIGTERM does in Kubernetes.
    pub async fn take_out(&self, url: &str) {
        let gone = self.forget(url);
        let mut in_flight = gone.in_flight.subscribe();
        let ends = in_flight.wait_for(|requests| *requests == 0);
        let ended = tokio::time::timeout(Duration::from_mins(1), ends).await;
        assert!(ended.is_ok(), "{url} does not answer");
    }

    /// The same where it is dead, so that there is nothing to wait for.
    pub fn forget_dead(&self, url: &str) {
        self.forget(url);
    }

    fn forget(&self, url: &str) -> Arc<Backend> {
        let mut backends = self.routes.backends.lock().unwrap();
        let place = backends.iter().position(|backend| backend.url == url).expect("it is known");
        let gone = backends.remove(place);
        gone.out.store(true, Ordering::SeqCst);
        gone
    }

    /// Waits until something is under way to this process, as long as somebody asks for anything.
    pub async fn until_busy(&self, url: &str) {
        let backend = {
            let backends = self.routes.backends.lock().unwrap();
            backends.iter().find(|backend| backend.url == url).expect("it is known").clone()
        };
        let mut in_flight = backend.in_flight.subscribe();
        let begins = in_flight.wait_for(|requests| *requests > 0);
        let begun = tokio::time::timeout(Duration::from_mins(1), begins).await;
        assert!(begun.is_ok(), "{url} is sent nothing");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Asks a process again and again whether it is ready, until nobody knows it any more.
async fn look(backend: Weak<Backend>, http: reqwest::Client) {
    while let Some(backend) = backend.upgrade() {
        let request = http.get(format!("{}/readyz", backend.url)).timeout(Duration::from_secs(3));
        let answer = request.send().await;
        let ready = answer.is_ok_and(|answer| answer.status().is_success());
        backend.ready.store(ready, Ordering::SeqCst);
        drop(backend);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

struct Forward(Arc<Routes>);

impl Endpoint for Forward {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body = request.take_body().into_bytes().await?;
        for backend in self.0.in_order(&request) {
            let _under_way = UnderWay::begin(&backend);
            // After it was counted, so that who takes it out sees the one or the other.
            if backend.out.load(Ordering::SeqCst) {
                continue;
            }
            let url = format!("{}{}", backend.url, request.uri());
            let again = self.0.http.request(request.method().clone(), url);
            let again = again.headers(passed_on(request.headers())).body(body.clone());
            match answer(again).await {
                Ok(answer) => return Ok(answer.with_header_of(&backend)),
                // Nothing was sent, so that another one may have it.
                Err(error) if error.is_connect() => backend.ready.store(false, Ordering::SeqCst),
                Err(_) => {
                    let broken = Response::builder().status(StatusCode::BAD_GATEWAY);
                    return Ok(broken.header(BROKEN, "1").finish().with_header_of(&backend));
                }
            }
        }
        Ok(StatusCode::SERVICE_UNAVAILABLE.into())
    }
}

impl Routes {
    /// To whom a request may go, the first one first. Where nobody is ready, all are tried, as Envoy does it.
    fn in_order(&self, request: &Request) -> Vec<Arc<Backend>> {
        let all = self.backends.lock().unwrap().clone();
        let ready = |backend: &&Arc<Backend>| backend.ready.load(Ordering::SeqCst);
        let mut order: Vec<_> = all.iter().filter(ready).cloned().collect();
        if order.is_empty() {
            order = all;
        }
        let way = request.header(WAY).and_then(|way| way.parse().ok());
        let way: usize = way.unwrap_or_else(|| self.turn.fetch_add(1, Ordering::SeqCst));
        if !order.is_empty() {
            let first = way % order.len();
            order.rotate_left(first);
        }
        order
    }
}

/// Counts a request, until it is dropped.
struct UnderWay<'a>(&'a Backend);

impl<'a> UnderWay<'a> {
    fn begin(backend: &'a Backend) -> Self {
        backend.in_flight.send_modify(|requests| *requests += 1);
        Self(backend)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.in_flight.send_modify(|requests| *requests -= 1);
    }
}

/// The headers that are about the request, and not about a connection.
fn passed_on(headers: &poem::http::HeaderMap) -> poem::http::HeaderMap {
    let ours = ["content-type", "accept-language", "authorization"];
    let headers = headers.iter().filter(|(name, _)| ours.contains(&name.as_str()));
    headers.map(|(name, value)| (name.clone(), value.clone())).collect()
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<Response> {
    let answer = request.send().await?;
    let mut ours = Response::builder().status(answer.status());
    for name in ["content-type", "retry-after", "date"] {
        if let Some(value) = answer.headers().get(name) {
            ours = ours.header(name, value);
        }
    }
    Ok(ours.body(answer.bytes().await?))
}

trait WithHeaderOf {
    fn with_header_of(self, backend: &Backend) -> Self;
}

impl WithHeaderOf for Response {
    fn with_header_of(mut self, backend: &Backend) -> Self {
        self.headers_mut().insert(SERVED_BY, backend.url.parse().expect("a URL is a header"));
        self
    }
}
