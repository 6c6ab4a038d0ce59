//! Presets: what the users tables of well-known frameworks are like, one file each.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::error::ConfigError;
use super::names::did_you_mean;
use super::reference::KeyPath;

/// Every preset and its file.
const PRESETS: [(&str, &str); 4] = [
    ("devise", include_str!("presets/devise.toml")),
    ("django", include_str!("presets/django.toml")),
    ("flask", include_str!("presets/flask.toml")),
    ("laravel", include_str!("presets/laravel.toml")),
];

/// What a preset stands for: its file, with its comments.
///
/// # Errors
/// The nearest name where there is none of this.
pub(super) fn text(name: &str) -> Result<&'static str, String> {
    let found = PRESETS.iter().find(|(known, _)| *known == name);
    let names = PRESETS.iter().map(|(known, _)| *known);
    found.map(|(_, text)| *text).ok_or_else(|| did_you_mean(name, names, str::to_owned))
}

/// Fills what an application's users section leaves out by what its preset says.
pub(super) fn fill_in(document: &mut Document<'_>) -> Vec<ConfigError> {
    let apps = KeyPath::dotted("apps");
    let names = document.section(&apps).into_iter().flat_map(DeTable::keys);
    let sections: Vec<_> = names.map(|name| apps.join(name.get_ref()).join("users")).collect();
    sections.iter().filter_map(|users| fill(document, users).err()).collect()
}

fn fill(document: &mut Document<'_>, users: &KeyPath) -> Result<(), ConfigError> {
    let Some(section) = document.section(users) else { return Ok(()) };
    let Some(said) = section.get("preset") else { return Ok(()) };
    let (span, Some(name)) = (said.span(), said.get_ref().as_str()) else { return Ok(()) };
    let text = text(name).map_err(|cure| {
        let key = users.join("preset").text();
        ConfigError::at(key, "names no preset", cure).placed(document.place(span.clone()))
    })?;
    let (mut own, mut own_writes) = (Vec::new(), Vec::new());
    texts(section, &mut own);
    if let Some(DeValue::Table(on_reset)) = section.get("on_reset").map(Spanned::get_ref) {
        texts(on_reset, &mut own_writes);
    }
    let mut leaves = Vec::new();
    let preset = DeTable::parse(text).map(Spanned::into_inner).unwrap_or_default();
    flatten(preset, &KeyPath::default(), &mut leaves);
    for (path, value) in leaves {
        // A column that the operator names himself must be there, and gets what he says.
        let value = match path.0[0].as_str() {
            "optional" => without(value, &own),
            "on_reset" => without(value, &own_writes),
            _ => value,
        };
        let path = KeyPath([users.0.clone(), path.0].concat());
        if !document.holds(&path) {
            document.put_at(&path, value, &span);
        }
    }
    Ok(())
}

/// A list or a table without these names.
fn without(value: DeValue<'static>, taken: &[String]) -> DeValue<'static> {
    let named = |name: &str| taken.iter().any(|it| it == name);
    match value {
        DeValue::Array(items) => {
            let kept = |item: &Spanned<DeValue<'_>>| !item.get_ref().as_str().is_some_and(named);
            DeValue::Array(items.into_iter().filter(kept).collect())
        }
        DeValue::Table(table) => {
            let kept = table.into_iter().filter(|(key, _)| !named(key.get_ref()));
            DeValue::Table(kept.collect())
        }
        other => other,
    }
}

/// Every text in a section.
fn texts(table: &DeTable<'_>, found: &mut Vec<String>) {
    fn of(value: &DeValue<'_>, found: &mut Vec<String>) {
        match value {
            DeValue::String(text) => found.push(text.to_string()),
            DeValue::Array(items) => items.iter().for_each(|item| of(item.get_ref(), found)),
            DeValue::Table(table) => texts(table, found),
            _ => {}
        }
    }
    for (key, value) in table {
        // The names of the columns that `on_reset.set` writes are keys.
        found.push(key.get_ref().to_string());
        of(value.get_ref(), found);
    }
}

/// The settings in a preset: what stands below `on_reset` one by one, everything else whole.
fn flatten(table: DeTable<'static>, at: &KeyPath, leaves: &mut Vec<(KeyPath, DeValue<'static>)>) {
    for (key, value) in table {
        let path = at.join(key.get_ref());
        match value.into_inner() {
            DeValue::Table(below) if path.text() == "on_reset" => flatten(below, &path, leaves),
            leaf => leaves.push((path, leaf)),
        }
    }
}
