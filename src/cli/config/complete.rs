//! Names in the configuration that must lead to something.

use super::api_keys;
use super::error::ConfigError;
use super::names::{did_you_mean, own_name};
use crate::config::{KeySettings, LimitStore, QueueStore, Settings, UsersSettings};
use crate::language::Language;
use crate::password::Scheme;

/// The keyring's size: every key costs one more try of each foreign token.
const MOST_KEYS: usize = 8;

/// What is not named well, and names that lead nowhere.
pub(super) fn check(settings: &Settings) -> Vec<ConfigError> {
    let mut errors = keys(&settings.keys);
    for (name, provider) in &settings.mail.providers {
        errors.extend(own_name(&format!("mail.providers.{name}"), name));
        let half = match (&provider.client_certificate, &provider.client_key) {
            (Some(_), None) => Some(("client_certificate", "client_key")),
            (None, Some(_)) => Some(("client_key", "client_certificate")),
            _ => None,
        };
        errors.extend(half.map(|(there, missing)| {
            let problem = format!("is of no use without `{missing}`");
            let cure = "name the PEM files of both, or of neither";
            ConfigError::at(format!("mail.providers.{name}.{there}"), problem, cure)
        }));
    }
    errors.extend(applications(settings));
    errors.extend(redis(settings));
    errors
}

/// What is kept in Redis needs to know where that is.
fn redis(settings: &Settings) -> Option<ConfigError> {
    let queue = (settings.queue.store == QueueStore::Redis).then_some("queue.store");
    let limits = (settings.limits.store == LimitStore::Redis).then_some("limits.store");
    let needed = queue.or(limits)?;
    settings.redis.url.is_none().then(|| {
        let problem = format!("is missing, and `{needed}` is \"redis\"");
        let cure = "add url = { file = \"/run/secrets/redis/url\" } to a section [redis]";
        ConfigError::at("redis.url", problem, cure)
    })
}

fn keys(keys: &KeySettings) -> Vec<ConfigError> {
    let mut errors = vec![];
    if keys.secrets.is_empty() && keys.dir.is_none() {
        let cure = "make one by `regain key new` and write secrets.2026-11 = { file = \"/path\" }";
        errors.push(ConfigError::at("keys.secrets", "is missing, and so is `keys.dir`", cure));
    } else if keys.dir.is_none() && !keys.secrets.contains_key(&keys.signing) {
        let cure = did_you_mean(&keys.signing, names(keys.secrets.keys()), quoted);
        errors.push(ConfigError::at("keys.signing", "names none of `keys.secrets`", cure));
    }
    if keys.secrets.len() > MOST_KEYS {
        let cure = "take out those older than the longest link's life";
        errors.push(ConfigError::at("keys.secrets", "holds more than eight keys", cure));
    }
    errors.extend(
        keys.secrets.keys().filter_map(|name| own_name(&format!("keys.secrets.{name}"), name)),
    );
    errors
}

fn applications(settings: &Settings) -> Vec<ConfigError> {
    let mut errors = vec![];
    for (name, app) in &settings.apps {
        if !is_application_name(name) {
            let cure = "use a-z, 0-9 and `-`, not first, 32 at most";
            let problem = "has a name that cannot stand in its URLs";
            errors.push(ConfigError::at(format!("apps.{name}"), problem, cure));
        }
        if !settings.mail.providers.contains_key(&app.mail.provider) {
            let known = names(settings.mail.providers.keys());
            let cure = if known.is_empty() {
                "add a section [mail.providers.main]".to_owned()
            } else {
                did_you_mean(&app.mail.provider, known, quoted)
            };
            let problem = "names no provider under `mail.providers`";
            errors.push(ConfigError::at(format!("apps.{name}.mail.provider"), problem, cure));
        }
    }
    for (name, app) in &settings.apps {
        errors.extend(schemes(name, &app.users));
        errors.extend(api_keys::check(name, &app.api_keys));
        if Language::from_tag(&app.language).is_none() {
            let tags: Vec<_> = Language::all().map(Language::tag).collect();
            let cure = did_you_mean(&app.language, tags, quoted);
            let problem = "is no language that there are texts in";
            errors.push(ConfigError::at(format!("apps.{name}.language"), problem, cure));
        }
    }
    errors.extend(api_keys::check_together(&settings.apps));
    if settings.apps.is_empty() {
        let cure = "add a section [apps.default] for your application";
        errors.push(ConfigError::at("apps", "is missing: there is no application", cure));
    } else if !settings.apps.contains_key(&settings.default_app) {
        let spell = |name: &str| format!("default_app = \"{name}\"");
        let cure = did_you_mean(&settings.default_app, names(settings.apps.keys()), spell);
        errors.push(ConfigError::at("default_app", "names no application under `apps`", cure));
    }
    errors
}

fn schemes(app: &str, users: &UsersSettings) -> Vec<ConfigError> {
    let check = |key: &str, name: &str, keep: bool| {
        let known: Vec<&str> = Scheme::names().chain(keep.then_some("keep")).collect();
        (!known.contains(&name)).then(|| {
            let cure = did_you_mean(name, known, quoted);
            ConfigError::at(format!("apps.{app}.users.{key}"), "names no password scheme", cure)
        })
    };
    let new = check("scheme_new", &users.scheme_new, false);
    check("scheme", &users.scheme, true).into_iter().chain(new).collect()
}

fn is_application_name(name: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=32).contains(&name.len()) && !name.starts_with('-') && name.chars().all(good)
}

/// A value as it stands in the file.
fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

fn names<'a>(keys: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    keys.map(String::as_str).collect()
}
