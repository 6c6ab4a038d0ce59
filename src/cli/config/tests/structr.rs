//! Structr's settings, by the names that they have there.

use insta::assert_snapshot;

use super::{GOOD, load_with};

const NEEDED: &str = "compat = [\"structr\"]\nlogin_links = true\nlifetimes.login = \"30m\"\n\
                      return_to = [\"https://accounts.example.com/\"]\n";

/// The good file with lines of the application, of its section for Structr and of its users table.
fn file(app: &str, structr: &str, users: &str) -> String {
    let sections = format!("[apps.default.structr]\n{structr}\n[apps.default.users]\n{users}\n");
    let good = GOOD.replace("[apps.default.users]\n", &sections);
    good.replace("[apps.default]\n", &format!("[apps.default]\n{app}\n"))
}

/// What is said of it; nothing where it is good.
fn told(app: &str, structr: &str, users: &str) -> String {
    let told = load_with(&file(app, structr, users), &[]);
    told.err().map(|errors| errors.to_string()).unwrap_or_default()
}

/// The same of one of its settings.
fn set(line: &str) -> String {
    told(NEEDED, line, "last_login = \"seen_at\"")
}

#[test]
fn all_nine_are_understood_in_the_file_and_in_the_environment() {
    let names = [
        ("SUBJECT", "A"),
        ("SENDER_NAME", "B"),
        ("SENDER_ADDRESS", "c@shop.example"),
        ("TEXT_BODY", "D ${link}"),
        ("HTML_BODY", "<p>${link}"),
        ("BASE_URL", "https://shop.example"),
        ("CONFIRM_KEY_KEY", "f"),
        ("TARGET_PAGE_KEY", "g"),
        ("TARGET_PAGE", "https://accounts.example.com/h"),
    ];
    let lines = names.map(|(name, value)| format!("RESET_PASSWORD_{name} = {value:?}\n")).concat();
    let users = "last_login = \"seen_at\"";
    let in_file = load_with(&file(NEEDED, &lines, users), &[]).unwrap();
    let variables = names.map(|(name, value)| {
        (format!("REGAIN_APPS__DEFAULT__STRUCTR__RESET_PASSWORD_{name}"), value)
    });
    let variables: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let by_environment = load_with(&file(NEEDED, "", users), &variables).unwrap();
    for settings in [in_file, by_environment] {
        let table = toml::Table::try_from(&settings.apps["default"].structr).unwrap();
        assert_eq!(table.len(), names.len());
        for (name, value) in names {
            assert_eq!(table[&format!("RESET_PASSWORD_{name}")].as_str(), Some(value));
        }
    }
}

#[test]
fn what_has_no_default_is_the_applications_own() {
    let settings = load_with(&file(NEEDED, "", "last_login = \"seen_at\""), &[]).unwrap();
    let structr = &settings.apps["default"].structr;
    assert_eq!((&structr.sender_address, &structr.base_url), (&None, &None));
}

