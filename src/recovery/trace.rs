//! Traces: what a request and all that follows from it spent its time on, step by step, through the
//! queue and in whichever replica.
//!
//! They are told by the API of OpenTelemetry, which is to traces what `tracing` is to logs, and by nothing
//! but this file: whoever wants a span takes one of the functions here. Where nobody traces (`app/traces.rs`
//! says who does), none is made, and asking for one costs a look at a cell.
//!
//! Whoever sees a trace is no one who may see people's mail. Names and attributes are fixed words, names of
//! the configuration, numbers and the request's id; never anything that somebody sent.

mod link;

use std::borrow::Cow;
use std::sync::OnceLock;

use futures_util::future::Either;
use opentelemetry::context::{FutureExt as _, WithContext};
use opentelemetry::global::BoxedTracer;
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{Context, KeyValue};

use super::{Job, Task};

pub use link::TraceLink;

static TRACER: OnceLock<BoxedTracer> = OnceLock::new();

/// Has spans made by this tracer from now on. Only the first of a process counts: whether this is it.
pub fn start(tracer: BoxedTracer) -> bool {
    TRACER.set(tracer).is_ok()
}

/// Whether anybody traces.
#[must_use]
pub fn is_on() -> bool {
    TRACER.get().is_some()
}

/// Something that takes time, and ends when this is dropped.
#[must_use]
pub struct Span(Option<Context>);

/// What a span is around. Within it, the spans that are opened are its children.
pub type Within<F> = Either<WithContext<F>, F>;

/// The answer to a request: the child of what a caller that is believed says it is part of, or the
/// beginning of a trace.
pub fn request(method: &'static str, route: Option<&'static str>, of: Option<&TraceLink>) -> Span {
    let name = || match route {
        Some(route) => Cow::Owned(format!("{method} {route}")),
        None => Cow::Borrowed(method),
    };
    let span = begin(SpanKind::Server, name, of);
    span.text("http.request.method", method);
    if let Some(route) = route {
        span.text("http.route", route);
    }
    span
}

/// One try to do a job: the child of the request that it comes from.
pub fn job(job: &Job) -> Span {
    let name = || Cow::Owned(format!("job {}", job.task.kind()));
    let span = begin(SpanKind::Consumer, name, job.trace.as_ref());
    span.text("regain.app", &job.app);
    span.text("regain.reference", &job.reference);
    span.text("regain.job.kind", job.task.kind());
    span.number("regain.job.attempt", job.attempt.into());
    match &job.task {
        Task::Mail(mail) => span.text("regain.mail.kind", mail.kind()),
        Task::Hook(event, _) => span.text("regain.event", event.name()),
    }
    span
}

/// A step that this process does by itself.
pub fn step(name: &'static str) -> Span {
    child(SpanKind::Internal, name)
}

/// A call of somebody else's server, who is waited for.
pub fn call(name: impl Into<Cow<'static, str>>) -> Span {
    child(SpanKind::Client, name)
}

/// Handing something to a queue.
pub fn enqueue(name: &'static str) -> Span {
    child(SpanKind::Producer, name)
}

/// Lets work that goes on in another task stay part of the span that it was begun in.
pub fn along<F: Future>(work: F) -> Within<F> {
    if is_on() { Either::Left(work.with_current_context()) } else { Either::Right(work) }
}

/// What others have to be told so that their spans become children of the one that is open here.
#[must_use]
pub fn here() -> Option<TraceLink> {
    TRACER.get()?;
    Context::map_current(|here| TraceLink::to(here.span().span_context()))
}

/// Notes on the span that is open what became of what it is around. There may be several: a job may be
/// about several accounts.
pub(super) fn came_to(outcome: &'static str, well: bool) {
    if !is_on() {
        return;
    }
    Context::map_current(|here| {
        let span = here.span();
        span.add_event(outcome, vec![]);
        span.set_attribute(KeyValue::new("regain.outcome", outcome));
        if !well {
            span.set_attribute(KeyValue::new("error.type", outcome));
            span.set_status(Status::error(""));
        }
    });
}

/// A span with no other above it here. Where it is not sampled, it is there all the same, so that those
/// who are told of it do not sample either.
fn begin(kind: SpanKind, name: impl FnOnce() -> Cow<'static, str>, of: Option<&TraceLink>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span(None) };
    let above = of.and_then(TraceLink::span_context);
    let above = above.map_or_else(Context::new, |of| Context::new().with_remote_span_context(of));
    Span::open(tracer, kind, name(), &above)
}

/// A span below the one that is open, if one is that is sampled.
fn child(kind: SpanKind, name: impl Into<Cow<'static, str>>) -> Span {
    let Some(tracer) = TRACER.get() else { return Span(None) };
    let here = Context::current();
    if here.span().span_context().is_sampled() {
        Span::open(tracer, kind, name.into(), &here)
    } else {
        Span(None)
    }
}

impl Span {
    /// No span, for what is not to be traced.
    pub const fn none() -> Self {
        Self(None)
    }

    fn open(tracer: &BoxedTracer, kind: SpanKind, name: Cow<'static, str>, of: &Context) -> Self {
        let span = SpanBuilder::from_name(name).with_kind(kind);
        Self(Some(of.with_span(tracer.build_with_context(span, of))))
    }

    /// Does work within the span.
    pub fn around<F: Future>(&self, work: F) -> Within<F> {
        match &self.0 {
            Some(context) => Either::Left(work.with_context(context.clone())),
            None => Either::Right(work),
        }
    }

    /// Notes a fixed word or a name of the configuration.
    pub fn text(&self, key: &'static str, value: &str) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value.to_owned()));
        }
    }

    /// Notes a number.
    pub fn number(&self, key: &'static str, value: i64) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(key, value));
        }
    }

    /// Notes that it went wrong, and how, by a fixed word.
    pub fn failed(&self, how: &str) {
        self.text("error.type", how);
        if let Some(context) = &self.0 {
            context.span().set_status(Status::error(""));
        }
    }

    /// What whoever is called has to be told so that its spans become children of this one.
    #[must_use]
    pub fn link(&self) -> Option<TraceLink> {
        self.0.as_ref().and_then(|context| TraceLink::to(context.span().span_context()))
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_nobody_traces_there_are_no_spans_and_nobody_is_told_of_one() {
        let span = request("GET", Some("/healthz"), None);
        assert!(span.0.is_none() && span.link().is_none());
        let within = span.around(async { (step("step").0.is_none(), here()) }).await;
        assert_eq!(within, (true, None));
    }
}
