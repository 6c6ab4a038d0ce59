//! Mistakes in the file: syntax, names, types, what is missing and what leads nowhere.

use std::path::Path;

use insta::assert_snapshot;

use super::{GOOD, changed, load_with, mistakes, with};
use crate::cli::config::load;

#[test]
fn the_smallest_good_file_is_good() {
    let settings = load_with(GOOD, &[]).unwrap();
    assert_eq!(settings.listen, "0.0.0.0:8080");
    assert_eq!(settings.apps["default"].users.table, "users");
}

#[test]
fn the_file_of_the_kubernetes_manifests_is_good() {
    load_with(include_str!("../../../../k8s/base/regain.toml"), &[]).unwrap();
}

#[test]
fn a_file_that_is_not_there_says_how_to_make_one() {
    let path = Path::new("/nowhere/regain.toml");
    assert_snapshot!(load(path, std::iter::empty()).unwrap_err(), @r#"
    /nowhere/regain.toml: the configuration cannot be read: No such file or directory (os error 2)
        make one: regain config > regain.toml
    "#);
}

#[test]
fn an_empty_file_says_all_that_is_missing_at_once() {
    assert_snapshot!(mistakes(""), @r#"
    regain.toml: `public_url` is missing
        add public_url = "https://accounts.example.com"
    regain.toml: `keys.signing` is missing
        add signing = "2026-11"
    regain.toml: `keys.secrets` is missing, and so is `keys.dir`
        make one by `regain key new` and write secrets.2026-11 = { file = "/path" }
    regain.toml: `apps` is missing: there is no application
        add a section [apps.default] for your application
    "#);
}

#[test]
fn what_a_section_misses_is_told_at_the_section() {
    assert_snapshot!(mistakes("[apps.shop]\n[mail.providers.main]\n"), @r#"
    regain.toml: `public_url` is missing
        add public_url = "https://accounts.example.com"
    regain.toml: `keys.signing` is missing
        add signing = "2026-11"
    regain.toml:2:17: `mail.providers.main.url` is missing
        add url = "smtp+starttls://mailer@mail.example.com:587"
    regain.toml:1:7: `apps.shop.name` is missing
        add name = "Example"
    regain.toml:1:7: `apps.shop.mail.provider` is missing
        add provider = "main"
    regain.toml:1:7: `apps.shop.mail.from` is missing
        add from = "Example <no-reply@example.com>"
    regain.toml:1:7: `apps.shop.users.database` is missing
        add database = { file = "/run/secrets/database/url" }
    regain.toml: `keys.secrets` is missing, and so is `keys.dir`
        make one by `regain key new` and write secrets.2026-11 = { file = "/path" }
    regain.toml: `default_app` names no application under `apps`
        known here: `default_app = "shop"`
    "#);
}

#[test]
fn broken_syntax_has_a_place() {
    assert_snapshot!(changed("\"Example\"", "\"Example"), @r#"
    regain.toml:8:16: this is not TOML: invalid basic string
        strings stand in quotes, lists in [ ], and each key once
    "#);
    assert_snapshot!(with("", "listen = 0.0.0.0:80"), @r#"
    regain.toml:1:13: this is not TOML: invalid float
        strings stand in quotes, lists in [ ], and each key once
    "#);
    assert_snapshot!(changed("[keys]", "[keys"), @r#"
    regain.toml:2:6: this is not TOML: unclosed table
        strings stand in quotes, lists in [ ], and each key once
    "#);
}

#[test]
fn a_key_given_twice_is_refused() {
    assert_snapshot!(with("keys", "signing = \"b\""), @r#"
    regain.toml:4:1: `signing` stands twice
        write it once; what belongs to a section stands under its one header
    "#);
    assert_snapshot!(mistakes(&format!("queue.store = \"redis\"\n{GOOD}[queue]\ncapacity = 1\n")), @r#"
    regain.toml:13:2: `queue` stands twice
        write it once; what belongs to a section stands under its one header
    "#);
    assert_snapshot!(mistakes(&format!("{GOOD}[keys]\n")), @r#"
    regain.toml:12:2: `keys` stands twice
        write it once; what belongs to a section stands under its one header
    "#);
}

#[test]
fn a_setting_of_the_top_below_a_header_is_told_where_it_belongs() {
    assert_snapshot!(mistakes(&format!("{GOOD}redis = {{ url = \"redis://127.0.0.1\" }}\nqueue.store = \"redis\"\ndocs = true\n")), @r#"
    regain.toml:14:1: `apps.default.users.docs` is not a setting
        `docs` belongs above the first [section]
    regain.toml:13:1: `apps.default.users.queue` is not a setting
        `queue` belongs above the first [section], or into a section [queue] of its own
    regain.toml:12:1: `apps.default.users.redis` is not a setting
        `redis` belongs above the first [section], or into a section [redis] of its own
    "#);
}

#[test]
fn an_unknown_name_has_its_nearest() {
    assert_snapshot!(changed("public_url", "pubic_url"), @r#"
    regain.toml:1:1: `pubic_url` is not a setting
        did you mean `public_url`?
    regain.toml: `public_url` is missing
        add public_url = "https://accounts.example.com"
    "#);
    assert_snapshot!(with("apps.default.users", "emial = \"email\""), @r#"
    regain.toml:11:1: `apps.default.users.emial` is not a setting
        did you mean `email`?
    "#);
    assert_snapshot!(changed("[mail.providers.main]", "[mail.provider.main]"), @r#"
    regain.toml:5:7: `mail.provider` is not a setting
        did you mean `providers`?
    regain.toml:9:10: `apps.default.mail.provider` names no provider under `mail.providers`
        add a section [mail.providers.main]
    "#);
}

#[test]
fn an_unknown_name_near_nothing_lists_what_is_known() {
    assert_snapshot!(with("keys", "zzz = 1"), @r#"
    regain.toml:3:1: `keys.zzz` is not a setting
        known here: `signing`, `secrets`, `dir`
    "#);
}

#[test]
fn several_mistakes_are_told_at_once() {
    assert_snapshot!(mistakes("lisen = \"x\"\ndocs = 3\n[keys]\nsigning = 7\n[queue]\ncapacity = -1\n"), @r#"
    regain.toml:1:1: `lisen` is not a setting
        did you mean `listen`?
    regain.toml: `public_url` is missing
        add public_url = "https://accounts.example.com"
    regain.toml:2:8: `docs` must be true or false
        write it like docs = false
    regain.toml:4:11: `keys.signing` must be a string
        write it like signing = "2026-11"
    regain.toml:6:12: `queue.capacity` must be a whole number from 0 up
        write it like capacity = 10000
    regain.toml:3:2: `keys.secrets` is missing, and so is `keys.dir`
        make one by `regain key new` and write secrets.2026-11 = { file = "/path" }
    regain.toml: `apps` is missing: there is no application
        add a section [apps.default] for your application
    "#);
}

#[test]
fn values_of_the_wrong_type_say_what_is_right() {
    assert_snapshot!(with("", "docs = \"yes\""), @r#"
    regain.toml:1:8: `docs` must be true or false
        write it like docs = false
    "#);
    assert_snapshot!(with("", "log = \"xml\""), @r#"
    regain.toml:1:7: `log` must be `json` or `pretty`
        write it like log = "json"
    "#);
    assert_snapshot!(with("", "trusted_proxies = \"10.0.0.0/8\""), @r#"
    regain.toml:1:19: `trusted_proxies` must be a list
        write it like trusted_proxies = ["…"]
    "#);
    assert_snapshot!(with("", "queue.drain = \"20 seconds\""), @r#"
    regain.toml:1:15: `queue.drain` must be a duration such as "30m", "20s" or "24h"
        write it like drain = "20s"
    "#);
    assert_snapshot!(with("", "limits.per_client = \"often\""), @r#"
    regain.toml:1:21: `limits.per_client` must be a rate such as "30/h", "5/m" or "30/10m"
        write it like per_client = "30/h"
    "#);
    assert_snapshot!(with("", "limits.per_client = \"2000000000/s\""), @r#"
    regain.toml:1:21: `limits.per_client` must be a rate of 1000000/s at most, such as "30/h"
        write it like per_client = "30/h"
    "#);
    assert_snapshot!(with("", "queue.capacity = -1"), @r#"
    regain.toml:1:18: `queue.capacity` must be a whole number from 0 up
        write it like capacity = 10000
    "#);
    assert_snapshot!(with("apps.default.users", "email_match = \"fuzzy\""), @r#"
    regain.toml:11:15: `apps.default.users.email_match` must be one of `ascii-lower`, `exact`, `lower`
        write it like email_match = "ascii-lower"
    "#);
    assert_snapshot!(with("apps.default.users", "active = [{ column = \"a\", was = \"null\" }]"), @r#"
    regain.toml:11:10: `apps.default.users.active` must be a column name, { column, is = "null" } (or not-null, true, false) or { column, in = [..] }
        write it like active = ["…"]
    "#);
}

#[test]
fn a_secret_is_a_string_or_a_file() {
    assert_snapshot!(changed("{ file = \"/run/secrets/database/url\" }", "5432"), @r#"
    regain.toml:11:12: `apps.default.users.database` must be a string or { file = "/path" }
        write it like database = { file = "/run/secrets/database/url" }
    "#);
    assert_snapshot!(changed("{ a = { file =", "{ a = { path ="), @r#"
    regain.toml:4:17: `keys.secrets.a` must be a string or { file = "/path" }
        write it like a = { file = "/run/secrets/keys/2026-11" }
    "#);
}

#[test]
fn a_section_is_not_a_value() {
    assert_snapshot!(with("", "limits = \"30/h\""), @r#"
    regain.toml:1:1: `limits` is a section, not a value
        write [limits] and its settings below
    "#);
    assert_snapshot!(changed("[apps.default]\n", "[[apps.default]]\n"), @r#"
    regain.toml:7:8: `apps.default` is a section, not a value
        write [apps.default] and its settings below
    "#);
}

#[test]
fn names_must_lead_to_something() {
    assert_snapshot!(changed("provider = \"main\"", "provider = \"mian\""), @r#"
    regain.toml:9:10: `apps.default.mail.provider` names no provider under `mail.providers`
        did you mean `"main"`?
    "#);
    assert_snapshot!(with("", "default_app = \"defualt\""), @r#"
    regain.toml:1:1: `default_app` names no application under `apps`
        did you mean `default_app = "default"`?
    "#);
    assert_snapshot!(changed("signing = \"a\"", "signing = \"2026-11\""), @r#"
    regain.toml:3:1: `keys.signing` names none of `keys.secrets`
        known here: `"a"`
    "#);
    assert_snapshot!(changed("secrets = { a = { file = \"/run/secrets/keys/a\" } }", ""), @r#"
    regain.toml:2:2: `keys.secrets` is missing, and so is `keys.dir`
        make one by `regain key new` and write secrets.2026-11 = { file = "/path" }
    "#);
}

#[test]
fn names_of_ones_own_must_be_able_to_stand_where_they_are_used() {
    let shop =
        GOOD.replace("apps.default", "apps.Shop").replacen("", "default_app = \"Shop\"\n", 1);
    assert_snapshot!(mistakes(&shop), @r#"
    regain.toml:8:7: `apps.Shop` has a name that cannot stand in its URLs
        use a-z, 0-9 and `-`, not first, 32 at most
    "#);
    assert_snapshot!(changed("{ a = ", "{ \"../a\" = { file = \"/x\" }, a = "), @r#"
    regain.toml:4:1: `keys.secrets.../a` has a name that cannot be used
        use A-Z, a-z, 0-9, `-`, `_` and `.`, 64 at most
    "#);
}

#[test]
fn a_ring_has_eight_keys_at_most() {
    let nine: Vec<_> = (0..9).map(|number| format!("k{number} = {{ file = \"/k\" }}")).collect();
    let keys = nine.join(", ") + ", a = { file";
    assert_snapshot!(changed("a = { file", &keys), @r#"
    regain.toml:4:1: `keys.secrets` holds more than eight keys
        take out those older than the longest link's life
    "#);
}

/// A6: whatever is wrong, and wherever a secret was put by mistake, no message repeats it.
#[test]
fn a06_no_mistake_repeats_a_value() {
    let canary = "c4nary";
    let secret = GOOD
        .replace("{ file = \"/run/secrets/database/url\" }", "\"postgres://u:c4nary@db/x\"")
        .replace("{ file = \"/run/secrets/keys/a\" }", "\"c4nary-c4nary-c4nary-c4nary-c4nary\"");
    assert!(load_with(&secret, &[]).is_ok());
    let mut tried = 0;
    // Every character once left out, and once replaced by one that breaks much.
    for (at, old) in secret.char_indices() {
        for new in ["", "\"", "=", "[", "7", "\n"] {
            let (before, after) = (&secret[..at], &secret[at + old.len_utf8()..]);
            if let Err(errors) = load_with(&format!("{before}{new}{after}"), &[]) {
                let said = format!("{errors} {errors:?}");
                // A broken secret may become a name, and names are told.
                assert!(!said.contains(canary), "{said}");
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
    for line in [
        "docs = \"c4nary\"",
        "log = \"c4nary\"",
        "listen = \"c4nary\"",
        "queue.drain = \"c4nary\"",
        "queue.capacity = \"c4nary\"",
        "limits = \"c4nary\"",
        "trusted_proxies = [\"c4nary\"]",
        "keys = \"c4nary\"",
        "hashing.argon2 = [\"c4nary\"]",
        "listen = c4nary",
        "unknown = \"c4nary\"",
    ] {
        assert!(!with("", line).contains(canary), "{line}");
    }
    for (from, to) in [
        ("https://accounts.example.com", "https://u:c4nary@accounts.example.com"),
        ("smtps://", "smtps://mailer:c4nary@"),
        ("{ file = \"/run/secrets/keys/a\" }", "[\"c4nary\"]"),
        ("{ file = \"/run/secrets/keys/a\" }", "{ file = \"/x\", file = \"c4nary\" }"),
        ("provider = \"main\"", "provider = \"c4nary\""),
    ] {
        assert!(!changed(from, to).contains(canary), "{to}");
    }
}

#[test]
fn a_certificate_wants_its_key_and_a_language_its_texts() {
    let certificate = "client_certificate = \"/etc/client.pem\"";
    assert_snapshot!(with("mail.providers.main", certificate), @r"
    regain.toml:6:1: `mail.providers.main.client_certificate` is of no use without `client_key`
        name the PEM files of both, or of neither
    ");
    let swedish = with("apps.default", "language = \"sv\"");
    assert!(swedish.contains("`apps.default.language` is no language that there are texts in"));
    assert!(swedish.contains("zh-Hans"), "{swedish}");
    assert_snapshot!(with("apps.default", "language = \"ger\""), @r#"
    regain.toml:8:1: `apps.default.language` is no language that there are texts in
        known here: `"en"`, `"de"`, `"fr"`, `"es"`, `"pt-BR"`, `"it"`, `"nl"`, `"pl"`, `"tr"`, `"ja"`, `"zh-Hans"`, `"ar"`
    "#);
    assert!(with("apps.default", "language = \"zh-Hant\"").contains("did you mean `\"zh-Hans\"`?"));
}

#[test]
fn what_is_kept_in_redis_needs_to_know_where_that_is() {
    assert_snapshot!(with("", "limits.store = \"redis\""), @r#"
    regain.toml: `redis.url` is missing, and `limits.store` is "redis"
        add url = { file = "/run/secrets/redis/url" } to a section [redis]
    "#);
    let queue = with("", "queue.store = \"redis\"");
    assert!(queue.contains("`queue.store` is \"redis\""), "{queue}");
    let file =
        format!("{GOOD}\n[limits]\nstore = \"redis\"\n[redis]\nurl = \"redis://127.0.0.1\"\n");
    assert!(load_with(&file, &[]).is_ok());
}

#[test]
fn pages_must_be_readable_and_lead_where_one_is_safe() {
    let pages = |lines: &str| with("apps.default", &format!("pages = {{ {lines} }}"));
    assert_snapshot!(pages("accent = \"#ffd400\", accent_dark = \"#203040\""), @r##"
    regain.toml:8:11: `apps.default.pages.accent` has a contrast of 1.3 to 1 with the page, and 4.5 is the least that can be read (WCAG 2.2, 1.4.3)
        take another, say "#7f6a00"
    regain.toml:8:31: `apps.default.pages.accent_dark` has a contrast of 1.2 to 1 with the page, and 4.5 is the least that can be read (WCAG 2.2, 1.4.3)
        take another, say "#848d95"
    "##);
    assert_snapshot!(pages("accent = \"yellow\""), @r##"
    regain.toml:8:20: `apps.default.pages.accent` must be a colour such as "#0b57d0"
        write it like accent = "#0b57d0"
    "##);
    assert_snapshot!(pages("support = \"javascript:alert(1)\", log_in = \"http://app.example.com\""), @r##"
    regain.toml:8:11: `apps.default.pages.support` is neither an https URL nor a mail address
        write "https://example.com/help" or "mailto:help@example.com"
    regain.toml:8:44: `apps.default.pages.log_in` is no https URL, and a new password would be typed there
        write it like "https://app.example.com/login"
    "##);
    assert_snapshot!(pages("acent = \"#0b57d0\""), @r##"
    regain.toml:8:11: `apps.default.pages.acent` is not a setting
        did you mean `accent`?
    "##);
    for support in ["mailto:help@example.com", "https://example.com/help"] {
        let good = format!("[apps.default.pages]\nsupport = \"{support}\"\n[apps.default.users]");
        assert!(load_with(&GOOD.replace("[apps.default.users]", &good), &[]).is_ok(), "{support}");
    }
    assert!(pages("support = \"mailto:nobody\"").contains("neither an https URL nor a mail"));
}
