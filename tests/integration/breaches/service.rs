//! A service that knows which passwords were breached: a real HTTPS server that answers ranges as Have
//! I Been Pwned's does, or something else.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use poem::http::{HeaderMap, Method, StatusCode};
use poem::listener::Acceptor;
use poem::{Body, IntoEndpoint, Request, Response, Server, endpoint};
use sha1::{Digest as _, Sha1};
use tokio::task::JoinHandle;

use crate::certified::{Certified, listener};
use crate::harness::Folder;

/// What the service does with a question that it has heard, if it does not answer it.
#[derive(Clone, Debug)]
pub enum Say {
    Status(u16),
    Text(&'static str),
    /// Sends whoever asks elsewhere.
    Redirect(String),
    /// Answers well, but not at once.
    Late(Duration),
    /// Never answers.
    Nothing,
    /// Begins well, and goes on with one line after the other, a moment apart.
    Dripping,
    /// The same as fast as it can.
    Endless,
}

/// A question as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// A running service, ended with the test.
pub struct RangeService {
    pub url: String,
    pub ca: Option<PathBuf>,
    state: Arc<State>,
    server: JoinHandle<()>,
    _folder: Folder,
}

#[derive(Default)]
struct State {
    breached: Vec<String>,
    heard: Mutex<Vec<Heard>>,
    says: Mutex<VecDeque<Say>>,
    asked_now: AtomicUsize,
    most_at_once: AtomicUsize,
    spoken: AtomicUsize,
}

/// A password's digest in upper-case hexadecimal digits.
pub fn digest(password: &str) -> String {
    Sha1::digest(password).iter().fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02X}");
        digits
    })
}

impl RangeService {
    /// Listens on loopback with TLS and knows these passwords; `None` where Python is left out.
    pub async fn tls(breached: &[&str]) -> Option<Self> {
        Self::named(None, breached).await
    }

    /// The same where this name leads.
    pub async fn named(host: Option<&str>, breached: &[&str]) -> Option<Self> {
        let Certified { tls, ca, origin, folder } = Certified::at(host).await?;
        Some(Self::run(tls, &origin, breached, Some(ca), folder))
    }

    /// Listens on loopback without TLS.
    pub async fn plain(breached: &[&str]) -> Self {
        let tcp = listener("127.0.0.1").await;
        Self::run(tcp, "http://localhost", breached, None, Folder::new())
    }

    fn run(
        acceptor: impl Acceptor + 'static,
        origin: &str,
        breached: &[&str],
        ca: Option<PathBuf>,
        folder: Folder,
    ) -> Self {
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let breached = breached.iter().map(|password| digest(password)).collect();
        let state = Arc::new(State { breached, ..State::default() });
        let server = Server::new_with_acceptor(acceptor).run(answering(state.clone()));
        let server = tokio::spawn(async move { server.await.unwrap() });
        let url = format!("{origin}:{}/range/", address.port());
        Self { url, ca, state, server, _folder: folder }
    }

    /// Does these things with the next questions, one each, and answers those after them.
    pub fn will(&self, says: impl IntoIterator<Item = Say>) {
        *self.state.says.lock().unwrap() = says.into_iter().collect();
    }

    /// Every question so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.state.heard.lock().unwrap().clone()
    }

    /// How many questions were on their way at a time, at most.
    pub fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }

    /// Bytes of endless answers that were handed on so far.
    pub fn spoken(&self) -> usize {
        self.state.spoken.load(Ordering::SeqCst)
    }

    /// Stops listening.
    pub async fn ends(&mut self) {
        self.server.abort();
        let _ = (&mut self.server).await;
    }

    /// Waits until so many questions have come.
    pub async fn has_heard(&self, questions: usize) {
        for _attempt in 0..600 {
            if self.heard().len() >= questions {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {questions} questions: {:?}", self.heard());
    }
}

impl Drop for RangeService {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Counts a question for as long as it is on its way, whoever gives up.
struct Asked(Arc<State>);

impl Asked {
    fn now(state: &Arc<State>) -> Self {
        let now = state.asked_now.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_at_once.fetch_max(now, Ordering::SeqCst);
        Self(state.clone())
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.asked_now.fetch_sub(1, Ordering::SeqCst);
    }
}

fn answering(state: Arc<State>) -> impl IntoEndpoint {
    endpoint::make(move |mut request: Request| {
        let state = state.clone();
        async move {
            let _asked = Asked::now(&state);
            let body = request.take_body().into_string().await.unwrap();
            let (method, headers) = (request.method().clone(), request.headers().clone());
            let path = request.original_uri().to_string();
            let heard = Heard { method, path: path.clone(), headers, body };
            state.heard.lock().unwrap().push(heard);
            let say = state.says.lock().unwrap().pop_front();
            let well = || range(&state, path.rsplit('/').next().unwrap()).into();
            match say {
                None => well(),
                Some(Say::Late(by)) => {
                    tokio::time::sleep(by).await;
                    well()
                }
                Some(say) => answer(&state, say).await,
            }
        }
    })
}

/// All that begins so, and padding, among it what a reader that looks at no count would trip over: the
/// digest of every breached password's neighbour, seen no time.
fn range(state: &State, told: &str) -> String {
    let kept = state.breached.iter().filter_map(|digest| digest.strip_prefix(told));
    let seen = kept.map(|kept| format!("{kept}:42"));
    let padding = (0..800).map(|n| format!("{n:035X}:0"));
    let of_the_good = digest(super::GOOD)[5..].to_owned() + ":0";
    padding.chain([of_the_good]).chain(seen).collect::<Vec<_>>().join("\r\n")
}

async fn answer(state: &Arc<State>, say: Say) -> Response {
    const LINE: &[u8] = b"00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2\r\n";
    let lines = stream::repeat_with({
        let state = state.clone();
        move || {
            state.spoken.fetch_add(LINE.len(), Ordering::SeqCst);
            std::io::Result::Ok(LINE)
        }
    });
    match say {
        Say::Status(status) => StatusCode::from_u16(status).unwrap().into(),
        Say::Text(text) => text.into(),
        Say::Redirect(to) => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", to)
            .finish(),
        Say::Late(_) | Say::Nothing => std::future::pending().await,
        Say::Endless => Response::from(Body::from_bytes_stream(lines)),
        Say::Dripping => {
            let moment = || tokio::time::sleep(Duration::from_millis(20));
            let slow = lines.then(move |line| async move {
                moment().await;
                line
            });
            Response::from(Body::from_bytes_stream(slow))
        }
    }
}
