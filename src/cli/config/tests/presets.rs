//! What presets stand for, and that everything of them can be overridden.

use insta::assert_snapshot;

use super::{GOOD, load_with};
use crate::config::{ConditionSettings, UsersSettings};

const NAMES: [&str; 4] = ["devise", "django", "flask", "laravel"];

fn users(preset: &str, more: &str) -> UsersSettings {
    let section = "[apps.default.users]\n";
    let text = GOOD.replace(section, &format!("{section}preset = \"{preset}\"\n{more}\n"));
    load_with(&text, &[]).unwrap().apps["default"].users.clone()
}

fn refused(lines: &str) -> String {
    super::with("apps.default.users", lines)
}

#[test]
fn every_preset_is_well_formed_and_prints_as_its_file() {
    for name in NAMES {
        assert_eq!(users(name, "").preset.as_deref(), Some(name));
        assert!(super::super::preset(name).unwrap().contains("table = "));
    }
}

#[test]
fn every_preset_has_a_page_whose_configuration_loads() {
    for name in NAMES {
        let page = std::fs::read_to_string(format!("docs/attaching/{name}.md")).unwrap();
        let (_, rest) = page.split_once("<<TOML\n").unwrap();
        let (text, _) = rest.split_once("\nTOML\n").unwrap();
        let settings = load_with(&text.replace("$PWD", "/srv/app"), &[]).unwrap();
        assert_eq!(settings.apps["default"].users.preset.as_deref(), Some(name));
    }
}

#[test]
fn django_is_one_line() {
    let users = users("django", "");
    assert_eq!((users.table.as_str(), users.password.as_str()), ("auth_user", "password"));
    assert_eq!(users.active, [ConditionSettings::True("is_active".to_owned())]);
    assert_eq!(users.last_login.as_deref(), Some("last_login"));
}

#[test]
fn a_reset_ends_the_sessions_of_laravel_and_flask_and_opens_the_locks_of_devise() {
    assert_eq!(users("laravel", "").on_reset.random, ["remember_token"]);
    assert_eq!(users("flask", "").on_reset.random, ["fs_uniquifier"]);
    let devise = users("devise", "").on_reset;
    assert!(devise.null.contains(&"locked_at".to_owned()) && devise.set.len() == 1);
}

#[test]
fn a68_what_tells_of_a_second_factor_is_looked_for_and_need_not_be_there() {
    for (name, column) in [
        ("laravel", "two_factor_secret"),
        ("devise", "otp_required_for_login"),
        ("flask", "us_totp_secrets"),
    ] {
        let found = users(name, "");
        assert!(found.mfa.contains(&column.to_owned()), "{name}: {:?}", found.mfa);
        for column in &found.mfa {
            assert!(found.optional.contains(column), "{name}: {column}");
        }
        let said = users(name, &format!("mfa = [\"{column}\"]"));
        assert_eq!(said.mfa, [column], "{name}");
        assert!(!said.optional.contains(&column.to_owned()), "{name}: who names it knows it");
    }
    assert_eq!(users("django", "").mfa, [""; 0], "Django's packages keep it in other tables");
}

#[test]
fn whatever_is_said_goes_before_the_preset_and_a_column_that_is_named_must_be_there() {
    let users = users(
        "devise",
        "table = \"members\"\non_reset.now = [\"touched_at\"]\non_reset.set = { locked_at = 0 }",
    );
    assert_eq!(users.table, "members");
    assert_eq!(users.on_reset.now, ["touched_at"]);
    assert_eq!(users.password, "encrypted_password", "the rest is the preset's");
    assert!(!users.optional.contains(&"locked_at".to_owned()), "{:?}", users.optional);
    assert!(users.optional.contains(&"unlock_token".to_owned()), "{:?}", users.optional);
}

#[test]
fn the_environment_goes_before_the_preset_too() {
    let section = "[apps.default.users]\n";
    let text = GOOD.replace(section, &format!("{section}preset = \"django\"\n"));
    let settings = load_with(&text, &[("REGAIN_APPS__DEFAULT__USERS__TABLE", "people")]).unwrap();
    assert_eq!(settings.apps["default"].users.table, "people");
}

#[test]
fn a_preset_that_nobody_knows_is_refused_with_the_nearest() {
    assert_snapshot!(refused("preset = \"djagno\""), @"
    regain.toml:11:10: `apps.default.users.preset` names no preset
        did you mean `django`?
    ");
}

#[test]
fn a_stamp_is_no_session_column_and_no_column_is_written_twice() {
    assert_snapshot!(refused("preset = \"laravel\"\nrecovery_stamp = \"remember_token\""), @"
    regain.toml:12:1: `apps.default.users.recovery_stamp` is a column of the application's sessions: renewing it would log people out
        add a text column of its own to the table, say recovery_stamp VARCHAR(80)
    ");
    assert_snapshot!(refused("on_reset.null = [\"email\"]"), @r#"
    regain.toml:11:1: `apps.default.users.on_reset` writes "email" twice, or it is a column that Regain keeps
        name each column once
    "#);
}