#[test]
fn a_name_that_structr_does_not_have_is_told_with_the_nearest() {
    assert_snapshot!(set("RESET_PASSWORD_SUBJEKT = \"A\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_SUBJEKT` is not a setting
        did you mean `RESET_PASSWORD_SUBJECT`?
    ");
    let users = "last_login = \"seen_at\"";
    let variable = ("REGAIN_APPS__DEFAULT__STRUCTR__RESET_PASSWORD_SENDER", "x");
    let refused = load_with(&file(NEEDED, "", users), &[variable]).unwrap_err().to_string();
    assert_snapshot!(refused, @r"
    REGAIN_APPS__DEFAULT__STRUCTR__RESET_PASSWORD_SENDER: this variable is not a setting
        did you mean `REGAIN_APPS__DEFAULT__STRUCTR__RESET_PASSWORD_SENDER_NAME`?
    ");
}

#[test]
fn it_wants_links_that_log_in_and_no_other_word_of_where_they_lead() {
    assert_snapshot!(told("compat = [\"structr\"]", "", ""), @r#"
    regain.toml:8:1: `apps.default.compat` has "structr", whose link logs people in, and login_links is off
        write login_links = true, and last_login = "last_login" under [apps.default.users]
    "#);
    assert_snapshot!(told(&NEEDED.replace("true", "false"), "", "last_login = \"seen_at\""), @r#"
    regain.toml:8:1: `apps.default.compat` has "structr", whose link logs people in, and login_links is off
        write login_links = true
    "#);
    assert_snapshot!(told(NEEDED, "", ""), @r#"
    regain.toml:9:1: `apps.default.login_links` needs a column for the time of the last login, by which a link works once
        add last_login = "last_login" under [apps.default.users], or write false
    "#);
    let two = format!(
        "{NEEDED}links.login = \"https://a.example/#{{token}}\"\nlogin_to = \"https://a.example/\""
    );
    assert_snapshot!(told(&two, "", "last_login = \"seen_at\""), @r#"
    regain.toml:12:7: `apps.default.links.login` is of no use beside compat = ["structr"], whose settings say it
        take it out, and write RESET_PASSWORD_BASE_URL if it is to differ
    regain.toml:13:1: `apps.default.login_to` is of no use beside compat = ["structr"], whose settings say it
        take it out, and write RESET_PASSWORD_TARGET_PAGE if it is to differ
    "#);
}

#[test]
fn of_two_applications_that_answer_one_is_told() {
    let good = file(NEEDED, "", "last_login = \"seen_at\"");
    let shop = good[good.find("[apps.default]").unwrap()..].replace("apps.default", "apps.shop");
    let both = load_with(&format!("{good}{shop}"), &[]).unwrap_err().to_string();
    assert_snapshot!(both, @r#"
    regain.toml:21:1: `apps.shop.compat` has "structr" as default has, and its paths name no application
        take it out of all but one; the others move to the paths of our own API
    "#);
}

#[test]
fn a_mail_that_would_help_nobody_is_refused() {
    assert_snapshot!(set("RESET_PASSWORD_TEXT_BODY = \"Go to link.\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_TEXT_BODY` holds no ${link}: its readers could do nothing
        write ${link} where the link is to be, and else plain text
    ");
    assert_snapshot!(set("RESET_PASSWORD_HTML_BODY = \"<a href='$ {link}'>\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_HTML_BODY` holds no ${link}: its readers could do nothing
        write ${link} where the link is to be, and else plain text
    ");
    assert_snapshot!(set("RESET_PASSWORD_TEXT_BODY = \"${me.name}: ${link}\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_TEXT_BODY` holds ${, and nothing but ${link} is filled in
        write ${link} where the link is to be, and else plain text
    ");
    assert_snapshot!(set("RESET_PASSWORD_SUBJECT = \"Go to ${link}\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_SUBJECT` holds ${, and nothing is filled in there
        write it as it is to be read
    ");
    assert_snapshot!(set("RESET_PASSWORD_SENDER_NAME = \"A\\r\\nBcc: eve@evil.example\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_SENDER_NAME` is not one line
        write it as it is to be read
    ");
    assert_snapshot!(set("RESET_PASSWORD_SENDER_ADDRESS = \"A <a@b.example>\""), @r#"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_SENDER_ADDRESS` is not one plain address
        write it like "no-reply@example.com", or leave it out for that of mail.from
    "#);
}

#[test]
fn a_link_that_would_lead_nowhere_or_be_read_on_the_way_is_refused() {
    assert_snapshot!(set("RESET_PASSWORD_BASE_URL = \"http://app.example.com\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_BASE_URL` is http off loopback: every link could be read on the way
        write https:// (TLS ends at your ingress), or use 127.0.0.1 to try things out
    ");
    assert_snapshot!(set("RESET_PASSWORD_BASE_URL = \"https://app.example.com/structr\""), @r#"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_BASE_URL` holds more than scheme, host and port
        write it like "https://accounts.example.com"
    "#);
    assert_snapshot!(set("RESET_PASSWORD_BASE_URL = \"${application.host}\""), @r#"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_BASE_URL` is not an http(s) URL
        write it like "https://accounts.example.com"
    "#);
    assert_snapshot!(set("RESET_PASSWORD_CONFIRM_KEY_KEY = \"k&target\""), @r"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_CONFIRM_KEY_KEY` is no plain name of a parameter
        use A-Z, a-z, 0-9, `-`, `_` and `.`, 64 at most
    ");
    assert_snapshot!(set("RESET_PASSWORD_TARGET_PAGE_KEY = \"key\""), @r#"
    regain.toml:16:1: `apps.default.structr.RESET_PASSWORD_TARGET_PAGE_KEY` is the same as RESET_PASSWORD_CONFIRM_KEY_KEY
        write another, say "target"
    "#);
    assert_eq!(set("RESET_PASSWORD_BASE_URL = \"http://127.0.0.1:8080/\""), "");
}
