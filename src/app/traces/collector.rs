//! Whoever takes the spans, over the HTTP client that all servers of others are called by.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

use crate::clock::Stopwatch;
use crate::outbound::{Named, NoAnswer, OutboundError, Peer, Whereabouts, by_the_machine};

/// Longest wait for an answer; the next try begins a new one.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of an answer that are read: a few numbers and why spans were not taken.
const ANSWER_MAX_BYTES: usize = 16 * 1024;
/// For how long nothing more is said of a collector that takes no spans.
const QUIET: Duration = Duration::from_mins(1);

/// A collector by its URL. Clones share it.
#[derive(Clone)]
pub struct Collector {
    peer: Arc<Peer>,
    /// Batches come from a thread of their own, which is none of the runtime's.
    runtime: Handle,
    /// When it was told last that it takes no spans.
    told: Arc<Mutex<Option<Stopwatch>>>,
}

impl Collector {
    /// A collector that need not be up. To be called inside of a Tokio runtime.
    ///
    /// # Errors
    /// [`OutboundError`] for the first setting that cannot be used.
    pub(super) fn new(url: &str, ca: Option<&Path>) -> Result<Self, OutboundError> {
        let whereabouts = Whereabouts {
            named: Named { section: "traces", who: "collector" },
            url,
            ca,
            allow_private_network: true,
            in_clear: true,
            timeout: TIMEOUT,
        };
        let peer = Arc::new(Peer::new(whereabouts, by_the_machine())?);
        Ok(Self { peer, runtime: Handle::current(), told: Arc::default() })
    }

    /// Where it is.
    pub(super) fn url(&self) -> &str {
        self.peer.url().as_str()
    }

    /// Looks where its name leads, and calls nobody.
    ///
    /// # Errors
    /// Why no span would go there, in words for operators.
    pub(in crate::app) async fn look(&self) -> Result<(), String> {
        self.peer.look().await
    }

    /// Says that spans were not taken, now and then.
    fn tell(&self, why: &dyn fmt::Display) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= QUIET) {
            *told = Some(Stopwatch::start());
            tracing::warn!(%why, "the collector takes no spans");
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let sent = self.runtime.spawn(send(Arc::clone(&self.peer), request)).await?;
        match &sent {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => self.tell(&format_args!("it answered {}", answer.status())),
            Err(no_answer) => self.tell(&format_args!("it {no_answer}")),
        }
        sent.map_err(|no_answer| no_answer.to_string().into())
    }
}

async fn send(peer: Arc<Peer>, request: Request<Bytes>) -> Result<Response<Bytes>, NoAnswer> {
    let (head, body) = request.into_parts();
    let request = peer.client().post(peer.url().clone()).headers(head.headers).body(body);
    let mut answer = request.send().await?;
    let mut read = vec![];
    while let Some(piece) = answer.chunk().await? {
        if read.len() + piece.len() > ANSWER_MAX_BYTES {
            break;
        }
        read.extend_from_slice(&piece);
    }
    let mut response = Response::new(Bytes::from(read));
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}
