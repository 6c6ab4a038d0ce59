//! Names that nobody knows, settings that are missing, and values of the wrong type.

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::document::Document;
use super::error::{ConfigError, Place};
use super::reference::{self, KeyPath, Kind, Known, Setting};
use crate::config::Settings;

/// Takes out of the tree what is no setting, and remembers where the settings stand.
pub(super) fn refuse_unknown(document: &mut Document<'_>) -> Vec<ConfigError> {
    let mut found = Found::default();
    found.section(&document.root, &KeyPath::default());
    for (path, key, value) in found.known {
        document.note(&path, key, value);
    }
    let refuse = |(path, key, problem, cure): Refused| {
        document.remove(&path);
        ConfigError::at(path.text(), problem, cure).placed(document.place(key))
    };
    found.refused.into_iter().map(refuse).collect()
}

/// A path, the range of its key, what is wrong and the cure.
type Refused = (KeyPath, Range<usize>, &'static str, String);

#[derive(Default)]
struct Found {
    known: Vec<(KeyPath, Range<usize>, Range<usize>)>,
    refused: Vec<Refused>,
}

impl Found {
    fn section(&mut self, table: &DeTable<'_>, at: &KeyPath) {
        for (key, value) in table {
            let path = at.join(key.get_ref());
            let (known, below) = (path.known(), value.get_ref());
            match (known, below) {
                (None, _) => {
                    let cure = at_the_top(key.get_ref(), at).unwrap_or_else(|| {
                        did_you_mean(key.get_ref(), at.children(), str::to_owned)
                    });
                    self.refused.push((path, key.span(), "is not a setting", cure));
                }
                (Some(Known::Section), DeValue::Table(below)) => {
                    self.known.push((path.clone(), key.span(), value.span()));
                    self.section(below, &path);
                }
                (Some(Known::Section), _) => {
                    let cure = format!("write [{}] and its settings below", path.text());
                    self.refused.push((path, key.span(), "is a section, not a value", cure));
                }
                (Some(Known::Setting(_)), _) => {
                    self.known.push((path.clone(), key.span(), value.span()));
                    self.tables(below, &path);
                }
            }
        }
    }

    /// Remembers where the tables of a list stand, which are counted from 1.
    fn tables(&mut self, list: &DeValue<'_>, at: &KeyPath) {
        let items = list.as_array().into_iter().flatten().zip(1..);
        for (item, number) in items {
            let path = at.join(&number.to_string());
            for (key, value) in item.get_ref().as_table().into_iter().flatten() {
                let whole = key.span().start..value.span().end;
                self.known.push((path.join(key.get_ref()), key.span(), whole));
            }
            self.known.push((path, item.span(), item.span()));
        }
    }
}

/// The cure for a name of the top level that stands below a header: in TOML, whatever follows one
/// belongs to it.
fn at_the_top(name: &str, at: &KeyPath) -> Option<String> {
    let known = KeyPath(vec![name.to_owned()]).known().filter(|_| !at.0.is_empty())?;
    let or = match known {
        Known::Section => format!(", or into a section [{name}] of its own"),
        Known::Setting(_) => String::new(),
    };
    Some(format!("`{name}` belongs above the first [section]{or}"))
}

/// The nearest of some names, or all of them where none is near.
pub(super) fn did_you_mean<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    spell: impl Fn(&str) -> String,
) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let lower = name.to_lowercase();
    let near =
        known.iter().map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known));
    match near.max_by(|(one, _), (two, _)| one.total_cmp(two)) {
        Some((likeness, nearest)) if likeness > 0.84 => {
            format!("did you mean `{}`?", spell(nearest))
        }
        Some(_) => {
            let all: Vec<String> =
                known.iter().map(|known| format!("`{}`", spell(known))).collect();
            format!("known here: {}", all.join(", "))
        }
        None => "nothing may stand here".to_owned(),
    }
}

/// Names the required settings that are not there, and puts empty text in their place so that
/// the rest can still be looked at.
pub(super) fn fill_missing(document: &mut Document<'_>) -> Vec<ConfigError> {
    let mut errors = vec![];
    for setting in reference::settings().filter(|setting| setting.required) {
        for path in expand(document, &setting.path) {
            let Some((_, section)) = path.0.split_last() else { continue };
            let section = KeyPath(section.to_vec());
            if document.holds(&path) {
                continue;
            }
            let cure = format!("add {}", example(setting, &path));
            let place = document.place_of(&section);
            errors.push(ConfigError::at(path.text(), "is missing", cure).placed(place));
            document.put(&path, empty());
        }
    }
    errors
}

