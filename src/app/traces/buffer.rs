//! Where spans wait for their batch: a bounded number of them, and what finds no room or is not taken is
//! dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Span, SpanData, SpanExporter, SpanProcessor,
};

use crate::recovery::meters;

/// Most spans that wait or are on their way; each takes about 1 KB.
const MOST: usize = 2_048;
/// Most spans of a batch.
const BATCH: usize = 512;
/// How long spans wait for more of them.
const DELAY: Duration = Duration::from_secs(2);

/// What takes spans as they end, and has them exported by a thread of its own.
pub(super) fn processor(exporter: impl SpanExporter + 'static) -> impl SpanProcessor {
    let waiting = Arc::new(AtomicUsize::new(0));
    let exporter = Counted { next: exporter, waiting: Arc::clone(&waiting) };
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(MOST)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    let next = BatchSpanProcessor::builder(exporter).with_batch_config(config).build();
    Bounded { next, waiting, most: MOST }
}

/// Lets in as many as there is room for: what drops spans behind it does not tell how many.
#[derive(Debug)]
struct Bounded<P> {
    next: P,
    waiting: Arc<AtomicUsize>,
    most: usize,
}

impl<P: SpanProcessor> SpanProcessor for Bounded<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.next.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let one_more = |waiting| (waiting < self.most).then_some(waiting + 1);
        let let_in = self.waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more);
        if let_in.is_ok() {
            self.next.on_end(span);
        } else {
            meters::spans_dropped(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}

/// Makes room once a batch is over, and counts what was not taken.
#[derive(Debug)]
struct Counted<E> {
    next: E,
    waiting: Arc<AtomicUsize>,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let exported = self.next.export(batch).await;
        self.waiting.fetch_sub(spans, Ordering::AcqRel);
        if exported.is_err() {
            meters::spans_dropped(spans);
        }
        exported
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.next.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.next.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.next.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::SystemTime;

    use opentelemetry::trace::{
        SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
    };
    use opentelemetry_sdk::error::OTelSdkError;

    use super::*;

    /// Keeps what it is given, and takes no batch.
    #[derive(Debug, Default)]
    struct Kept(Mutex<usize>);

    impl SpanProcessor for Kept {
        fn on_start(&self, _: &mut Span, _: &Context) {}

        fn on_end(&self, _: SpanData) {
            *self.0.lock().unwrap() += 1;
        }

        fn force_flush(&self) -> OTelSdkResult {
            Ok(())
        }

        fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
            Ok(())
        }
    }

    impl SpanExporter for Kept {
        async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
            Err(OTelSdkError::InternalFailure("nobody is there".to_owned()))
        }
    }

    fn span() -> SpanData {
        let ids = (TraceId::from(7), SpanId::from(7));
        let (flags, state) = (TraceFlags::SAMPLED, TraceState::default());
        SpanData {
            span_context: SpanContext::new(ids.0, ids.1, flags, false, state),
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: "step".into(),
            start_time: SystemTime::UNIX_EPOCH,
            end_time: SystemTime::UNIX_EPOCH,
            attributes: vec![],
            dropped_attributes_count: 0,
            events: opentelemetry_sdk::trace::SpanEvents::default(),
            links: opentelemetry_sdk::trace::SpanLinks::default(),
            status: Status::Unset,
            instrumentation_scope: opentelemetry::InstrumentationScope::default(),
        }
    }

    #[tokio::test]
    async fn what_finds_no_room_is_dropped_and_a_batch_that_is_over_makes_room_taken_or_not() {
        let waiting = Arc::new(AtomicUsize::new(0));
        let bounded = Bounded { next: Kept::default(), waiting: Arc::clone(&waiting), most: 2 };
        let counted = Counted { next: Kept::default(), waiting };
        let kept = || *bounded.next.0.lock().unwrap();
        (0..5).for_each(|_| bounded.on_end(span()));
        assert_eq!(kept(), 2);
        assert!(counted.export(vec![span(), span()]).await.is_err());
        (0..5).for_each(|_| bounded.on_end(span()));
        assert_eq!(kept(), 4);
    }
}
