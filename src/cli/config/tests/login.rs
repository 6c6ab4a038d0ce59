//! Links that log people in, and where their sessions go.

use insta::assert_snapshot;

use super::{GOOD, load_with};

#[test]
fn a68_login_links_want_a_column_and_a_target_and_go_past_a_second_factor_only_when_told_to() {
    let login = |app: &str, users: &str| {
        let good =
            GOOD.replace("[apps.default.users]\n", &format!("[apps.default.users]\n{users}\n"));
        let app = format!("[apps.default]\nlifetimes.login = \"30m\"\n{app}\n");
        let told = load_with(&good.replace("[apps.default]\n", &app), &[]);
        told.err().map(|errors| errors.to_string()).unwrap_or_default()
    };
    let target = "return_to = [\"https://app.example.com/\"]";
    let (on, seen) = ("login_links = true", "last_login = \"seen_at\"");
    assert_snapshot!(login(&format!("{on}\n{target}"), ""), @r#"
    regain.toml:9:1: `apps.default.login_links` needs a column for the time of the last login, by which a link works once
        add last_login = "last_login" under [apps.default.users], or write false
    "#);
    assert_snapshot!(login(on, seen), @r#"
    regain.toml:9:1: `apps.default.login_links` leads to a page that has nowhere to send people who are logged in
        name the page of your application that takes their session in login_to, or one that takes their link in links.login
    "#);
    let mfa = format!("{seen}\nmfa = [\"otp_secret\"]");
    assert_snapshot!(login(&format!("{on}\n{target}"), &mfa), @r#"
    regain.toml:9:1: `apps.default.login_links` would let people in past the second factor that users.mfa names
        write false; or "despite-mfa", where your application asks for it afterwards
    "#);
    let touched = format!("{mfa}\non_reset.null = [\"otp_secret\"]");
    assert_snapshot!(login("", &touched), @r#"
    regain.toml:15:1: `apps.default.users.on_reset` writes "otp_secret" twice, or it is a column that Regain keeps
        name each column once
    "#);
    assert_snapshot!(login(&format!("login_links = \"maybe\"\n{target}"), seen), @r#"
    regain.toml:9:15: `apps.default.login_links` must be a switch: true, false or "despite-mfa"
        write it like login_links = false
    "#);

    assert_eq!(login(&format!("{on}\n{target}"), seen), "");
    for alone in [
        "login_to = \"https://in.example.com/?x\"",
        "links.login = \"https://in.example.com/#{token}\"",
    ] {
        assert_eq!(login(&format!("{on}\n{alone}"), seen), "");
    }
    let perhaps = format!("{mfa}\noptional = [\"otp_secret\"]");
    assert_eq!(login(&format!("{on}\n{target}"), &perhaps), "", "the table has to tell");
    let despite = "login_links = \"despite-mfa\"";
    assert_eq!(login(&format!("{despite}\n{target}"), &mfa), "");
    assert_eq!(login("login_links = false", &mfa), "");
}

#[test]
fn a12_sessions_are_handed_to_no_address_that_could_not_take_them_or_not_alone() {
    let with_app = |app: &str| {
        let users = "[apps.default.users]\nlast_login = \"seen_at\"\n";
        let good = GOOD.replace("[apps.default.users]\n", users);
        let app = format!("[apps.default]\nlifetimes.login = \"30m\"\n{app}\n");
        let told = load_with(&good.replace("[apps.default]\n", &app), &[]);
        told.err().map(|errors| errors.to_string()).unwrap_or_default()
    };
    assert_snapshot!(with_app("login_to = \"http://app.example.com/in\""), @r#"
    regain.toml:9:1: `apps.default.login_to` is http off loopback: whoever is on the way could take the session
        write it like "https://app.example.com/logged-in"
    "#);
    assert_snapshot!(with_app("login_to = \"https://ada@app.example.com/in\""), @r#"
    regain.toml:9:1: `apps.default.login_to` is not an http(s) URL without a user in it
        write it like "https://app.example.com/logged-in"
    "#);
    assert_snapshot!(with_app("login_to = \"https://app.example.com/#/in\""), @r#"
    regain.toml:9:1: `apps.default.login_to` has a #, behind which the session is to go
        write it like "https://app.example.com/logged-in"
    "#);
    let first = "login_links = true\nreturn_to = [\"http://app.example.com/\", \"https://app.example.com/\"]";
    assert_snapshot!(with_app(first), @r"
    regain.toml:9:1: `apps.default.login_links` would hand sessions to the first of return_to, which is http off loopback: whoever is on the way could take the session
        name the page of your application that takes their session in login_to, or one that takes their link in links.login
    ");
    for good in
        ["https://app.example.com/in?by=link", "http://127.0.0.1:3000/in", "http://localhost/"]
    {
        assert_eq!(with_app(&format!("{first}\nlogin_to = \"{good}\"")), "", "{good}");
    }
}

#[test]
fn a_link_to_log_in_lives_longer_than_the_next_mail_takes() {
    let on = "login_links = true\nreturn_to = [\"https://app.example.com/\"]";
    let users = "[apps.default.users]\nlast_login = \"seen_at\"\n";
    let good = GOOD.replace("[apps.default.users]\n", users);
    let text = good.replace("[apps.default]\n", &format!("[apps.default]\n{on}\n"));
    let errors = load_with(&text, &[]).err().map(|errors| errors.to_string());
    assert_snapshot!(errors.unwrap_or_default(), @r#"
    regain.toml: `limits.mails_per_account` gives one mail back in 20m, but the shortest link lives 15m: a mailbox could be left without a live link
        allow more mails, say "5/h", or let links live longer
    "#);
    let oftener = format!("limits.mails_per_account = \"6/h\"\n{text}");
    assert!(load_with(&oftener, &[]).is_ok());
}
