//! A collector that takes spans by OTLP over HTTP: a real HTTP server, which reads what it is sent.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1 as otlp;
use poem::http::StatusCode;
use poem::listener::Acceptor as _;
use poem::{IntoEndpoint, Request, Server, endpoint};
use prost::Message as _;
use tokio::task::JoinHandle;

use crate::certified::listener;

/// A running collector, ended with the test.
pub struct Collector {
    pub url: String,
    state: Arc<State>,
    server: JoinHandle<()>,
}

struct State {
    bodies: Mutex<Vec<Vec<u8>>>,
    status: AtomicU16,
}

/// A span as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    pub trace: String,
    pub id: String,
    pub parent: String,
    pub state: String,
    pub name: String,
    pub kind: otlp::span::SpanKind,
    pub failed: bool,
    pub attributes: BTreeMap<String, String>,
    pub events: Vec<String>,
    /// Of what: the attributes of the resource.
    pub of: BTreeMap<String, String>,
}

impl Collector {
    /// Listens on loopback, and takes all that comes.
    pub async fn start() -> Self {
        let tcp = listener("127.0.0.1").await;
        let address = tcp.local_addr()[0].as_socket_addr().copied().unwrap();
        let state = Arc::new(State { bodies: Mutex::default(), status: AtomicU16::new(200) });
        let server = Server::new_with_acceptor(tcp).run(taking(state.clone()));
        let server = tokio::spawn(async move { server.await.unwrap() });
        Self { url: format!("http://{address}/v1/traces"), state, server }
    }

    /// Answers by this status from now on.
    pub fn say(&self, status: u16) {
        self.state.status.store(status, Ordering::SeqCst);
    }

    /// Everything that it was sent, byte for byte.
    pub fn bytes(&self) -> Vec<u8> {
        self.state.bodies.lock().unwrap().concat()
    }

    /// How often it was sent something.
    pub fn calls(&self) -> usize {
        self.state.bodies.lock().unwrap().len()
    }

    /// Every span so far.
    pub fn spans(&self) -> Vec<Seen> {
        let bodies = self.state.bodies.lock().unwrap();
        let requests =
            bodies.iter().map(|body| ExportTraceServiceRequest::decode(&**body).unwrap());
        requests.flat_map(|request| request.resource_spans).flat_map(spans).collect()
    }

    /// Waits until there are spans such as these.
    pub async fn has_seen(&self, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        for _attempt in 0..400 {
            let spans = self.spans();
            if enough(&spans) {
                return spans;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("never enough: {:#?}", self.spans());
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Seen {
    /// An attribute's value as text.
    pub fn says(&self, key: &str) -> &str {
        self.attributes.get(key).map(String::as_str).unwrap_or_default()
    }

    /// The spans of all these that are directly below it.
    pub fn children<'a>(&self, all: &'a [Seen]) -> Vec<&'a Seen> {
        all.iter().filter(|span| span.trace == self.trace && span.parent == self.id).collect()
    }
}

fn taking(state: Arc<State>) -> impl IntoEndpoint {
    endpoint::make(move |mut request: Request| {
        let state = state.clone();
        async move {
            assert_eq!(request.uri().path(), "/v1/traces");
            assert_eq!(request.content_type(), Some("application/x-protobuf"));
            let body = request.take_body().into_vec().await.unwrap();
            state.bodies.lock().unwrap().push(body);
            StatusCode::from_u16(state.status.load(Ordering::SeqCst)).unwrap()
        }
    })
}

fn spans(of: otlp::ResourceSpans) -> Vec<Seen> {
    let resource = attributes(of.resource.map(|of| of.attributes).unwrap_or_default());
    let spans = of.scope_spans.into_iter().flat_map(|scope| scope.spans);
    let seen = |span: otlp::Span| Seen {
        trace: hex(&span.trace_id),
        id: hex(&span.span_id),
        parent: hex(&span.parent_span_id),
        state: span.trace_state.clone(),
        name: span.name.clone(),
        kind: span.kind(),
        failed: span.status.as_ref().is_some_and(|status| status.code == 2),
        attributes: attributes(span.attributes),
        events: span.events.into_iter().map(|event| event.name).collect(),
        of: resource.clone(),
    };
    spans.map(seen).collect()
}

fn attributes(pairs: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Option<AnyValue>| match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    pairs.into_iter().map(|pair| (pair.key, text(pair.value))).collect()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}
