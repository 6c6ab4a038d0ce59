//! Log lines: JSON for machines, or pretty for people.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, registry, reload};

use crate::config::LogFormat;

/// What is logged where `RUST_LOG` says nothing.
const DEFAULT_LEVEL: &str = "warn,regain=info";

/// What a running process logs, and how that is changed.
type Handle = reload::Handle<EnvFilter, Registry>;

/// Starts logging to standard error. Only the first call has an effect, and gives what changes the
/// level.
pub fn start(format: LogFormat) -> Option<Handle> {
    let (level, handle) = reload::Layer::new(of_environment());
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
    let started = registry().with(level).with(lines).with(filter_fn(may_be_logged)).try_init();
    started.ok().map(|()| handle)
}

fn of_environment() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_LEVEL))
}

/// A file that says what is logged, looked at again and again: what goes wrong is best looked at
/// without a restart.
pub struct LevelFile {
    file: PathBuf,
    handle: Handle,
    /// What the file said at the last look, if it could be read.
    said: Option<String>,
}

impl LevelFile {
    /// This file. Nothing is read before the first look.
    pub const fn new(file: PathBuf, handle: Handle) -> Self {
        Self { file, handle, said: None }
    }

    /// Logs what the file says, or what the environment says where there is no file or nothing in
    /// it. What cannot be understood changes nothing.
    pub fn look(&mut self) {
        let said = std::fs::read_to_string(&self.file).ok();
        let said = said.map(|said| said.trim().to_owned()).filter(|said| !said.is_empty());
        if said == self.said {
            return;
        }
        let level = said.as_deref().map_or_else(|| Ok(of_environment()), EnvFilter::try_new);
        match level {
            Ok(level) => {
                let level_now = level.to_string();
                // It cannot fail: the subscriber lives as long as the process.
                if self.handle.reload(level).is_ok() {
                    tracing::warn!(level = level_now, "what is logged has changed");
                }
            }
            Err(error) => tracing::error!(
                why = %error,
                "log_level_file is not understood and changes nothing; write it like warn,regain=debug"
            ),
        }
        self.said = said;
    }
}

/// Our own events, and no more than warnings of what we build on: its debug output holds URIs,
/// statements and mails, which no log may hold, whatever `RUST_LOG` asks for.
fn may_be_logged(event: &Metadata<'_>) -> bool {
    event.target().split("::").next() == Some("regain") || *event.level() <= Level::WARN
}
