//! How the calls of Cloud CMS name an application: in their path, and no two alike.

use std::collections::BTreeMap;

use super::super::error::ConfigError;
use crate::config::{ApplicationSettings, Compat};

/// Longest id, in characters: a GUID has 36.
const ID_MAX_CHARS: usize = 64;

/// Everything that is wrong with the ids, each with its cure.
pub(super) fn check(apps: &BTreeMap<String, ApplicationSettings>) -> Vec<ConfigError> {
    let mut errors = vec![];
    let mut known = BTreeMap::new();
    for (name, app) in apps {
        let mut refuse = |problem: &str, cure: &str| {
            let key = format!("apps.{name}.cloud_cms.application_id");
            errors.push(ConfigError::at(key, problem, cure));
        };
        let id = app.cloud_cms.application_id.as_deref();
        if id.is_some_and(|id| !can_stand_in_a_path(id)) {
            let cure = "use A-Z, a-z, 0-9, `-`, `_`, `.` and `~`, 64 at most, and not dots alone";
            refuse("cannot stand in the path of a call", cure);
        }
        if !app.compat.contains(&Compat::CloudCms) {
            continue;
        }
        if let Some(other) = known.insert(app.called_by(Compat::CloudCms, name), name) {
            let cure = "write the id that each application has in Cloud CMS";
            refuse(&format!("is what calls name apps.{other} by, too"), cure);
        }
    }
    errors
}

/// RFC 3986 §2.3: what is never percent-encoded. Browsers take segments of dots out of a path.
fn can_stand_in_a_path(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    (1..=ID_MAX_CHARS).contains(&id.len()) && id.chars().all(plain) && !matches!(id, "." | "..")
}
