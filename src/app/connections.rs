//! The connections of a listener: no more than so many, and none for longer than a client is given.
//!
//! poem's own server is not used: it knows neither a deadline that a dripped byte does not put off
//! nor a bound on connections, and spins where the process has no file left.

mod host;
mod listened;
mod phase;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use poem::http::uri::Scheme;
use poem::http::{StatusCode, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::config::ConnectionSettings;
use listened::Listened;
use phase::{Phase, Phases};

/// Most bytes of a request's line and headers, as nginx takes them by default.
const HEAD_MAX_BYTES: usize = 32 * 1024;

/// How long a request in flight may take once the process was told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// What a connection that is closed is given to get out an answer that is made already.
const GRACE: Duration = Duration::from_millis(100);

/// How long to wait where nothing can be accepted, so as not to spin.
const PAUSE: Duration = Duration::from_millis(100);

/// What clients are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Connections at a time.
    pub most: u16,
    /// Until the line and the headers of a request are there.
    pub head: Duration,
    /// Until an answer is taken and another request begins.
    pub rest: Duration,
}

impl Bounds {
    /// As the settings say.
    pub const fn of(settings: &ConnectionSettings) -> Self {
        Self { most: settings.most, head: settings.head.0, rest: settings.rest.0 }
    }

    /// The same with fewer connections, where else fewer than `spare` of the `files` that the process
    /// may have open were left for everything else.
    pub fn within(self, files: Option<u32>, spare: u32) -> Self {
        let Some(files) = files else { return self };
        let left = u16::try_from(files.saturating_sub(spare)).unwrap_or(u16::MAX).max(FEWEST);
        if left < self.most {
            let cure = "let the process open more files (ulimit -n), or lower connections.most";
            tracing::warn!(
                files,
                most = left,
                cure,
                "fewer connections than connections.most says"
            );
        }
        Self { most: self.most.min(left), ..self }
    }
}

/// As many connections are taken however few files there are.
const FEWEST: u16 = 16;

/// Answers on a listener until `stop`; then finishes the requests in flight.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    bounds: Bounds,
    stop: impl Future<Output = ()>,
) where
    E: Endpoint<Output = Response> + 'static,
{
    let (stopping, room) = (watch::Sender::new(false), Notify::new());
    let slots = Arc::new(Semaphore::new(bounds.most.into()));
    let door = Arc::new(Door { endpoint, bounds, room, stopping });
    tokio::pin!(stop);
    loop {
        let arrival = async { (accept(&listener).await, door.slot(&slots).await) };
        let ((stream, peer), slot) = tokio::select! {
            () = &mut stop => break,
            arrived = arrival => arrived,
        };
        let door = door.clone();
        tokio::spawn(async move {
            door.attend(stream, peer).await;
            drop(slot);
        });
    }
    drop(listener);
    door.stopping.send_replace(true);
    let _all_ended = timeout(LAST_REQUESTS, slots.acquire_many(bounds.most.into())).await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(arrived) => return arrived,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                sleep(PAUSE).await;
            }
        }
    }
}

/// What all connections of a listener share.
struct Door<E> {
    endpoint: E,
    bounds: Bounds,
    /// Told to the one that has waited longest for its client: it makes room for another.
    room: Notify,
    stopping: watch::Sender<bool>,
}

impl<E: Endpoint<Output = Response>> Door<E> {
    /// A slot for one more connection, for which another is closed where there is none: so those that
    /// say nothing keep nobody out.
    async fn slot(&self, slots: &Arc<Semaphore>) -> OwnedSemaphorePermit {
        loop {
            if slots.available_permits() == 0 {
                self.room.notify_one();
            }
            if let Ok(Ok(slot)) = timeout(2 * GRACE, slots.clone().acquire_owned()).await {
                // A word that nobody heard, since all were being answered, is taken back: it would
                // close one for which there is no need any more.
                let _taken_back = self.room.notified().now_or_never();
                return slot;
            }
        }
    }

    async fn attend(&self, stream: TcpStream, peer: SocketAddr) {
        let Ok(local) = stream.local_addr() else { return };
        let phases = &Phases::new();
        let service = service_fn(async |request: hyper::Request<Incoming>| {
            phases.enter(Phase::Answering);
            let answer = if host::is_named(request.version(), request.headers()) {
                let ends = (LocalAddr(local.into()), RemoteAddr(peer.into()));
                let request = Request::from((request, ends.0, ends.1, Scheme::HTTP));
                self.endpoint.get_response(request).await
            } else {
                refusal()
            };
            phases.enter(Phase::Resting);
            Ok::<_, Infallible>(hyper::Response::from(answer))
        });
        let io = TokioIo::new(Listened::new(stream, phases));
        // Without a timer of hyper's, which cannot tell a request that comes slowly from none.
        let connection =
            http1::Builder::new().max_buf_size(HEAD_MAX_BYTES).serve_connection(io, service);
        tokio::pin!(connection);
        let mut stopping = self.stopping.subscribe();
        let grace = tokio::select! {
            // In this order, since phases begin in the first and nobody else is woken for that.
            biased;
            _ended = connection.as_mut() => return,
            () = phases.over(&self.bounds, &self.room) => GRACE,
            _ = stopping.wait_for(|stopping| *stopping) => LAST_REQUESTS,
        };
        connection.as_mut().graceful_shutdown();
        // A request that came at the last moment is answered still.
        while timeout(grace, connection.as_mut()).await.is_err()
            && grace == GRACE
            && phases.is(Phase::Answering)
        {}
    }
}

/// As the parser refuses what is no HTTP: without a body, and nothing more is read.
fn refusal() -> Response {
    let refusal = Response::builder().status(StatusCode::BAD_REQUEST);
    refusal.header(header::CONNECTION, "close").finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_everything_else() {
        let settings = ConnectionSettings::default();
        let most = |files| Bounds::of(&settings).within(files, 256).most;
        assert_eq!(most(None), settings.most);
        assert_eq!(most(Some(1 << 20)), settings.most);
        assert_eq!(most(Some(512)), 256);
        assert_eq!(most(Some(64)), FEWEST);
    }
}
