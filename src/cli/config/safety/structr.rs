//! What answers Structr's calls: one application, with the logins that they need and a mail that helps.

use std::collections::BTreeMap;

use super::super::error::ConfigError;
use super::scheme_host_and_port;
use crate::account::EmailAddress;
use crate::config::{ApplicationSettings, Compat, LoginLinks, StructrSettings};

/// The place of the link in the parts of a mail.
const LINK: &str = "${link}";

/// Everything that is wrong with answering them, each with its cure.
pub(super) fn check(apps: &BTreeMap<String, ApplicationSettings>) -> Vec<ConfigError> {
    let mut answering = apps.iter().filter(|(_, app)| app.compat.contains(&Compat::Structr));
    let Some((first, app)) = answering.next() else { return vec![] };
    let of_first = [needs(first, app), values(first, &app.structr)].concat();
    let more = answering.map(|(name, _)| {
        let problem = format!("has \"structr\" as {first} has, and its paths name no application");
        let cure = "take it out of all but one; the others move to the paths of our own API";
        ConfigError::at(format!("apps.{name}.compat"), problem, cure)
    });
    of_first.into_iter().chain(more).collect()
}

/// What must be switched on beside, and what would be of no use.
fn needs(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let mut errors = vec![];
    let mut refuse = |key: &str, problem: &str, cure: String| {
        errors.push(ConfigError::at(format!("apps.{name}.{key}"), problem, cure));
    };
    if app.login_links == LoginLinks::Off {
        let column = match app.users.last_login {
            None => format!(", and last_login = \"last_login\" under [apps.{name}.users]"),
            Some(_) => String::new(),
        };
        let problem = "has \"structr\", whose link logs people in, and login_links is off";
        refuse("compat", problem, format!("write login_links = true{column}"));
    }
    for (key, there) in
        [("links.login", app.links.login.is_some()), ("login_to", app.login_to.is_some())]
    {
        if there {
            let problem = "is of no use beside compat = [\"structr\"], whose settings say it";
            let own = if key == "login_to" { "TARGET_PAGE" } else { "BASE_URL" };
            let cure = format!("take it out, and write RESET_PASSWORD_{own} if it is to differ");
            refuse(key, problem, cure);
        }
    }
    errors
}

fn values(name: &str, structr: &StructrSettings) -> Vec<ConfigError> {
    let at = |key: &str| format!("apps.{name}.structr.RESET_PASSWORD_{key}");
    let lines = [("SUBJECT", &structr.subject), ("SENDER_NAME", &structr.sender_name)];
    let bodies = [("TEXT_BODY", &structr.text_body), ("HTML_BODY", &structr.html_body)];
    let parameters = [
        ("CONFIRM_KEY_KEY", &structr.key_parameter),
        ("TARGET_PAGE_KEY", &structr.target_parameter),
    ];
    let lines = lines.into_iter().filter_map(|(key, line)| refused_line(at(key), line));
    let bodies = bodies.into_iter().filter_map(|(key, body)| refused_body(at(key), body));
    let parameters = parameters.into_iter().filter_map(|(key, name)| refused_name(at(key), name));
    let mut errors: Vec<_> = lines.chain(bodies).chain(parameters).collect();
    if structr.key_parameter == structr.target_parameter {
        let problem = "is the same as RESET_PASSWORD_CONFIRM_KEY_KEY";
        errors.push(ConfigError::at(
            at("TARGET_PAGE_KEY"),
            problem,
            "write another, say \"target\"",
        ));
    }
    let base_url = structr.base_url.as_deref();
    errors.extend(base_url.and_then(|url| scheme_host_and_port(&at("BASE_URL"), url)));
    if structr.sender_address.as_deref().is_some_and(|it| EmailAddress::parse(it).is_err()) {
        let problem = "is not one plain address";
        let cure = "write it like \"no-reply@example.com\", or leave it out for that of mail.from";
        errors.push(ConfigError::at(at("SENDER_ADDRESS"), problem, cure));
    }
    errors
}

/// A line of a mail's head. Others than its reader see it on the way.
fn refused_line(key: String, line: &str) -> Option<ConfigError> {
    let problem = match line {
        line if line.chars().any(char::is_control) => "is not one line",
        line if line.contains("${") => "holds ${, and nothing is filled in there",
        _ => return None,
    };
    Some(ConfigError::at(key, problem, "write it as it is to be read"))
}

fn refused_body(key: String, body: &str) -> Option<ConfigError> {
    let problem = match body {
        body if !body.contains(LINK) => "holds no ${link}: its readers could do nothing",
        body if body.replace(LINK, "").contains("${") => {
            "holds ${, and nothing but ${link} is filled in"
        }
        _ => return None,
    };
    Some(ConfigError::at(
        key,
        problem,
        "write ${link} where the link is to be, and else plain text",
    ))
}

/// What needs no encoding wherever it stands in a URL.
fn refused_name(key: String, name: &str) -> Option<ConfigError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let good = (1..=64).contains(&name.len()) && name.chars().all(plain);
    let cure = "use A-Z, a-z, 0-9, `-`, `_` and `.`, 64 at most";
    (!good).then(|| ConfigError::at(key, "is no plain name of a parameter", cure))
}
