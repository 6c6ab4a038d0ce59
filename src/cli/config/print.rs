//! Settings written out as a configuration file with the reference's comments.

use std::fmt::Write;

use toml::{Table, Value};

use super::reference::{self, KeyPath, Section, Setting};
use crate::config::Settings;

/// The effective settings as a file that can be read again. Secrets are `…` or their file.
///
/// # Errors
/// When a path among them is not Unicode.
pub fn effective(settings: &Settings) -> Result<String, toml::ser::Error> {
    let table = Table::try_from(settings)?;
    let mut out = "# The effective configuration of Regain: the file, the environment and \
                   the defaults.\n"
        .to_owned();
    let sections = reference::sections();
    for group in sections.chunk_by(|one, two| named(one).is_some() && named(one) == named(two)) {
        let names = match named(&group[0]) {
            None => vec![None],
            Some(above) => {
                let named = lookup(&table, &above.0).and_then(Value::as_table);
                named.into_iter().flat_map(Table::keys).map(Some).collect()
            }
        };
        for name in names {
            for section in group {
                print(&mut out, &table, section, name);
            }
        }
    }
    Ok(out)
}

/// The path above the operator's own name in a section's header.
fn named(section: &Section) -> Option<KeyPath> {
    let star = section.path.0.iter().position(|key| key == "*")?;
    Some(KeyPath(section.path.0[..star].to_vec()))
}

fn print(out: &mut String, table: &Table, section: &Section, name: Option<&String>) {
    out.push('\n');
    let path: Vec<String> = section.path.0.iter().map(|key| fill(key, name)).collect();
    if !path.is_empty() {
        lines(out, &section.comment);
        let header: Vec<String> = path.iter().map(|key| quoted(key)).collect();
        let _ = writeln!(out, "[{}]", header.join("."));
    }
    for setting in &section.settings {
        lines(out, &setting.comment);
        assign(out, table, &path, setting);
    }
}

fn assign(out: &mut String, table: &Table, section: &[String], setting: &Setting) {
    let below = &setting.path.0[section.len()..];
    let at = |below: &[String]| lookup(table, &[section, below].concat()).cloned();
    // Only `keys.secrets` has names of the operator's own inside a section: `secrets.*`.
    if let [above @ .., last] = below
        && last == "*"
    {
        let named = at(above);
        for (name, value) in named.as_ref().and_then(Value::as_table).into_iter().flatten() {
            line(out, above.iter().chain([name]), value);
        }
    } else if let Some(value) = at(below) {
        line(out, below.iter(), &value);
    } else {
        let _ = writeln!(out, "#{}", setting.line);
    }
}

fn line<'a>(out: &mut String, path: impl Iterator<Item = &'a String>, value: &Value) {
    let path: Vec<String> = path.map(|key| quoted(key)).collect();
    let _ = writeln!(out, "{} = {value}", path.join("."));
}

fn lines(out: &mut String, comment: &[&str]) {
    for line in comment {
        let _ = writeln!(out, "{line}");
    }
}

fn fill(key: &str, name: Option<&String>) -> String {
    name.filter(|_| key == "*").cloned().unwrap_or_else(|| key.to_owned())
}

fn quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if key.chars().all(bare) { key.to_owned() } else { Value::from(key).to_string() }
}

fn lookup<'a>(table: &'a Table, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(first)?, |value, key| value.get(key))
}
