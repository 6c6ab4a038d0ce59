//! Mistakes in an application's API keys.

use insta::assert_snapshot;

use super::{GOOD, load_with, mistakes};
use crate::cli::config::effective;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// What is said about the good file with keys of these lines.
fn with_keys(keys: &[&str]) -> String {
    mistakes(&file(keys))
}

fn file(keys: &[&str]) -> String {
    let section = |lines: &&str| format!("[[apps.default.api_keys]]\n{lines}\n");
    GOOD.to_owned() + &keys.iter().map(section).collect::<String>()
}

#[test]
fn several_keys_are_read_and_none_may_do_anything_by_itself() {
    let other = DIGEST.replace('9', "8");
    let text = file(&[
        &format!("name = \"backend\"\nsha256 = \"{DIGEST}\""),
        &format!("name = \"desk\"\nsha256 = \"{other}\"\nscopes = [\"tokens:explain\"]"),
    ]);
    let settings = load_with(&text, &[]).unwrap();
    let keys = &settings.apps["default"].api_keys;
    assert_eq!((keys.len(), keys[0].scopes.len()), (2, 0));
    assert_eq!(keys[1].scopes, ["tokens:explain"]);
    let again = load_with(&effective(&settings).unwrap(), &[]).unwrap();
    assert_eq!(again.apps["default"].api_keys[1].sha256, other);
}

#[test]
fn the_environment_may_hold_them_as_a_list() {
    let list = format!("[{{ name = \"backend\", sha256 = \"{DIGEST}\", scopes = [] }}]");
    let settings = load_with(GOOD, &[("REGAIN_APPS__DEFAULT__API_KEYS", &list)]).unwrap();
    assert_eq!(settings.apps["default"].api_keys[0].name, "backend");
}

#[test]
fn an_unknown_scope_has_its_nearest_and_the_list() {
    let good = format!("name = \"a\"\nsha256 = \"{DIGEST}\"\nscopes = [\"tokens:revoke\"]");
    let other = DIGEST.replace('9', "8");
    let near = format!("name = \"b\"\nsha256 = \"{other}\"\nscopes = [\"tokens:explian\"]");
    assert_snapshot!(with_keys(&[&good, &near]), @r"
    regain.toml:19:1: `apps.default.api_keys.2.scopes` names what is no scope
        did you mean `tokens:explain`? known here: `tokens:issue:password-reset`, `tokens:issue:email-confirmation`, `tokens:issue:login`, `tokens:explain`, `tokens:revoke`, `sessions:introspect`, `ask:on-behalf`, `mail:define`
    ");
    let far = good.replace("tokens:revoke", "*");
    assert_snapshot!(with_keys(&[&far]), @r"
    regain.toml:15:1: `apps.default.api_keys.1.scopes` names what is no scope
        known here: `tokens:issue:password-reset`, `tokens:issue:email-confirmation`, `tokens:issue:login`, `tokens:explain`, `tokens:revoke`, `sessions:introspect`, `ask:on-behalf`, `mail:define`
    ");
}

#[test]
fn sessions_are_issued_by_no_key() {
    let key = format!("name = \"a\"\nsha256 = \"{DIGEST}\"\nscopes = [\"tokens:issue:session\"]");
    assert!(with_keys(&[&key]).contains("names what is no scope"));
}

#[test]
fn what_is_no_digest_is_refused_and_not_repeated() {
    assert_snapshot!(with_keys(&["name = \"a\"\nsha256 = \"c4nary\""]), @r"
    regain.toml:14:1: `apps.default.api_keys.1.sha256` is not the SHA-256 of a key: 64 hexadecimal digits
        make a key by `regain key new --api` and paste what it prints for this file
    ");
    let key = format!("regain_{}", "A".repeat(43));
    let pasted = with_keys(&[&format!("name = \"a\"\nsha256 = \"{key}\"")]);
    assert!(!pasted.contains("AAAA"), "{pasted}");
    assert_snapshot!(pasted, @r"
    regain.toml:14:1: `apps.default.api_keys.1.sha256` is a key and not its digest: whoever reads this file could use it
        make another one by `regain key new --api` and paste what it prints for this file
    ");
}

#[test]
fn names_and_digests_are_each_keys_own() {
    let one = format!("name = \"a\"\nsha256 = \"{DIGEST}\"");
    let same = format!("name = \"a\"\nsha256 = \"{}\"", DIGEST.to_uppercase());
    assert_snapshot!(with_keys(&[&one, &same]), @r"
    regain.toml:16:1: `apps.default.api_keys.2.name` is another key's name, too
        give each key of an application a name of its own: logs tell them by it
    regain.toml:17:1: `apps.default.api_keys.2.sha256` is another key's digest, too
        make one key for each use by `regain key new --api`, or put the scopes together
    ");
    assert_snapshot!(with_keys(&[&one.replace("\"a\"", "\"a b\"")]), @r"
    regain.toml:13:1: `apps.default.api_keys.1.name` has a name that cannot be used
        use A-Z, a-z, 0-9, `-`, `_` and `.`, 64 at most
    ");
}

#[test]
fn no_key_is_one_of_two_applications() {
    let one = format!("name = \"a\"\nsha256 = \"{DIGEST}\"");
    let blog = |digest: &str| {
        let (_, app) = GOOD.split_once("[apps.default]").unwrap();
        let app = format!("[apps.default]{app}").replace("apps.default", "apps.blog");
        file(&[&one])
            + &app
            + &format!("[[apps.blog.api_keys]]\nname = \"a\"\nsha256 = \"{digest}\"\n")
    };
    assert!(load_with(&blog(&DIGEST.replace('9', "8")), &[]).is_ok());
    assert_snapshot!(mistakes(&blog(&DIGEST.to_uppercase())), @r"
    regain.toml:14:1: `apps.default.api_keys.1.sha256` is the digest of a key of the application `blog`, too
        make one key for each application by `regain key new --api`: whoever has a key of one could else call for the other
    ");
}

#[test]
fn what_a_key_lacks_or_has_too_much_is_told_where_it_is() {
    assert_snapshot!(with_keys(&["name = \"a\""]), @r"
    regain.toml:12:1: `apps.default.api_keys.1.sha256` is missing
        add it beside what is there
    ");
    let much = format!("name = \"a\"\nsha256 = \"{DIGEST}\"\nscope = [\"tokens:revoke\"]");
    assert_snapshot!(with_keys(&[&much]), @r"
    regain.toml:15:1: `apps.default.api_keys.1.scope` is not a setting
        did you mean `scopes`?
    ");
    assert_snapshot!(with_keys(&[&much.replace("scope =", "scopes = 7 #")]), @r"
    regain.toml:15:10: `apps.default.api_keys.1.scopes` must be a list
        compare it with what `regain config` says of the setting
    ");
}
