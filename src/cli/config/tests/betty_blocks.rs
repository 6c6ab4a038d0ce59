//! Answering the calls of Betty Blocks.

use insta::assert_snapshot;

use super::{GOOD, load_with, with};

const COMPAT: &str = "compat = [\"betty-blocks\"]";

#[test]
fn it_wants_the_newest_link_to_win() {
    assert_snapshot!(with("apps.default", COMPAT), @r#"
    regain.toml:8:1: `apps.default.compat` has "betty-blocks", where a new link voids the older ones, and newest_link_wins is off
        write newest_link_wins = true, and recovery_stamp = "recovery_stamp" under [apps.default.users] with a text column of that name
    "#);
    let users = "[apps.default.users]\nrecovery_stamp = \"stamp\"\n";
    let good = GOOD.replace("[apps.default.users]\n", users);
    let file = |app: &str| good.replace("[apps.default]\n", &format!("[apps.default]\n{app}\n"));
    let told = load_with(&file(COMPAT), &[]).unwrap_err().to_string();
    assert_snapshot!(told, @r#"
    regain.toml:8:1: `apps.default.compat` has "betty-blocks", where a new link voids the older ones, and newest_link_wins is off
        write newest_link_wins = true
    "#);
    assert!(load_with(&file(&format!("{COMPAT}\nnewest_link_wins = true")), &[]).is_ok());
}

#[test]
fn a_system_that_is_not_known_is_refused_with_those_that_are() {
    assert_snapshot!(with("apps.default", "compat = [\"betty\"]"), @r"
    regain.toml:8:11: `apps.default.compat.1` must be one of `betty-blocks`, `cloud-cms`, `structr`
        compare it with what `regain config` says of the setting
    ");
    assert_snapshot!(with("apps.default", "compat = \"betty-blocks\""), @r#"
    regain.toml:8:10: `apps.default.compat` must be a list
        write it like compat = ["…"]
    "#);
}
