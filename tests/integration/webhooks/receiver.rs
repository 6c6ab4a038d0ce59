//! An application's backend that hears events: a real HTTP server, with TLS or without.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::stream;
use poem::http::{HeaderMap, StatusCode};
use poem::listener::Acceptor;
use poem::{Body, IntoEndpoint, Request, Response, Server, endpoint};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::certified::{Certified, listener};
use crate::harness::Folder;

/// The secret that calls are signed with.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What the receiver does with a call that it has heard.
#[derive(Clone, Debug)]
pub enum Say {
    Status(u16),
    /// Sends the caller elsewhere, with the call.
    Redirect(String),
    /// Never answers.
    Nothing,
    /// Answers well and goes on speaking without end.
    Endless,
}

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub headers: HeaderMap,
    pub body: String,
}

/// A running receiver, ended with the test.
pub struct Receiver {
    pub url: String,
    /// The authority that signed its certificate, where it has one.
    pub ca: Option<PathBuf>,
    state: Arc<State>,
    server: JoinHandle<()>,
    _folder: Folder,
}

#[derive(Default)]
struct State {
    heard: Mutex<Vec<Heard>>,
    says: Mutex<VecDeque<Say>>,
    /// Bytes of endless answers that were handed on.
    spoken: AtomicUsize,
}

impl Receiver {
    /// Listens on loopback without TLS; says these things, one for each call, and 204 after them.
    pub async fn plain(says: impl IntoIterator<Item = Say>) -> Self {
        let tcp = listener("127.0.0.1").await;
        Self::run(tcp, "http://localhost", says, None, Folder::new())
    }

    /// The same with TLS by an authority of its own; `None` where Python is left out.
    pub async fn tls(says: impl IntoIterator<Item = Say>) -> Option<Self> {
        Self::certified(says, None).await
    }

    /// The same where this name leads, with a certificate of its own; a name that ends in `.test`
    /// leads nowhere, and stands in the certificate alone.
    pub async fn named(host: &str) -> Option<Self> {
        Self::certified([], Some(host)).await
    }

    async fn certified(says: impl IntoIterator<Item = Say>, host: Option<&str>) -> Option<Self> {
        let Certified { tls, ca, origin, folder } = Certified::at(host).await?;
        Some(Self::run(tls, &origin, says, Some(ca), folder))
    }

    fn run(
        acceptor: impl Acceptor + 'static,
        origin: &str,
        says: impl IntoIterator<Item = Say>,
        ca: Option<PathBuf>,
        folder: Folder,
    ) -> Self {
        let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let says = Mutex::new(says.into_iter().collect());
        let state = Arc::new(State { says, ..State::default() });
        let server = Server::new_with_acceptor(acceptor).run(answering(state.clone()));
        let server = tokio::spawn(async move { server.await.unwrap() });
        let url = format!("{origin}:{}/hooks", address.port());
        Self { url, ca, state, server, _folder: folder }
    }

    /// Every call so far, in the order in which they came.
    pub fn heard(&self) -> Vec<Heard> {
        self.state.heard.lock().unwrap().clone()
    }

    /// Bytes of endless answers that were handed on so far.
    pub fn spoken(&self) -> usize {
        self.state.spoken.load(Ordering::SeqCst)
    }

    /// Waits until so many calls have come.
    pub async fn has_heard(&self, calls: usize) -> Vec<Heard> {
        for _attempt in 0..600 {
            if self.heard().len() >= calls {
                return self.heard();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never {calls} calls: {:?}", self.heard());
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Heard {
    /// What it says, once another implementation of the scheme has found it to be ours and new.
    pub fn verified(&self, secret: &str) -> Value {
        let scheme = standardwebhooks::Webhook::new(secret).unwrap();
        scheme.verify(self.body.as_bytes(), &self.headers).unwrap();
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_str(&self.body).unwrap()
    }

    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

fn answering(state: Arc<State>) -> impl IntoEndpoint {
    endpoint::make(move |mut request: Request| {
        let state = state.clone();
        async move {
            let body = request.take_body().into_string().await.unwrap();
            let heard = Heard { headers: request.headers().clone(), body };
            state.heard.lock().unwrap().push(heard);
            let say = state.says.lock().unwrap().pop_front();
            answer(&state, say.unwrap_or(Say::Status(204))).await
        }
    })
}

async fn answer(state: &Arc<State>, say: Say) -> Response {
    match say {
        Say::Status(status) => StatusCode::from_u16(status).unwrap().into(),
        Say::Redirect(to) => Response::builder()
            .status(StatusCode::TEMPORARY_REDIRECT)
            .header("location", to)
            .finish(),
        Say::Nothing => std::future::pending().await,
        Say::Endless => {
            const PIECE: &[u8] = &[b'x'; 64 * 1024];
            let state = state.clone();
            let speak = move || {
                state.spoken.fetch_add(PIECE.len(), Ordering::SeqCst);
                std::io::Result::Ok(PIECE)
            };
            Response::from(Body::from_bytes_stream(stream::repeat_with(speak)))
        }
    }
}
