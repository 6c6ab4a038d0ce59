//! Every mistake, its place and its cure.

mod api_keys;
mod betty_blocks;
mod cloud_cms;
mod cors;
mod environment;
mod login;
mod mistakes;
mod presets;
mod printed;
mod structr;
mod unsafe_settings;

use std::path::Path;

use super::{ConfigErrors, parse};
use crate::config::Settings;

/// The smallest file that is good.
const GOOD: &str = r#"public_url = "https://accounts.example.com"
[keys]
signing = "a"
secrets = { a = { file = "/run/secrets/keys/a" } }
[mail.providers.main]
url = "smtps://mail.example.com:465"
[apps.default]
name = "Example"
mail = { provider = "main", from = "Example <no-reply@example.com>" }
[apps.default.users]
database = { file = "/run/secrets/database/url" }
"#;

fn load_with(text: &str, env: &[(&str, &str)]) -> Result<Settings, ConfigErrors> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    parse(Path::new("regain.toml"), text, env.iter().map(owned))
}

/// What is said about a file.
fn mistakes(text: &str) -> String {
    load_with(text, &[]).expect_err("something is wrong with it").to_string()
}

/// What is said about the good file with a part of it replaced.
fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    mistakes(&GOOD.replacen(from, to, 1))
}

/// What is said about the good file with lines put in front of a section.
fn with(section: &str, lines: &str) -> String {
    if section.is_empty() {
        return mistakes(&format!("{lines}\n{GOOD}"));
    }
    let header = format!("[{section}]\n");
    changed(&header, &format!("{header}{lines}\n"))
}
