//! The keys that an application's backend calls with: names, digests and scopes.

use std::collections::{BTreeMap, HashMap};

use super::error::ConfigError;
use super::names::{did_you_mean, own_name};
use crate::config::{ApiKeySettings, ApplicationSettings};
use crate::token::{ApiKey, KeyDigest, Scope};

/// What is wrong with an application's keys. They are counted from 1; nothing of a digest is
/// repeated, since somebody may have put the key itself there.
pub(super) fn check(app: &str, keys: &[ApiKeySettings]) -> Vec<ConfigError> {
    let mut errors = vec![];
    for (number, key) in keys.iter().enumerate() {
        let at = |setting: &str| format!("apps.{app}.api_keys.{}.{setting}", number + 1);
        errors.extend(own_name(&at("name"), &key.name));
        errors.extend(digest(at("sha256"), &key.sha256));
        errors.extend(key.scopes.iter().filter_map(|name| scope(at("scopes"), name)));
        let before = &keys[..number];
        if before.iter().any(|other| other.name == key.name) {
            let cure = "give each key of an application a name of its own: logs tell them by it";
            errors.push(ConfigError::at(at("name"), "is another key's name, too", cure));
        }
        if before.iter().any(|other| other.sha256.eq_ignore_ascii_case(&key.sha256)) {
            let cure =
                "make one key for each use by `regain key new --api`, or put the scopes together";
            errors.push(ConfigError::at(at("sha256"), "is another key's digest, too", cure));
        }
    }
    errors
}

/// What is wrong with the keys of all applications together: whoever has a key of one would have
/// those of the others, of which it must tell nothing and let nobody in.
pub(super) fn check_together(apps: &BTreeMap<String, ApplicationSettings>) -> Vec<ConfigError> {
    let mut errors = vec![];
    let mut owners = HashMap::new();
    for (app, settings) in apps {
        for (number, key) in settings.api_keys.iter().enumerate() {
            let digest = key.sha256.to_ascii_lowercase();
            let owner = *owners.entry(digest).or_insert(app);
            if owner != app {
                let at = format!("apps.{app}.api_keys.{}.sha256", number + 1);
                let problem = format!("is the digest of a key of the application `{owner}`, too");
                let cure = "make one key for each application by `regain key new --api`: whoever has \
                            a key of one could else call for the other";
                errors.push(ConfigError::at(at, problem, cure));
            }
        }
    }
    errors
}

fn digest(at: String, text: &str) -> Option<ConfigError> {
    if KeyDigest::from_hex(text).is_some() {
        return None;
    }
    let (problem, cure) = if text.starts_with(ApiKey::PREFIX) {
        (
            "is a key and not its digest: whoever reads this file could use it",
            "make another one by `regain key new --api` and paste what it prints for this file",
        )
    } else {
        (
            "is not the SHA-256 of a key: 64 hexadecimal digits",
            "make a key by `regain key new --api` and paste what it prints for this file",
        )
    };
    Some(ConfigError::at(at, problem, cure))
}

fn scope(at: String, name: &str) -> Option<ConfigError> {
    if Scope::from_name(name).is_some() {
        return None;
    }
    let nearest = did_you_mean(name, Scope::names(), str::to_owned);
    let all = Scope::names().map(|known| format!("`{known}`")).join(", ");
    let all = format!("known here: {all}");
    let cure = if nearest == all { all } else { format!("{nearest} {all}") };
    Some(ConfigError::at(at, "names what is no scope", cure))
}
