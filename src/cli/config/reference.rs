//! `reference.toml` taken apart: the names, examples and comments of all settings.
//!
//! It is the one list of settings: unknown names are refused by it, the environment is read by
//! it, and the effective configuration is printed along it.

use std::sync::LazyLock;

use toml::Value;

/// The whole commented file, as `regain config` prints it.
pub(super) const TEXT: &str = include_str!("reference.toml");

/// Sections whose keys are names of the operator's own.
const NAMED: [&str; 3] = ["keys.secrets", "mail.providers", "apps"];

/// Settings without a default.
const REQUIRED: [&str; 7] = [
    "public_url",
    "keys.signing",
    "mail.providers.*.url",
    "apps.*.name",
    "apps.*.mail.provider",
    "apps.*.mail.from",
    "apps.*.users.database",
];

static SECTIONS: LazyLock<Vec<Section>> = LazyLock::new(|| parse(TEXT));

/// What stands under one header.
pub(super) struct Section {
    /// Its pattern, say `apps.*.users`; empty at the top.
    pub(super) path: KeyPath,
    /// The lines of comment above its header.
    pub(super) comment: Vec<&'static str>,
    pub(super) settings: Vec<Setting>,
}

/// One setting.
pub(super) struct Setting {
    /// Its whole pattern, say `apps.*.users.database`.
    pub(super) path: KeyPath,
    /// The lines of comment above it.
    pub(super) comment: Vec<&'static str>,
    /// Its line, without the `#` of one that is off.
    pub(super) line: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// What a setting's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A string or `{ file = "…" }`.
    Secret,
    /// Numbers, booleans, lists and tables.
    Other,
}

/// What a path leads to.
pub(super) enum Known {
    Section,
    Setting(&'static Setting),
}

/// The keys from the top to a setting.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct KeyPath(pub(super) Vec<String>);

impl KeyPath {
    pub(super) fn dotted(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    pub(super) fn join(&self, key: &str) -> Self {
        let mut keys = self.0.clone();
        keys.push(key.to_owned());
        Self(keys)
    }

    /// Whether the keys below are names of the operator's own.
    pub(super) fn holds_names(&self) -> bool {
        NAMED.contains(&self.pattern().text().as_str())
    }

    /// The path with `*` for every name of the operator's own.
    pub(super) fn pattern(&self) -> Self {
        let mut pattern = Self::default();
        for key in &self.0 {
            let named = NAMED.contains(&pattern.text().as_str());
            pattern.0.push(if named { "*".to_owned() } else { key.clone() });
        }
        pattern
    }

    pub(super) fn text(&self) -> String {
        self.0.join(".")
    }

    /// What is there, if anything may be.
    pub(super) fn known(&self) -> Option<Known> {
        let pattern = self.pattern().0;
        let mut below = settings().filter(|setting| setting.path.0.starts_with(&pattern));
        below.next().map(|setting| {
            let exact = setting.path.0.len() == pattern.len();
            if exact { Known::Setting(setting) } else { Known::Section }
        })
    }

    /// The names that may stand directly below, if they are not the operator's own.
    pub(super) fn children(&self) -> Vec<&'static str> {
        let pattern = self.pattern().0;
        let below = settings().filter(|setting| setting.path.0.starts_with(&pattern));
        let mut names: Vec<&str> = below
            .filter_map(|setting| setting.path.0.get(pattern.len()))
            .map(String::as_str)
            .collect();
        names.dedup();
        names
    }
}

/// All sections, in the order of the file.
pub(super) fn sections() -> &'static [Section] {
    &SECTIONS
}

/// All settings, in the order of the file.
pub(super) fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| &section.settings)
}

fn parse(text: &'static str) -> Vec<Section> {
    let mut sections =
        vec![Section { path: KeyPath::default(), comment: vec![], settings: vec![] }];
    let mut comment = vec![];
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let path = KeyPath::dotted(header).pattern();
            sections.push(Section {
                path,
                comment: std::mem::take(&mut comment),
                settings: vec![],
            });
        } else if line == "#" || line.starts_with("# ") {
            comment.push(line);
        } else if line.is_empty() {
            comment.clear();
        } else if let Some(section) = sections.last_mut() {
            let line = line.strip_prefix('#').unwrap_or(line);
            section.settings.push(setting(&section.path, line, std::mem::take(&mut comment)));
        }
    }
    sections
}

fn setting(section: &KeyPath, line: &'static str, comment: Vec<&'static str>) -> Setting {
    let (key, value) = line.split_once(" = ").unwrap_or((line, ""));
    let path = KeyPath([section.0.clone(), KeyPath::dotted(key).0].concat()).pattern();
    let kind = match value.parse::<Value>() {
        Ok(Value::String(_)) => Kind::Text,
        Ok(Value::Table(table)) if table.contains_key("file") => Kind::Secret,
        _ => Kind::Other,
    };
    let required = REQUIRED.contains(&path.text().as_str());
    Setting { path, comment, line, kind, required }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_settings_sections_or_nowhere() {
        let known = |path: &str| KeyPath::dotted(path).known();
        assert!(matches!(known("apps.shop.users.database"),
            Some(Known::Setting(setting)) if setting.kind == Kind::Secret && setting.required));
        assert!(matches!(known("apps.shop.users"), Some(Known::Section)));
        assert!(matches!(known("keys.secrets.2026-11"), Some(Known::Setting(_))));
        assert!(known("apps.shop.user").is_none());
        assert!(known("listen.more").is_none());
    }

    #[test]
    fn every_required_setting_is_there_and_says_so() {
        for setting in settings().filter(|setting| setting.required) {
            assert!(setting.comment.join(" ").contains("Required"), "{}", setting.line);
        }
        assert_eq!(settings().filter(|setting| setting.required).count(), REQUIRED.len());
    }

    #[test]
    fn every_setting_has_a_comment() {
        assert!(settings().all(|setting| !setting.comment.is_empty()));
    }
}
