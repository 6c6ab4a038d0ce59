//! The life of the process: listen, work, stop.

use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::again::ReadAgain;
use super::connections::{self, Bounds};
use super::keys::KeyFolder;
use super::logging::LevelFile;
use super::operators::{self, Operators};
use super::traces::Traces;
use super::{Service, StartError, logging};
use crate::clock::Clock;
use crate::config::{MetricsSettings, Settings};
use crate::queue::Queue;
use crate::random::Random;
use crate::recovery::meters;

/// Files that are kept free for databases, mail servers, Redis, webhooks and the operators.
const SPARE_FILES: u32 = 256;

/// Runs the service until SIGTERM or ctrl-c, then finishes what was accepted.
///
/// # Errors
/// [`StartError`] when a setting cannot be used or the address not be listened on.
pub async fn serve(settings: Settings) -> Result<(), StartError> {
    let level = logging::start(settings.log);
    let service = Service::build(&settings, Clock::system(), Random::system())?;
    let traces = Traces::start(&settings)?;
    let listening = Listening::on(&settings.listen).await?;
    tracing::info!(address = %listening.address, public_url = settings.public_url, "listening");
    let listening = listening.for_operators(&settings.metrics).await?;
    if let Some(address) = listening.operators() {
        tracing::info!(%address, "listening for operators");
    }
    let level = settings.log_level_file.clone().zip(level);
    let again = ReadAgain {
        keys: KeyFolder::of(&settings.keys, service.keyring.clone()),
        level: level.map(|(file, handle)| LevelFile::new(file, handle)),
    };
    let again = tokio::spawn(again.look(settings.read_again.0));
    listening.run(service, settings.queue.drain.0, stop_signal()?).await;
    again.abort();
    if let Some(traces) = traces {
        traces.finish().await;
    }
    Ok(())
}

/// A socket that is bound, so that its port is known before anything is built on it.
pub struct Listening {
    /// The address bound.
    pub address: SocketAddr,
    listener: TcpListener,
    operators: Option<Operators>,
}

impl Listening {
    /// Binds `HOST:PORT`; port 0 takes a free one.
    ///
    /// # Errors
    /// [`StartError::Listen`] when the address cannot be had.
    pub async fn on(listen: &str) -> Result<Self, StartError> {
        let (address, listener) = bind(listen, "--listen or `listen`").await?;
        Ok(Self { address, listener, operators: None })
    }

    /// Binds the operators' address too, where there is one, and begins to keep count for them.
    ///
    /// # Errors
    /// [`StartError::Listen`] when the address cannot be had.
    pub async fn for_operators(self, settings: &MetricsSettings) -> Result<Self, StartError> {
        let Some(listen) = &settings.listen else { return Ok(self) };
        let (address, listener) = bind(listen, "`metrics.listen`").await?;
        Ok(Self { operators: Some(Operators::on(address, listener)?), ..self })
    }

    /// The operators' address, where there is one.
    #[must_use]
    pub fn operators(&self) -> Option<SocketAddr> {
        self.operators.as_ref().map(|operators| operators.address)
    }

    /// Answers requests and works on jobs until `stop`; then stops accepting, finishes requests
    /// in flight and goes on sending for at most `drain`.
    pub async fn run(
        self,
        service: Service,
        drain: Duration,
        stop: impl Future<Output = ()> + Send + 'static,
    ) {
        let sources = service.queue.sources().into_iter();
        let sources = sources.flat_map(|source| std::iter::repeat_n(source, service.workers));
        let workers: Vec<_> =
            sources.map(|source| tokio::spawn(work(service.clone(), source))).collect();
        let (watched, looked_at) = (service.recovery.clone(), service.queue.clone());
        let watch = tokio::spawn(async move { watched.watch().await });
        let look = tokio::spawn(async move { looked_at.watch().await });
        // Operators are answered to the end, while what waits is still sent.
        let operators = self.operators.map(|operators| operators.serve(service.clone()));
        let operators = operators.map(tokio::spawn);
        let bounds = Bounds::of(&service.connections).within(operators::most_files(), SPARE_FILES);
        connections::serve(self.listener, service.endpoint(), bounds, stop).await;
        tracing::info!(waiting = service.queue.unfinished(), "stopping");
        service.queue.close();
        if tokio::time::timeout(drain, service.queue.drained()).await.is_err() {
            let (jobs, what) = (service.queue.unfinished(), service.queue.if_not_done());
            tracing::error!(jobs, "{what}: not done in time");
        }
        workers.iter().chain([&watch, &look]).chain(&operators).for_each(JoinHandle::abort);
        tracing::info!("stopped");
    }
}

/// Binds an address, which `setting` said.
async fn bind(
    listen: &str,
    setting: &'static str,
) -> Result<(SocketAddr, TcpListener), StartError> {
    let failed = |source| StartError::Listen { listen: listen.to_owned(), setting, source };
    let listener = TcpListener::bind(listen).await.map_err(&failed)?;
    let address = listener.local_addr().map_err(&failed)?;
    Ok((address, listener))
}

async fn work(service: Service, source: Queue) {
    while let Some((job, ticket)) = source.take().await {
        // In a task of its own: a job that panics takes no worker with it.
        let recovery = service.recovery.clone();
        let done = tokio::spawn(async move { recovery.perform(job).await }).await;
        let why = match done {
            Ok(left) => match ticket.done(left).await {
                Ok(()) => continue,
                Err(error) => error.to_string(),
            },
            Err(error) => error.to_string(),
        };
        tracing::error!(why, "{}", source.if_not_done());
        if matches!(source, Queue::Memory(_)) {
            meters::job_lost();
        }
    }
}

/// Resolves on SIGTERM, which Kubernetes sends, or SIGINT, which ctrl-c sends.
///
/// # Errors
/// [`StartError::Failed`] when the signals cannot be listened to.
pub fn stop_signal() -> Result<impl Future<Output = ()> + Send + 'static, StartError> {
    let listen = |kind| signal(kind).map_err(|error| StartError::Failed(error.to_string()));
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
