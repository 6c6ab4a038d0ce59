//! Log lines: JSON for machines, or pretty for people.

mod line;

use std::io::{ErrorKind, IsTerminal as _};
use std::path::PathBuf;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, fmt, registry, reload};

use self::line::JsonLine;
use super::secrets;
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
        LogFormat::Json => lines.json().event_format(JsonLine).boxed(),
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
    /// it. What cannot be understood changes nothing, and is not repeated: it may be any file.
    pub fn look(&mut self) {
        let said = self.read();
        if said == self.said {
            return;
        }
        if let Some(level) = said.as_deref().map_or_else(|| Some(of_environment()), level) {
            self.change(level);
        } else {
            tracing::error!(
                file = %self.file.display(),
                "log_level_file is not understood and changes nothing; write it like warn,regain=debug"
            );
        }
        self.said = said;
    }

    /// Nothing where there is no file or nothing in it. What is no file, or cannot be read, says what
    /// nobody understands.
    fn read(&self) -> Option<String> {
        let read = match self.file.metadata() {
            Ok(found) if found.is_file() => secrets::read(&self.file).ok(),
            Err(why) if why.kind() == ErrorKind::NotFound => return None,
            _ => None,
        };
        let said =
            read.map_or_else(|| "?".into(), |read| String::from_utf8_lossy(&read).into_owned());
        Some(said.trim().to_owned()).filter(|said| !said.is_empty())
    }

    /// Says so as it was logged before, and as it is logged now, since either may keep that quiet.
    fn change(&self, level: EnvFilter) {
        let now = level.to_string();
        tracing::warn!(level = now, "what is logged changes");
        // It cannot fail: the subscriber lives as long as the process.
        if self.handle.reload(level).is_ok() {
            tracing::warn!(level = now, "what is logged has changed");
        }
    }
}

/// Levels, and targets with theirs, with commas between. Nothing else that `RUST_LOG` may hold: there a word
/// that is no level, say a mistyped one, is a target, and nothing but it is logged.
fn level(said: &str) -> Option<EnvFilter> {
    let said: String = said.split_whitespace().collect();
    let is_level = |level: &str| !level.is_empty() && level.parse::<LevelFilter>().is_ok();
    let is_target =
        |target: &str| target.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
    let fits = |item: &str| match item.split_once('=') {
        Some((target, level)) => is_target(target) && is_level(level),
        None => is_level(item),
    };
    let understood = said.split(',').all(fits);
    understood.then(|| EnvFilter::try_new(said).ok()).flatten()
}

/// Our own events, and no more than warnings of what we build on: its debug output holds URIs,
/// statements and mails, which no log may hold, whatever `RUST_LOG` asks for.
fn may_be_logged(event: &Metadata<'_>) -> bool {
    event.target().split("::").next() == Some("regain") || *event.level() <= Level::WARN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_levels_and_targets_with_theirs() {
        for said in ["warn", "DEBUG", "warn,regain=debug", " info , regain::audit = off ", "off"] {
            assert!(level(said).is_some(), "{said}");
        }
    }

    #[test]
    fn a_word_that_is_no_level_is_not_taken_for_the_only_thing_to_log() {
        for said in
            ["degub", "warn,degub", "regain", "regain=degub", "warn,", "[ask]=info", "a/b=info"]
        {
            assert!(level(said).is_none(), "{said}");
        }
    }
}
