//! Which span something is part of, as it is told to others: W3C Trace Context.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use serde::{Deserialize, Serialize};

/// A `traceparent`. The `tracestate` that may come beside it is left out, as W3C Trace Context §3.5 allows: its
/// text is free, and neither a job nor a span nor a webhook is to hold what somebody sent. What is in it is not
/// looked at before it is used, so that a job of another release is no stranger for it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct TraceLink(Box<str>);

impl TraceLink {
    /// What a header says; `None` where it is malformed.
    #[must_use]
    pub fn parse(parent: &str) -> Option<Self> {
        let (trace, span, flags) = ids(parent)?;
        Self::to(&SpanContext::new(trace, span, flags, true, TraceState::NONE))
    }

    /// The one that leads to this span, if it is one.
    pub(super) fn to(span: &SpanContext) -> Option<Self> {
        if !span.is_valid() {
            return None;
        }
        let flags = span.trace_flags() & TraceFlags::SAMPLED;
        let (trace, span) = (span.trace_id(), span.span_id());
        Some(Self(format!("00-{trace:032x}-{span:016x}-{:02x}", flags.to_u8()).into()))
    }

    /// The header `traceparent`.
    #[must_use]
    pub fn parent(&self) -> &str {
        &self.0
    }

    /// The span that it leads to, unless it is malformed.
    pub(super) fn span_context(&self) -> Option<SpanContext> {
        let (trace, span, flags) = ids(&self.0)?;
        Some(SpanContext::new(trace, span, flags, true, TraceState::NONE))
    }
}

/// `00-<32 digits>-<16 digits>-<2 digits>`; of later versions there may be more behind it (W3C Trace
/// Context §4.3). Digits are lower-case ones, and no id is all zeros.
fn ids(parent: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let mut parts = parent.split('-');
    let mut digits = |count: usize| {
        let part = parts.next()?;
        let good = part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (part.len() == count && good).then_some(part)
    };
    let (version, trace, span, flags) = (digits(2)?, digits(32)?, digits(16)?, digits(2)?);
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let trace = TraceId::from_hex(trace).ok().filter(|id| *id != TraceId::INVALID)?;
    let span = SpanId::from_hex(span).ok().filter(|id| *id != SpanId::INVALID)?;
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    Some((trace, span, flags))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn what_w3c_allows_is_taken_and_told_on_in_the_first_version() {
        assert_eq!(TraceLink::parse(PARENT).unwrap().parent(), PARENT);
        for (later, first) in [
            (PARENT.replacen("00", "cc", 1), PARENT.to_owned()),
            (format!("{}-what-may-come", PARENT.replacen("00", "01", 1)), PARENT.to_owned()),
            (PARENT.replace("-01", "-ff"), PARENT.to_owned()),
            (PARENT.replace("-01", "-02"), PARENT.replace("-01", "-00")),
        ] {
            assert_eq!(TraceLink::parse(&later).unwrap().parent(), first, "{later}");
        }
    }

    #[test]
    fn what_is_malformed_is_none() {
        for parent in [
            "",
            "00",
            "canary",
            &PARENT[1..],
            &PARENT.to_uppercase(),
            &PARENT.replacen("00", "ff", 1),
            &format!("{PARENT}-more"),
            &format!("{PARENT} "),
            &format!(" {PARENT}"),
            &PARENT.replace('-', "_"),
            &PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &PARENT.replace("00f067aa0ba902b7", &"0".repeat(16)),
            &PARENT.replace("4bf9", "4bg9"),
            &PARENT.replace("-01", "-+1"),
        ] {
            assert_eq!(TraceLink::parse(parent), None, "{parent:?}");
        }
    }

    #[test]
    fn what_another_release_wrote_into_a_job_leads_nowhere_where_it_is_not_understood() {
        let link: TraceLink = serde_json::from_str("\"b3: anything\"").unwrap();
        assert_eq!(link.span_context(), None);
        let link = TraceLink::parse(PARENT).unwrap();
        let written = serde_json::to_string(&link).unwrap();
        assert_eq!(written, format!("\"{PARENT}\""));
        let read: TraceLink = serde_json::from_str(&written).unwrap();
        assert_eq!(TraceLink::to(&read.span_context().unwrap()), Some(link));
    }
}
