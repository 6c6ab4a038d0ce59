//! Settings from the environment, laid over the file.

use toml::Spanned;
use toml::de::DeValue;

use super::document::Document;
use super::error::{ConfigError, Place};
use super::names::did_you_mean;
use super::reference::{KeyPath, Kind, Known};

const PREFIX: &str = "REGAIN_";

/// Lays the environment's settings over the file's.
///
/// `REGAIN_APPS__DEFAULT__USERS__DATABASE` is `apps.default.users.database`. A name of the
/// operator's own is the file's where they differ by case, `-`, `.` and `_` only; else it is in
/// lower case with `-` for `_`. Text and secrets are taken as they are, so that a password of
/// digits stays one; what else there is must be TOML.
pub(super) fn overlay<'i>(
    document: &mut Document<'i>,
    variables: &'i [(String, String)],
) -> Vec<ConfigError> {
    let mut variables: Vec<_> =
        variables.iter().filter(|(name, value)| is_setting(name, value)).collect();
    // A section comes before what is in it.
    variables.sort();
    let lay = |(name, value): &'i (String, String)| {
        let error = lay(document, name, value).err()?;
        Some(error.placed(Place::Variable(name.clone())))
    };
    variables.into_iter().filter_map(lay).collect()
}

/// Whether a variable is meant for the configuration.
///
/// Kubernetes tells every pod of a namespace where a Service named `regain` is by variables of
/// its own, which nobody wrote and nobody means.
fn is_setting(name: &str, value: &str) -> bool {
    let of_a_service = name == "REGAIN_SERVICE_HOST"
        || name.starts_with("REGAIN_SERVICE_PORT")
        || name.starts_with("REGAIN_PORT_")
        || (name == "REGAIN_PORT" && value.contains("://"));
    name.starts_with(PREFIX) && name != "REGAIN_CONFIG" && !of_a_service
}

fn lay<'i>(document: &mut Document<'i>, name: &str, value: &'i str) -> Result<(), ConfigError> {
    let mut path = KeyPath::default();
    for part in name[PREFIX.len()..].split("__") {
        let below = path.join(&own_name(document, &path, part));
        if part.is_empty() || below.known().is_none() {
            let spell = |known: &str| variable(&path.join(known));
            let cure = did_you_mean(&part.to_lowercase(), path.children(), spell);
            return Err(ConfigError { key: None, place: None, problem: UNKNOWN.to_owned(), cure });
        }
        path = below;
    }
    let value = match path.known() {
        Some(Known::Setting(setting)) => match setting.kind {
            Kind::Text => text(value),
            Kind::Secret => toml(value).filter(names_a_file).unwrap_or_else(|| text(value)),
            Kind::Other => toml(value).unwrap_or_else(|| text(value)),
        },
        _ => toml(value).filter(DeValue::is_table).ok_or_else(|| {
            let first = path.children().first().map(|child| variable(&path.join(child)));
            let say = first.unwrap_or_else(|| format!("{name}__NAME"));
            let cure = format!("set what is in it one by one, say {say}, or all as {{ … }}");
            ConfigError::at(path.text(), "is a section, not a value", cure)
        })?,
    };
    let value = document.marked(name, value);
    document.put(&path, value);
    Ok(())
}

const UNKNOWN: &str = "this variable is not a setting";

/// The key that a part of a variable's name means.
fn own_name(document: &Document<'_>, section: &KeyPath, part: &str) -> String {
    if !section.holds_names() {
        // Settings with names of another system's may be in capitals.
        let known = section.children().into_iter().find(|known| known.eq_ignore_ascii_case(part));
        return known.map_or_else(|| part.to_lowercase(), str::to_owned);
    }
    let plain = |name: &str| name.to_lowercase().replace(['-', '.'], "_");
    let mut names = document.section(section).into_iter().flat_map(|table| table.keys());
    let same = names.find(|name| plain(name.get_ref()) == plain(part));
    same.map_or_else(|| part.to_lowercase().replace('_', "-"), |name| name.get_ref().to_string())
}

fn variable(path: &KeyPath) -> String {
    let name = path.0.join("__").to_uppercase().replace(['-', '.'], "_");
    format!("{PREFIX}{name}")
}

fn text(value: &str) -> DeValue<'_> {
    DeValue::String(value.into())
}

fn toml(value: &str) -> Option<DeValue<'_>> {
    DeValue::parse(value).ok().map(Spanned::into_inner)
}

fn names_a_file(value: &DeValue<'_>) -> bool {
    value.get("file").is_some()
}
