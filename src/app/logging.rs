//! Log lines: JSON for machines, or pretty for people.

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// The environment variable that says how much is logged, say `info` or `regain=debug`.
const LEVEL: &str = "REGAIN_LOG";

/// What is logged where nothing is said: our own events, and only warnings of what we build on,
/// whose debug output may hold values.
const DEFAULT_LEVEL: &str = "warn,regain=info";

/// Starts logging to standard error. Only the first call has an effect.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_env(LEVEL).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVEL));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, leaves the first in place.
    let _already_started = match format {
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
        LogFormat::Pretty => lines.compact().with_target(false).try_init(),
    };
}
