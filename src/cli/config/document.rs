//! The file as a tree that knows where everything was said.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::{ConfigError, Place};
use super::reference::KeyPath;

/// The file's tree, with what the environment lays over it.
///
/// Every value carries the range of bytes that it was read from. Values from the environment
/// carry ranges beyond the file's end, one for each variable, so that one kind of place serves both.
pub(super) struct Document<'i> {
    pub(super) root: DeTable<'i>,
    file: &'i Path,
    text: &'i str,
    variables: Vec<String>,
    /// Where each setting and section stands: its key and its value.
    spans: BTreeMap<KeyPath, (Range<usize>, Range<usize>)>,
}

impl<'i> Document<'i> {
    /// Reads TOML.
    ///
    /// # Errors
    /// The first mistake in its syntax, without the text of the line: it may hold a secret.
    pub(super) fn parse(file: &'i Path, text: &'i str) -> Result<Self, ConfigError> {
        let new = |root| Self { root, file, text, variables: vec![], spans: BTreeMap::new() };
        DeTable::parse(text).map(|root| new(root.into_inner())).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let twice = error.message().starts_with("duplicate key");
            let twice = text.get(span.clone()).filter(|name| twice && is_bare(name));
            let place = new(DeTable::new()).place(span);
            let (problem, cure) = match twice {
                Some(name) => (
                    format!("`{name}` stands twice"),
                    "write it once; what belongs to a section stands under its one header",
                ),
                None => (
                    format!("this is not TOML: {}", syntax(error.message())),
                    "strings stand in quotes, lists in [ ], and each key once",
                ),
            };
            ConfigError { key: None, place: Some(place), problem, cure: cure.to_owned() }
        })
    }

    /// Marks a value as coming from this variable.
    pub(super) fn marked(&mut self, name: &str, value: DeValue<'i>) -> Spanned<DeValue<'i>> {
        let start = self.text.len() + 1 + self.variables.len();
        self.variables.push(name.to_owned());
        moved(Spanned::new(0..0, value), &(start..start + 1))
    }

    /// Remembers where a setting or section stands.
    pub(super) fn note(&mut self, path: &KeyPath, key: Range<usize>, value: Range<usize>) {
        self.spans.insert(path.clone(), (key, value));
    }

    /// The place of a setting, of the section around it, or the file.
    pub(super) fn place_of(&self, path: &KeyPath) -> Place {
        let mut path = path.clone();
        while !path.0.is_empty() {
            if let Some((key, _)) = self.spans.get(&path) {
                return self.place(key.clone());
            }
            path.0.pop();
        }
        Place::File(self.file.to_owned())
    }

    /// The smallest of settings, sections and what stands in lists of tables that covers a range.
    pub(super) fn setting_at(&self, span: &Range<usize>) -> Option<KeyPath> {
        let covers = |value: &Range<usize>| value.start <= span.start && span.end <= value.end;
        let covering = self.spans.iter().filter(|(_, (_, value))| covers(value));
        let smallest = covering
            .min_by_key(|(path, (_, value))| (value.len(), std::cmp::Reverse(path.0.len())));
        smallest.map(|(path, _)| path.clone())
    }

    /// Where a range of bytes is.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let beyond = span.start.checked_sub(self.text.len() + 1);
        if let Some(name) = beyond.and_then(|index| self.variables.get(index)) {
            return Place::Variable(name.clone());
        }
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        Place::Line { file: self.file.to_owned(), line, column }
    }

    /// Puts a value into the tree as if it had been said where this range is.
    pub(super) fn put_at(&mut self, path: &KeyPath, value: DeValue<'i>, span: &Range<usize>) {
        self.put(path, moved(Spanned::new(span.clone(), value), span));
    }

    /// Whether there is a value at a path.
    pub(super) fn holds(&self, path: &KeyPath) -> bool {
        let Some((last, sections)) = path.0.split_last() else { return false };
        let section = self.section(&KeyPath(sections.to_vec()));
        section.is_some_and(|table| table.contains_key(last.as_str()))
    }

    /// Puts a value into the tree, making the sections on the way.
    /// Nothing happens where something other than a section is in the way.
    pub(super) fn put(&mut self, path: &KeyPath, value: Spanned<DeValue<'i>>) {
        let Some((last, sections)) = path.0.split_last() else { return };
        let span = value.span();
        let mut table = &mut self.root;
        for section in sections {
            let new = || Spanned::new(span.clone(), DeValue::Table(DeTable::new()));
            let below = table.entry(key(section, &span)).or_insert_with(new);
            let DeValue::Table(below) = below.get_mut() else { return };
            table = below;
        }
        table.remove(last.as_str());
        table.insert(key(last, &span), value);
    }

    /// Takes a value out of the tree.
    pub(super) fn remove(&mut self, path: &KeyPath) {
        let Some((last, sections)) = path.0.split_last() else { return };
        let mut table = &mut self.root;
        for section in sections {
            let Some(DeValue::Table(below)) = table.get_mut(section.as_str()).map(Spanned::get_mut)
            else {
                return;
            };
            table = below;
        }
        table.remove(last.as_str());
    }

    /// The section at a path, if there is one.
    pub(super) fn section(&self, path: &KeyPath) -> Option<&DeTable<'i>> {
        path.0.iter().try_fold(&self.root, |table, key| match table.get(key.as_str())?.get_ref() {
            DeValue::Table(below) => Some(below),
            _ => None,
        })
    }
}

fn key(name: &str, span: &Range<usize>) -> Spanned<DeString<'static>> {
    Spanned::new(span.clone(), name.to_owned().into())
}

/// The same value with one range all through.
fn moved<'i>(value: Spanned<DeValue<'i>>, span: &Range<usize>) -> Spanned<DeValue<'i>> {
    let value = match value.into_inner() {
        DeValue::Array(items) => {
            DeValue::Array(items.into_iter().map(|item| moved(item, span)).collect())
        }
        DeValue::Table(table) => DeValue::Table(
            table
                .into_iter()
                .map(|(key, value)| {
                    (Spanned::new(span.clone(), key.into_inner()), moved(value, span))
                })
                .collect(),
        ),
        plain => plain,
    };
    Spanned::new(span.clone(), value)
}

/// Whether a text can be a key without quotes: whatever else stands there is not repeated.
fn is_bare(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(good)
}

/// The parser's own words up to the point where they might quote the file.
fn syntax(message: &str) -> &str {
    let message = message.split(", expected").next().unwrap_or_default();
    let end = message.find(['\n', '`', '"', '\'']).unwrap_or(message.len());
    message[..end].trim_end()
}
