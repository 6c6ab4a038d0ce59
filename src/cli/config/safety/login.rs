//! Links to log in are not switched on where they would be unsafe, or lead nowhere; and sessions are
//! handed to nobody who could not take them, or not alone.

use super::super::address::{is_loopback, web_url};
use super::super::error::ConfigError;
use crate::config::{ApplicationSettings, Compat, LoginLinks};

/// What is wrong with switching them on, and with who gets the sessions, each with its cure.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let mut errors: Vec<_> =
        app.login_to.iter().filter_map(|target| login_to(name, target)).collect();
    if app.login_links == LoginLinks::Off {
        return errors;
    }
    let users = format!("[apps.{name}.users]");
    let mut refuse = |problem: &str, cure: String| {
        errors.push(ConfigError::at(format!("apps.{name}.login_links"), problem, cure));
    };
    if app.users.last_login.is_none() {
        let problem = "needs a column for the time of the last login, by which a link works once";
        refuse(problem, format!("add last_login = \"last_login\" under {users}, or write false"));
    }
    // Whether the table has those that need not be there is told by the table.
    let sure = app.users.mfa.iter().any(|name| !app.users.optional.contains(name));
    if sure && app.login_links == LoginLinks::On {
        let problem = "would let people in past the second factor that users.mfa names";
        let cure = "write false; or \"despite-mfa\", where your application asks for it afterwards";
        refuse(problem, cure.to_owned());
    }
    // Where Structr's calls are answered, the session becomes a cookie of our own.
    let handed_over = !app.compat.contains(&Compat::Structr);
    if handed_over && app.links.login.is_none() && app.login_to.is_none() {
        let cure = "name the page of your application that takes their session in login_to, or one \
                    that takes their link in links.login";
        match app.return_to.first().map(|first| unfit(first)) {
            None => {
                let problem = "leads to a page that has nowhere to send people who are logged in";
                refuse(problem, cure.to_owned());
            }
            Some(Some(why)) => {
                let problem = format!("would hand sessions to the first of return_to, which {why}");
                refuse(&problem, cure.to_owned());
            }
            Some(None) => {}
        }
    }
    errors
}

fn login_to(name: &str, target: &str) -> Option<ConfigError> {
    let cure = "write it like \"https://app.example.com/logged-in\"";
    unfit(target).map(|why| ConfigError::at(format!("apps.{name}.login_to"), why, cure))
}

/// Why an address cannot take sessions.
fn unfit(target: &str) -> Option<&'static str> {
    match web_url(target) {
        None => Some("is not an http(s) URL without a user in it"),
        Some(url) if url.scheme() == "http" && !is_loopback(&url) => {
            Some("is http off loopback: whoever is on the way could take the session")
        }
        Some(url) if url.fragment().is_some() => Some("has a #, behind which the session is to go"),
        Some(_) => None,
    }
}
