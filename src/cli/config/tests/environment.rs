//! What the environment lays over the file.

use insta::assert_snapshot;

use super::{GOOD, load_with};
use crate::config::{LogFormat, SecretSource, Settings};

fn good(env: &[(&str, &str)]) -> Settings {
    load_with(GOOD, env).unwrap()
}

fn refused(env: &[(&str, &str)]) -> String {
    load_with(GOOD, env).unwrap_err().to_string()
}

fn inline(source: &SecretSource) -> &str {
    match source {
        SecretSource::Inline(text) => text,
        SecretSource::File(_) => panic!("a file"),
    }
}

#[test]
fn variables_overrule_the_file_and_its_defaults() {
    let settings = good(&[
        ("REGAIN_LISTEN", "127.0.0.1:9000"),
        ("REGAIN_PUBLIC_URL", "https://other.example.com"),
        ("REGAIN_DOCS", "true"),
        ("REGAIN_LOG", "pretty"),
        ("REGAIN_QUEUE__CAPACITY", "5"),
        ("REGAIN_TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
        ("REGAIN_APPS__DEFAULT__USERS__TABLE", "auth_user"),
        ("REGAIN_APPS__DEFAULT__MAIL__PER_HOUR", "7"),
        ("REGAIN_APPS__DEFAULT__USERS__ACTIVE", "[\"is_active\"]"),
    ]);
    assert_eq!(settings.listen, "127.0.0.1:9000");
    assert_eq!(settings.public_url, "https://other.example.com");
    assert!(settings.docs && settings.log == LogFormat::Pretty);
    assert_eq!(settings.queue.capacity, 5);
    assert_eq!(settings.trusted_proxies, ["10.0.0.0/8"]);
    let app = &settings.apps["default"];
    assert_eq!((app.users.table.as_str(), app.mail.per_hour), ("auth_user", 7));
    assert_eq!(app.users.active.len(), 1);
}

#[test]
fn a_secret_is_taken_as_it_is_or_from_a_file() {
    let database = "REGAIN_APPS__DEFAULT__USERS__DATABASE";
    for text in ["postgres://u:p@db/x", "12345", "true", "\"quoted\"", "{", "[1]", "2026-11-24"] {
        let settings = good(&[(database, text)]);
        assert_eq!(inline(&settings.apps["default"].users.database), text);
    }
    let settings = good(&[(database, "{ file = \"/run/other\" }")]);
    assert_eq!(settings.apps["default"].users.database, SecretSource::File("/run/other".into()));
}

#[test]
fn text_that_looks_like_a_number_stays_text() {
    assert_eq!(good(&[("REGAIN_APPS__DEFAULT__NAME", "4711")]).apps["default"].name, "4711");
}

#[test]
fn names_of_ones_own_are_found_by_their_letters() {
    let file = GOOD
        .replace("{ a = ", "{ 2026-11 = ")
        .replace("\"a\"", "\"2026-11\"")
        .replace("apps.default", "apps.my-shop")
        .replacen("", "default_app = \"my-shop\"\n", 1);
    let settings = load_with(
        &file,
        &[("REGAIN_APPS__MY_SHOP__NAME", "Shop"), ("REGAIN_KEYS__SECRETS__2026_11", "over")],
    );
    let settings = settings.unwrap();
    assert_eq!(settings.apps["my-shop"].name, "Shop");
    assert_eq!(
        (settings.keys.secrets.len(), inline(&settings.keys.secrets["2026-11"])),
        (1, "over")
    );
}

#[test]
fn a_new_name_has_hyphens_for_underscores() {
    let settings =
        good(&[("REGAIN_KEYS__SECRETS__2026_12", "new"), ("REGAIN_KEYS__SIGNING", "2026-12")]);
    assert_eq!(inline(&settings.keys.secrets["2026-12"]), "new");
    assert_eq!(settings.keys.signing, "2026-12");
}

#[test]
fn what_is_missing_in_the_file_may_come_from_the_environment() {
    let file = GOOD.replace("public_url = \"https://accounts.example.com\"", "");
    assert!(load_with(&file, &[("REGAIN_PUBLIC_URL", "https://a.example.com")]).is_ok());
}

#[test]
fn a_section_may_be_given_whole() {
    let settings = good(&[("REGAIN_LIMITS", "{ per_client = \"5/m\" }")]);
    assert_eq!(settings.limits.per_client.events, 5);
    assert_snapshot!(refused(&[("REGAIN_LIMITS", "5/m")]), @r#"
    REGAIN_LIMITS: `limits` is a section, not a value
        set what is in it one by one, say REGAIN_LIMITS__ENABLED, or all as { … }
    "#);
    assert_snapshot!(refused(&[("REGAIN_LIMITS", "{ per_clint = \"5/m\" }")]), @r#"
    REGAIN_LIMITS: `limits.per_clint` is not a setting
        did you mean `per_client`?
    "#);
}

#[test]
fn variables_that_are_not_settings_are_passed_over() {
    good(&[("PATH", "/bin"), ("REGAIN_CONFIG", "regain.toml"), ("RUST_LOG", "debug")]);
}

#[test]
fn what_kubernetes_says_about_a_service_named_regain_is_passed_over() {
    good(&[
        ("REGAIN_SERVICE_HOST", "10.0.0.7"),
        ("REGAIN_SERVICE_PORT", "80"),
        ("REGAIN_SERVICE_PORT_HTTP", "80"),
        ("REGAIN_PORT", "tcp://10.0.0.7:80"),
        ("REGAIN_PORT_80_TCP_ADDR", "10.0.0.7"),
    ]);
}

#[test]
fn an_unknown_variable_is_refused_with_its_nearest() {
    assert_snapshot!(refused(&[("REGAIN_LISTN", "127.0.0.1:80")]), @r#"
    REGAIN_LISTN: this variable is not a setting
        did you mean `REGAIN_LISTEN`?
    "#);
    assert_snapshot!(refused(&[("REGAIN_APPS__DEFAULT__USERS__DATABSE", "x")]), @r#"
    REGAIN_APPS__DEFAULT__USERS__DATABSE: this variable is not a setting
        did you mean `REGAIN_APPS__DEFAULT__USERS__DATABASE`?
    "#);
    assert_snapshot!(refused(&[("REGAIN_LISTEN__PORT", "80")]), @r#"
    REGAIN_LISTEN__PORT: this variable is not a setting
        nothing may stand here
    "#);
    assert_snapshot!(refused(&[("REGAIN_PORT", "80")]), @r#"
    REGAIN_PORT: this variable is not a setting
        known here: `REGAIN_LISTEN`, `REGAIN_PUBLIC_URL`, `REGAIN_DEFAULT_APP`, `REGAIN_TRUSTED_PROXIES`, `REGAIN_PROXY_HEADER`, `REGAIN_DOCS`, `REGAIN_LOG`, `REGAIN_LOG_LEVEL_FILE`, `REGAIN_READ_AGAIN`, `REGAIN_CONNECTIONS`, `REGAIN_METRICS`, `REGAIN_TRACES`, `REGAIN_KEYS`, `REGAIN_REDIS`, `REGAIN_QUEUE`, `REGAIN_LIMITS`, `REGAIN_HASHING`, `REGAIN_MAIL`, `REGAIN_APPS`
    "#);
}

#[test]
fn a_mistake_in_a_variable_names_the_variable() {
    assert_snapshot!(refused(&[("REGAIN_DOCS", "yes"), ("REGAIN_QUEUE__DRAIN", "20")]), @r#"
    REGAIN_DOCS: `docs` must be true or false
        write it like docs = false
    REGAIN_QUEUE__DRAIN: `queue.drain` must be a duration such as "30m", "20s" or "24h"
        write it like drain = "20s"
    "#);
    assert_snapshot!(refused(&[("REGAIN_PUBLIC_URL", "http://accounts.example.com")]), @r#"
    REGAIN_PUBLIC_URL: `public_url` is http off loopback: every link could be read on the way
        write https:// (TLS ends at your ingress), or use 127.0.0.1 to try things out
    "#);
    assert_snapshot!(refused(&[("REGAIN_APPS__NEW_SHOP__NAME", "New")]), @r#"
    REGAIN_APPS__NEW_SHOP__NAME: `apps.new-shop.mail.provider` is missing
        add provider = "main"
    REGAIN_APPS__NEW_SHOP__NAME: `apps.new-shop.mail.from` is missing
        add from = "Example <no-reply@example.com>"
    REGAIN_APPS__NEW_SHOP__NAME: `apps.new-shop.users.database` is missing
        add database = { file = "/run/secrets/database/url" }
    "#);
}

#[test]
fn a06_no_mistake_repeats_what_a_variable_holds() {
    for name in [
        "REGAIN_LISTEN",
        "REGAIN_PUBLIC_URL",
        "REGAIN_DOCS",
        "REGAIN_LIMITS",
        "REGAIN_UNKNOWN",
        "REGAIN_QUEUE__DRAIN",
        "REGAIN_MAIL__PROVIDERS__MAIN__URL",
        "REGAIN_KEYS__SIGNING",
        "REGAIN_KEYS__SECRETS",
        "REGAIN_APPS__DEFAULT__USERS__ACTIVE",
        "REGAIN_APPS__DEFAULT__PASSWORD__MIN_LENGTH",
        "REGAIN_APPS__DEFAULT__LINKS__PASSWORD_RESET",
    ] {
        for value in ["c4nary", "smtp://u:c4nary@db.example", "{ c4nary", "[\"c4nary\"]"] {
            // Columns may be called anything.
            let said = load_with(GOOD, &[(name, value)]).err().map(|errors| errors.to_string());
            let said = said.unwrap_or_default();
            assert!(!said.contains("c4nary"), "{said}");
            assert!(!said.is_empty() || name.ends_with("__ACTIVE"), "{name} {value}");
        }
    }
}