/// The paths that a pattern stands for, one for each name of the operator's own.
fn expand(document: &Document<'_>, pattern: &KeyPath) -> Vec<KeyPath> {
    let Some(star) = pattern.0.iter().position(|key| key == "*") else {
        return vec![pattern.clone()];
    };
    let (above, below) = (KeyPath(pattern.0[..star].to_vec()), &pattern.0[star + 1..]);
    let names = document.section(&above).into_iter().flat_map(DeTable::keys);
    names.map(|name| KeyPath([&above.join(name.get_ref()).0, below].concat())).collect()
}

fn empty() -> Spanned<DeValue<'static>> {
    Spanned::new(0..0, DeValue::String("".into()))
}

/// The settings, with everything of the wrong type named and left out.
///
/// `None` when too much is wrong to make settings of it.
pub(super) fn typed(document: &mut Document<'_>) -> (Option<Settings>, Vec<ConfigError>) {
    let mut errors: Vec<ConfigError> = vec![];
    loop {
        let root = Spanned::new(0..0, document.root.clone());
        let error = match Settings::deserialize(Deserializer::from(root)) {
            Ok(settings) => return (Some(settings), errors),
            Err(error) => error,
        };
        let span = error.span().unwrap_or(0..0);
        let at = document.setting_at(&span).unwrap_or_default();
        // What stands in a list of tables belongs to the list, which is the setting.
        let mut above = (0..=at.0.len()).rev().map(|depth| KeyPath(at.0[..depth].to_vec()));
        let known = above.find_map(|path| Some((path.known()?, path)));
        let Some((Known::Setting(setting), path)) = known else {
            let cure = "compare it with what `regain config` prints".to_owned();
            let place = Some(document.place(span));
            let problem = "something here cannot be used".to_owned();
            errors.push(ConfigError { key: None, place, problem, cure });
            return (None, errors);
        };
        if errors.iter().any(|before| before.key.as_ref() == Some(&path.text())) {
            return (None, errors);
        }
        let place = document.place(span);
        errors.push(match misspelt(&at, error.message()).filter(|_| at != path) {
            Some(error) => error.placed(place),
            None => wrong(setting, &at, error.message(), place),
        });
        document.remove(&path);
        if setting.required {
            document.put(&path, empty());
        }
    }
}

/// What the parser says, without the value that it may quote.
fn wrong(setting: &Setting, path: &KeyPath, message: &str, place: Place) -> ConfigError {
    let expected = message.rsplit_once("expected ").map(|(_, expected)| expected);
    let problem = match expected {
        _ if setting.kind == Kind::Secret => "must be a string or { file = \"/path\" }".to_owned(),
        Some("u32" | "u64" | "usize") => "must be a whole number from 0 up".to_owned(),
        Some("a boolean") => "must be true or false".to_owned(),
        Some("a sequence") => "must be a list".to_owned(),
        Some(expected) => format!("must be {expected}"),
        // What `expecting` says of our own types.
        None if message.starts_with("a ") => format!("must be {message}"),
        None => "cannot be used".to_owned(),
    };
    let cure = if path.pattern() == setting.path {
        format!("write it like {}", example(setting, path))
    } else {
        "compare it with what `regain config` says of the setting".to_owned()
    };
    ConfigError::at(path.text(), problem, cure).placed(place)
}

/// What is wrong with the names in one of the tables of a list.
fn misspelt(at: &KeyPath, message: &str) -> Option<ConfigError> {
    if let Some(missing) = message.strip_prefix("missing field `") {
        let path = at.join(missing.trim_end_matches('`'));
        return Some(ConfigError::at(path.text(), "is missing", "add it beside what is there"));
    }
    let mut quoted = message.strip_prefix("unknown field `")?.split('`').step_by(2);
    let name = quoted.next()?;
    let cure = did_you_mean(name, quoted, str::to_owned);
    Some(ConfigError::at(at.text(), "is not a setting", cure))
}

/// The reference's line for a setting, under the name that the operator gave.
fn example(setting: &Setting, path: &KeyPath) -> String {
    let value = setting.line.split_once(" = ").map_or("", |(_, value)| value);
    let value = if value == "[]" { "[\"…\"]" } else { value };
    let key = path.0.last().map_or("", String::as_str);
    format!("{key} = {value}")
}

/// What is wrong with a name that an operator gives something.
pub(super) fn own_name(path: &str, name: &str) -> Option<ConfigError> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let short = (1..=64).contains(&name.len());
    (!short || name.starts_with('.') || !name.chars().all(good)).then(|| {
        ConfigError::at(
            path,
            "has a name that cannot be used",
            "use A-Z, a-z, 0-9, `-`, `_` and `.`, 64 at most",
        )
    })
}
