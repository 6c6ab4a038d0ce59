//! How the calls of Cloud CMS name an application.

use insta::assert_snapshot;

use super::{GOOD, load_with, mistakes, with};

const COMPAT: &str = "compat = [\"cloud-cms\"]";

/// The good file with a second application, which has what the first one says besides.
fn two(first: &str, second: &str) -> String {
    let app = |name: &str, lines: &str| {
        format!(
            "[apps.{name}]\n{COMPAT}\n{lines}\nname = \"X\"\n\
             mail = {{ provider = \"main\", from = \"X <no-reply@example.com>\" }}\n\
             users.database = \"sqlite:///x\"\n"
        )
    };
    let (head, _) = GOOD.split_once("[apps.default]").unwrap();
    format!("{head}{}{}", app("default", first), app("shop", second))
}

#[test]
fn no_two_applications_are_called_alike() {
    let same = "cloud_cms.application_id = \"6c1b7f3e\"";
    assert_snapshot!(mistakes(&two(same, same)), @r"
    regain.toml:15:11: `apps.shop.cloud_cms.application_id` is what calls name apps.default by, too
        write the id that each application has in Cloud CMS
    ");
    let mistaken = mistakes(&two("", "cloud_cms.application_id = \"default\""));
    assert!(mistaken.contains("is what calls name apps.default by, too"), "{mistaken}");
    for (first, second) in [("", ""), (same, ""), ("cloud_cms.application_id = \"shop\"", same)] {
        let loaded = load_with(&two(first, second), &[]);
        assert!(loaded.is_ok(), "{first} {second} {loaded:?}");
    }
}

#[test]
fn an_id_can_stand_in_a_path() {
    let id = |id: &str| format!("{COMPAT}\ncloud_cms.application_id = \"{id}\"");
    assert_snapshot!(with("apps.default", &id("my app")), @r"
    regain.toml:9:11: `apps.default.cloud_cms.application_id` cannot stand in the path of a call
        use A-Z, a-z, 0-9, `-`, `_`, `.` and `~`, 64 at most, and not dots alone
    ");
    for refused in ["", ".", "..", "a/b", "a%20b", "{GUID}", "\u{e9}", &"x".repeat(65)] {
        let mistaken = with("apps.default", &id(refused));
        assert!(mistaken.contains("cannot stand in the path of a call"), "{refused}: {mistaken}");
    }
}
