//! A line of JSON, as `tracing-subscriber` writes it itself, at a fifth of the cost: that takes what a
//! span said apart and puts it together again for each line, and looks through every piece for what
//! is no UTF-8. An ask has two lines.

use std::fmt;

use serde::{Serialize, Serializer as _};
use serde_json::{Serializer, to_writer};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;

/// RFC 3339 to the microsecond.
const WHEN: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// Room for most lines.
const USUAL_BYTES: usize = 384;

/// When, how bad, what the event says, where it is from, and the span that it is in.
pub struct JsonLine;

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        let mut line = Object(Vec::with_capacity(USUAL_BYTES));
        line.named("timestamp");
        line.0.push(b'"');
        Clock::system().now().format_into(&mut line.0, WHEN).map_err(|_| fmt::Error)?;
        line.0.push(b'"');
        line.value("level", about.level().as_str());
        event.record(&mut line);
        line.value("target", about.target());
        let Object(mut line) = line;
        let parent = event.parent().and_then(|id| context.span(id));
        if let Some(span) = parent.or_else(|| context.lookup_current()) {
            line.extend(b",\"span\":");
            let extensions = span.extensions();
            // One object, as the formatter of fields that stands beside this one writes it.
            let said = extensions.get::<FormattedFields<N>>().map_or("", |said| said.as_str());
            let said = said.strip_suffix('}').filter(|said| *said != "{").unwrap_or_default();
            let mut of_span = Object(said.as_bytes().to_vec());
            of_span.value("name", span.name());
            line.append(&mut of_span.0);
            line.push(b'}');
        }
        line.extend(b"}\n");
        // It is: each piece was.
        writer.write_str(str::from_utf8(&line).map_err(|_| fmt::Error)?)
    }
}

/// A JSON object that is being written: what it has so far, without the brace that ends it.
struct Object(Vec<u8>);

impl Object {
    fn value(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        self.named(name);
        self.put(|to| to_writer(to, value));
    }

    /// The comma or the brace, and the name. None of ours wants escaping.
    fn named(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        self.0.push(b'"');
        // `type` is written `r#type` where a field has that name.
        self.0.extend(name.strip_prefix("r#").unwrap_or(name).as_bytes());
        self.0.extend(b"\":");
    }

    /// A value, or null where it cannot be written, so that the line can be read all the same.
    fn put<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) {
        let before = self.0.len();
        if write(&mut self.0).is_err() {
            self.0.truncate(before);
            self.0.extend(b"null");
        }
    }
}

impl Visit for Object {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.value(field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.value(field.name(), &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.value(field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.value(field.name(), &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.value(field.name(), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.named(field.name());
        self.put(|to| Serializer::new(to).collect_str(&format_args!("{value:?}")));
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Result, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    use tracing_subscriber::fmt::layer;
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::registry;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    impl Lines {
        /// Each line, but for when it was.
        fn read(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            let lines = text.lines().map(|line| {
                let read: Value = serde_json::from_str(line).expect(line);
                let when = read["timestamp"].as_str().expect("it says when");
                OffsetDateTime::parse(when, &Rfc3339).expect(when);
                assert_eq!(when.len(), "2026-11-27T10:02:30.123456Z".len(), "{when}");
                line.replace(when, "now")
            });
            lines.collect()
        }
    }

    fn tell_of_all_kinds() {
        tracing::warn!("no field at all");
        let outer = tracing::info_span!("outer", first = 1);
        let inner = tracing::info_span!(parent: &outer, "inner", reference = "a\"b}", many = true);
        inner.in_scope(|| {
            let (quoted, none) = ("say \"no\"\n\u{7} \\ \u{1f600}", None::<u8>);
            tracing::info!(quoted, shown = %quoted, debugged = ?quoted, ?none, "said");
            tracing::error!(count = 7_u8, below = -7, share = 0.5, nothing = f64::NAN, yes = true);
        });
        tracing::info_span!("without fields").in_scope(|| tracing::info!(r#type = "t", "typed"));
        tracing::info!(target: "regain::audit", parent: &outer, "of a span that is not current");
    }

    #[test]
    fn a_line_is_byte_for_byte_what_the_library_writes_itself() {
        let (theirs, ours) = (Lines::default(), Lines::default());
        let (to_theirs, to_ours) = (theirs.clone(), ours.clone());
        let both = registry()
            .with(
                layer()
                    .json()
                    .flatten_event(true)
                    .with_span_list(false)
                    .with_writer(move || to_theirs.clone()),
            )
            .with(layer().json().event_format(JsonLine).with_writer(move || to_ours.clone()));
        tracing::subscriber::with_default(both, tell_of_all_kinds);
        assert_eq!(ours.read(), theirs.read());
        assert_eq!(ours.read().len(), 5);
    }
}
