//! What operators watch the service by, on a listener of its own.
//!
//! Whoever asks for a link and then looks here can tell whether there was an account: what is
//! here is for operators and stays off the listener that people reach.

mod process;
mod recorder;

use std::net::SocketAddr;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use poem::http::{StatusCode, header};
use poem::{Response, Route, endpoint, get};
use tokio::net::TcpListener;

use super::connections::{self, Bounds};
use super::{Service, StartError};
use crate::mail::Failures;
use crate::queue::Queue;
use crate::recovery::meters;

/// How often what was measured is summed up, so that it does not grow where nobody looks.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Few look here, and they must not take the files that the service needs.
const MOST_CONNECTIONS: u16 = 64;

/// Prometheus' text format.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A listener for operators, and what they are told.
pub struct Operators {
    /// The address bound.
    pub address: SocketAddr,
    listener: TcpListener,
    recorder: PrometheusHandle,
}

impl Operators {
    /// Answers on this socket; from now on the process keeps count.
    ///
    /// # Errors
    /// [`StartError::Failed`] when somebody else keeps count in this process.
    pub fn on(address: SocketAddr, listener: TcpListener) -> Result<Self, StartError> {
        Ok(Self { address, listener, recorder: recorder::start()? })
    }

    /// Answers until it is dropped.
    pub async fn serve(self, service: Service) {
        service.recovery.begin_counting();
        service.keyring.facts().iter().for_each(|key| meters::key(key, true));
        let upkeep = self.recorder.clone();
        let routes = routes(self.recorder, service.clone());
        let bounds = Bounds { most: MOST_CONNECTIONS, ..Bounds::of(&service.connections) };
        tokio::select! {
            () = connections::serve(self.listener, routes, bounds, std::future::pending()) => {}
            () = sum_up(upkeep) => {}
        }
    }
}

/// How many files the process may have open, where the kernel says so.
pub fn most_files() -> Option<u32> {
    process::most_files()
}

fn routes(recorder: PrometheusHandle, service: Service) -> Route {
    let (failures, queue) = (service.failures.clone(), service.queue.clone());
    Route::new()
        .at("/metrics", get(endpoint::make_sync(move |_| metrics(&recorder, &service))))
        .at("/failures.json", get(endpoint::make_sync(move |_| not_taken(&failures))))
        .at("/given-up.json", get(endpoint::make(move |_| given_up(queue.clone()))))
}

fn metrics(recorder: &PrometheusHandle, service: &Service) -> Response {
    service.recovery.measure();
    let backlog = service.queue.backlog(service.clock.now());
    meters::queue(backlog.waiting, backlog.capacity, backlog.age);
    answer(EXPOSITION, recorder.render() + &process::exposition())
}

fn not_taken(failures: &Failures) -> Response {
    answer("application/json", serde_json::to_string(&failures.all()).unwrap_or_default())
}

async fn given_up(queue: Queue) -> Response {
    match queue.given_up().await {
        Ok(letters) => {
            answer("application/json", serde_json::to_string(&letters).unwrap_or_default())
        }
        Err(trouble) => {
            tracing::warn!(%trouble, "what was given up cannot be shown");
            StatusCode::SERVICE_UNAVAILABLE.into()
        }
    }
}

fn answer(kind: &str, body: String) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body)
}

async fn sum_up(recorder: PrometheusHandle) {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        recorder.run_upkeep();
    }
}
