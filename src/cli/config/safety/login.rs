//! Links to log in are not switched on where they would be unsafe, or lead nowhere.

use super::super::error::ConfigError;
use crate::config::{ApplicationSettings, LoginLinks};

/// What is wrong with switching them on, each with its cure.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    if app.login_links == LoginLinks::Off {
        return vec![];
    }
    let users = format!("[apps.{name}.users]");
    let mut errors = vec![];
    let mut refuse = |problem: &str, cure: String| {
        errors.push(ConfigError::at(format!("apps.{name}.login_links"), problem, cure));
    };
    if app.users.last_login.is_none() {
        let problem = "needs a column for the time of the last login, by which a link works once";
        refuse(problem, format!("add last_login = \"last_login\" under {users}, or write false"));
    }
    if app.users.mfa.is_some() && app.login_links == LoginLinks::On {
        let problem = "would let people in past the second factor that users.mfa names";
        let cure = "write false; or \"despite-mfa\", where your application asks for it afterwards";
        refuse(problem, cure.to_owned());
    }
    if app.links.login.is_none() && app.return_to.is_empty() {
        let problem = "leads to a page that has nowhere to send people who are logged in";
        let cure = "name your application in return_to, or a page of its own in links.login";
        refuse(problem, cure.to_owned());
    }
    errors
}
