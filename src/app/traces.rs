//! Who traces: the exporter by OTLP, what is sampled, and what is handed over at the end.

mod buffer;
mod collector;

use std::time::Duration;

use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, Key, KeyValue};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

use super::StartError;
use crate::config::{Settings, TraceSettings};
use crate::recovery::trace;
use collector::Collector;

/// Longest time that a batch is tried to be handed over in.
const EXPORT_MAX: Duration = Duration::from_secs(10);
/// Longest wait at the end for what was not handed over yet.
const FLUSH_MAX: Duration = Duration::from_secs(2);

/// Spans on their way to a collector.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to trace, where the settings say so. The collector need not be up. To be called inside of a
    /// Tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] for the first setting that cannot be used.
    pub(super) fn start(settings: &Settings) -> Result<Option<Self>, StartError> {
        let Some(collector) = collector(&settings.traces)? else { return Ok(None) };
        let failed = |error: &dyn std::fmt::Display| StartError::Failed(error.to_string());
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector.clone())
            .with_endpoint(collector.url())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(EXPORT_MAX)
            .build()
            .map_err(|error| failed(&error))?;
        let fraction = Sampler::TraceIdRatioBased(settings.traces.sample);
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(fraction)))
            .with_resource(resource())
            .with_span_processor(buffer::processor(exporter))
            .build();
        let scope = InstrumentationScope::builder("regain").with_version(env!("CARGO_PKG_VERSION"));
        let tracer = provider.tracer_with_scope(scope.build());
        trace::start(BoxedTracer::new(Box::new(tracer)));
        tracing::info!(sample = settings.traces.sample, "tracing");
        Ok(Some(Self(provider)))
    }

    /// Hands over what is left, for as long as a process that stops may take for it.
    pub(super) async fn finish(self) {
        let flushed = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(FLUSH_MAX));
        if !matches!(flushed.await, Ok(Ok(()))) {
            tracing::warn!("the last spans were not handed over in time");
        }
    }
}

/// Who takes spans, if anybody does.
///
/// # Errors
/// [`StartError`] for the first setting that cannot be used.
pub(super) fn collector(settings: &TraceSettings) -> Result<Option<Collector>, StartError> {
    let Some(url) = &settings.url else { return Ok(None) };
    let made = Collector::new(url, settings.ca.as_deref());
    made.map(Some).map_err(|error| {
        let setting = format!("traces.{}", error.setting());
        let cure = error.cure("\"http://otel-collector.monitoring:4318/v1/traces\"");
        StartError::setting(setting, &error, cure)
    })
}

/// What every span is of. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more, or otherwise, as
/// everywhere.
fn resource() -> Resource {
    let told = Resource::builder().build();
    let name = told.get(&Key::new("service.name")).map(|name| name.to_string());
    let name = name.filter(|name| !name.starts_with("unknown_service"));
    Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(told.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .with_service_name(name.unwrap_or_else(|| "regain".to_owned()))
        .build()
}
