//! Policies that let passwords be guessed, or let nobody have one, are refused.

use std::time::Duration;

use super::super::error::ConfigError;
use crate::config::ApplicationSettings;

/// NIST SP 800-63B-4 §3.1.1.2: at least eight, and sixty-four should be allowed.
const SHORTEST_MINIMUM: usize = 8;
const SHORTEST_MAXIMUM: usize = 64;
/// A longer password costs memory and tells nothing more.
const LONGEST_MAXIMUM: usize = 1024;
/// Whatever is on the list of common passwords is weaker than this.
const LEAST_STRENGTH: u8 = 2;
const MOST_STRENGTH: u8 = 4;
/// A person waits while a breach service is asked.
const LONGEST_QUESTION: Duration = Duration::from_secs(10);

/// What is wrong with what new passwords must be, each with its cure.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let settings = &app.password;
    let (min, max, strength) = (settings.min_length, settings.max_length, settings.min_strength);
    let at = |key: &str| format!("apps.{name}.password.{key}");
    let mut errors = vec![];
    if min < SHORTEST_MINIMUM {
        let problem = "lets passwords be too short (NIST SP 800-63B-4 §3.1.1.2)";
        errors.push(ConfigError::at(at("min_length"), problem, "write 8 or more; 15 is better"));
    }
    if !(SHORTEST_MAXIMUM..=LONGEST_MAXIMUM).contains(&max) {
        let problem = "must let people use long passwords, but not without end";
        errors.push(ConfigError::at(at("max_length"), problem, "write 64 to 1024"));
    } else if settings.shortest() > max {
        let problem = "is more than max_length: no password would do";
        errors.push(ConfigError::at(at("min_length"), problem, "write 8 to 15"));
    }
    if !(LEAST_STRENGTH..=MOST_STRENGTH).contains(&strength) {
        let problem = "is not on the scale, or so little that the most common passwords would do";
        let cure = "write 2, 3 or 4; 3 if left out";
        errors.push(ConfigError::at(at("min_strength"), problem, cure));
    }
    let problem = settings.breaches.as_ref().and_then(|breaches| match breaches.timeout.0 {
        Duration::ZERO => Some("is 0, so no answer would ever come in time"),
        timeout if timeout > LONGEST_QUESTION => Some("is longer than people wait for a page"),
        _ => None,
    });
    errors.extend(problem.map(|problem| {
        let cure = "write 10s or less, but more than 0; 1s if left out";
        ConfigError::at(at("breaches.timeout"), problem, cure)
    }));
    errors
}
