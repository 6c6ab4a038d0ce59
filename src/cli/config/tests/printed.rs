//! What `regain config` prints.

use toml::Table;

use super::{GOOD, load_with};
use crate::cli::config::reference::{self, Kind};
use crate::cli::config::{REFERENCE, effective};
use crate::config::Settings;
use crate::language::Language;

fn table(settings: &Settings) -> Table {
    Table::try_from(settings).unwrap()
}

/// The reference with some of its lines kept.
fn reference_with(keep: impl Fn(&reference::Setting) -> bool) -> String {
    let mut lines = vec![];
    for section in reference::sections() {
        let header: Vec<_> = section.path.0.iter().map(|key| key.replace('*', "default")).collect();
        if !header.is_empty() {
            lines.push(format!(
                "[{}]",
                header.join(".").replace("providers.default", "providers.main")
            ));
        }
        let kept = section.settings.iter().filter(|setting| keep(setting));
        lines.extend(kept.map(|setting| setting.line.to_owned()));
    }
    lines.join("\n")
}

#[test]
fn the_reference_is_a_good_file() {
    load_with(REFERENCE, &[]).unwrap();
}

#[test]
fn the_reference_says_the_true_defaults() {
    let secret = |setting: &reference::Setting| {
        ["keys.secrets.*", "mail.providers.*.password"].contains(&setting.path.text().as_str())
    };
    let required = reference_with(|setting| setting.required || secret(setting));
    let without = load_with(&required, &[]).unwrap();
    let with = load_with(REFERENCE, &[]).unwrap();
    assert_eq!(table(&without), table(&with));
}

#[test]
fn the_reference_names_every_language() {
    for language in Language::all() {
        let tag = format!("\"{}\"", language.tag());
        assert!(REFERENCE.contains(&tag), "{tag} above `language`");
    }
}

#[test]
fn every_setting_of_the_reference_is_understood() {
    let all = load_with(&reference_with(|_| true), &[]).unwrap();
    for setting in reference::settings().filter(|setting| setting.kind != Kind::Secret) {
        let path: Vec<_> = setting
            .path
            .text()
            .replace("providers.*", "providers.main")
            .replace('*', "default")
            .split('.')
            .map(str::to_owned)
            .collect();
        let mut value = &toml::Value::Table(table(&all));
        for key in &path {
            value = value.get(key).unwrap_or_else(|| panic!("{path:?} is not serialised"));
        }
        let written: Table =
            format!("x = {}", setting.line.split_once(" = ").unwrap().1).parse().unwrap();
        assert_eq!(value, &written["x"], "{path:?}");
    }
}

#[test]
fn nothing_that_is_understood_is_left_out_of_the_reference() {
    let all = load_with(&reference_with(|_| true), &[]).unwrap();
    leaves(&table(&all), &reference::KeyPath::default());
}

fn leaves(table: &Table, at: &reference::KeyPath) {
    for (key, value) in table {
        let path = at.join(key);
        match (path.known(), value) {
            (Some(reference::Known::Setting(_)), _) => {}
            (Some(reference::Known::Section), toml::Value::Table(below)) => leaves(below, &path),
            _ => panic!("{} is not in the reference", path.text()),
        }
    }
}

#[test]
fn the_effective_settings_can_be_read_again_and_are_the_same() {
    let two = GOOD.replace("[apps.default]", "[apps.shop]\nname = \"Shop\"\nusers.database = { file = \"/s\" }\nmail = { provider = \"main\", from = \"a@b.example\" }\nusers.confirmed = { column = \"seen\", is = \"not-null\" }\n[apps.default]");
    for file in [GOOD, REFERENCE, &two] {
        let settings = load_with(file, &[("REGAIN_LISTEN", "127.0.0.1:1")]).unwrap();
        let printed = effective(&settings).unwrap();
        let again = load_with(&printed, &[]).unwrap();
        assert_eq!(table(&settings), table(&again), "{printed}");
        assert!(printed.contains("listen = \"127.0.0.1:1\""));
    }
}

#[test]
fn the_effective_settings_show_where_secrets_are_and_never_what_they_are() {
    let inline = GOOD.replace("{ file = \"/run/secrets/database/url\" }", "\"c4nary\"");
    let printed = effective(&load_with(&inline, &[]).unwrap()).unwrap();
    assert!(printed.contains("database = \"…\""));
    assert!(printed.contains("secrets.a = { file = \"/run/secrets/keys/a\" }"));
    assert!(!printed.contains("c4nary"));
}

#[test]
fn the_effective_settings_keep_the_comments_and_what_is_off() {
    let printed = effective(&load_with(GOOD, &[]).unwrap()).unwrap();
    for line in reference::settings().flat_map(|setting| &setting.comment) {
        assert!(printed.contains(line), "{line}");
    }
    let start = printed.find("[apps.default]").unwrap();
    let end = start + printed[start..].find("# Mails in an hour").unwrap();
    insta::assert_snapshot!(&printed[start..end], @r#"
    [apps.default]
    # What people know it as. Required.
    name = "Example"
    # The provider under [mail.providers] that carries its mail. Required.
    mail.provider = "main"
    # Who its mails come from. Required.
    mail.from = "Example <no-reply@example.com>"
    "#);
    assert!(printed.contains("\n#username = \"username\"\n"));
}
