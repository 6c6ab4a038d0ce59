//! Reads the configuration: the file, the environment over it, and what is wrong with both.

mod address;
mod api_keys;
mod complete;
mod document;
mod env;
mod error;
mod names;
mod pages;
mod presets;
mod print;
mod reference;
mod safety;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use zeroize::Zeroizing;

pub use error::{ConfigError, ConfigErrors, Place};
pub use print::effective;
pub use safety::check_safety;

use document::Document;
use reference::KeyPath;

use crate::config::Settings;

/// The commented file with every setting and its default, as `regain config` prints it.
pub const REFERENCE: &str = reference::TEXT;

/// What a preset stands for, as `regain config --preset` prints it.
///
/// # Errors
/// The nearest name where there is none of this.
pub fn preset(name: &str) -> Result<&'static str, String> {
    presets::text(name)
}

/// Whether a text can be listened on: `HOST:PORT`.
#[must_use]
pub fn is_host_and_port(text: &str) -> bool {
    address::is_host_and_port(text)
}

/// Reads the settings from a file and the variables laid over it.
///
/// Variables that do not begin with `REGAIN_` are passed over.
///
/// # Errors
/// Everything that is wrong, each with its place and its cure and none with a setting's value.
pub fn load(
    path: &Path,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Settings, ConfigErrors> {
    parse(path, &read(path)?, env)
}

fn parse(
    path: &Path,
    text: &str,
    env: impl Iterator<Item = (String, String)>,
) -> Result<Settings, ConfigErrors> {
    let variables: Vec<_> = env.collect();
    let mut document = Document::parse(path, text)?;
    let mut errors = env::overlay(&mut document, &variables);
    errors.extend(names::refuse_unknown(&mut document));
    errors.extend(presets::fill_in(&mut document));
    errors.extend(names::fill_missing(&mut document));
    let (settings, mistyped) = names::typed(&mut document);
    errors.extend(mistyped);
    if let Some(settings) = &settings {
        for error in [complete::check(settings), check_safety(settings)].concat() {
            if !errors.iter().any(|before| explains(before, &error)) {
                let key = error.key.as_deref().map_or_else(KeyPath::default, KeyPath::dotted);
                errors.push(error.placed(document.place_of(&key)));
            }
        }
    }
    settings.filter(|_| errors.is_empty()).ok_or(ConfigErrors(errors))
}

/// Whether a mistake found before makes another one its mere consequence: it is about the same
/// setting, or about one below, which then looked as if it were not there.
fn explains(before: &ConfigError, error: &ConfigError) -> bool {
    let (Some(before), Some(key)) = (&before.key, &error.key) else { return false };
    before.strip_prefix(key.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn read(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    fs::read_to_string(path).map(Zeroizing::new).map_err(|error| {
        let cure = match error.kind() {
            ErrorKind::NotFound => "make one: regain config > regain.toml",
            ErrorKind::InvalidData => "save it as UTF-8",
            _ => "let the user that runs regain read it",
        };
        let problem = format!("the configuration cannot be read: {error}");
        let place = Some(Place::File(path.to_owned()));
        ConfigError { key: None, place, problem, cure: cure.to_owned() }
    })
}
