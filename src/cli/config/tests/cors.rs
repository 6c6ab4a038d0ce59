//! The origins whose scripts may call an application.

use insta::assert_snapshot;

use super::{GOOD, load_with};

/// What is said of a list; nothing where it is good.
fn told(list: &str) -> String {
    let app = format!("[apps.default]\ncors = {list}\n");
    let told = load_with(&GOOD.replace("[apps.default]\n", &app), &[]);
    told.err().map(|errors| errors.to_string()).unwrap_or_default()
}

#[test]
fn origins_as_browsers_send_them_are_taken_and_nothing_is_listed_where_nothing_is_said() {
    for good in [
        "[]",
        "[\"https://app.example.com\"]",
        "[\"https://app.example.com:8443\", \"https://app.example.com\", \"https://www.example.com\"]",
        "[\"http://localhost:3000\", \"http://127.0.0.1:3000\", \"http://[::1]:3000\"]",
        "[\"https://xn--mller-kva.example\"]",
    ] {
        assert_eq!(told(good), "", "{good}");
    }
    assert!(load_with(GOOD, &[]).unwrap().apps["default"].cors.is_empty());
    let variable = [("REGAIN_APPS__DEFAULT__CORS", "[\"https://app.example.com\"]")];
    let loaded = load_with(GOOD, &variable).unwrap();
    assert_eq!(loaded.apps["default"].cors, ["https://app.example.com"]);
}

#[test]
fn a82_what_is_no_exact_origin_is_refused_with_its_cure() {
    assert_snapshot!(told("[\"https://app.example.com\", \"*\", \"https://*.example.com\"]"), @r"
    regain.toml:8:1: `apps.default.cors` holds as origin 2 a wildcard, which lets in whoever gets a page there
        name each origin
    ");
    assert_snapshot!(told("[\"null\"]"), @r"
    regain.toml:8:1: `apps.default.cors` holds as origin 1 null, which any page can call itself, in a sandbox or as a file
        name the origin that your page is served from
    ");
    assert_snapshot!(told("[\"http://app.example.com\"]"), @r"
    regain.toml:8:1: `apps.default.cors` holds as origin 1 http off loopback: whoever is on the way could speak for it
        serve that page by https, and write https://
    ");
    assert_snapshot!(told("[\"https://app.example.com\", \"https://app.example.com\"]"), @r"
    regain.toml:8:1: `apps.default.cors` holds as origin 2 one that stands there already
        take it out
    ");
    for (mistake, problem) in [
        ("https://app.example.com/", "more than scheme, host and port"),
        ("https://app.example.com/app", "more than scheme, host and port"),
        ("https://app.example.com?", "more than scheme, host and port"),
        ("https://app.example.com#x", "more than scheme, host and port"),
        ("app.example.com", "no http(s) origin"),
        ("https://me:secret@app.example.com", "no http(s) origin"),
        ("capacitor://localhost", "no http(s) origin"),
        ("", "no http(s) origin"),
        ("https://app.example.com:443", "not spelled as browsers send it"),
        ("http://localhost:80", "not spelled as browsers send it"),
        ("https://APP.example.com", "not spelled as browsers send it"),
        ("https://müller.example", "not spelled as browsers send it"),
        (" https://app.example.com", "not spelled as browsers send it"),
        ("http://localhost.evil.example", "http off loopback"),
    ] {
        let told = told(&format!("[\"{mistake}\"]"));
        assert!(told.contains(problem), "{mistake}: {told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
