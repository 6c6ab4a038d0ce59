//! Log lines: JSON for machines, or pretty for people.

use std::io::IsTerminal as _;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, fmt, registry};

use crate::config::LogFormat;

/// What is logged where `RUST_LOG` says nothing.
const DEFAULT_LEVEL: &str = "warn,regain=info";

/// Starts logging to standard error. Only the first call has an effect.
pub fn start(format: LogFormat) {
    let level = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVEL));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(colours);
    let lines = match format {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Pretty => lines.compact().with_target(false).boxed(),
    };
    // What a panic says may hold a value; where it was is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
    // A second start, as in tests, leaves the first in place.
    let _already_started =
        registry().with(lines).with(level).with(filter_fn(may_be_logged)).try_init();
}

/// Our own events, and no more than warnings of what we build on: its debug output holds URIs,
/// statements and mails, which no log may hold, whatever `RUST_LOG` asks for.
fn may_be_logged(event: &Metadata<'_>) -> bool {
    event.target().split("::").next() == Some("regain") || *event.level() <= Level::WARN
}
