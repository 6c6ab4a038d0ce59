//! What concerns every application: keys, the public URL and how many passwords are hashed, and the URL that one may have of its own.

use url::{Host, Url};

use super::{Finding, keys, permits};
use crate::config::{ApplicationSettings, Settings};

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let key = match keys::keyring(&settings.keys) {
        Ok(_) => Finding::ok(
            format!(
                "`keys.signing` names {:?}, and every key is strong enough",
                settings.keys.signing
            ),
            "who guesses a key makes links to every account",
        ),
        Err(error) => Finding::from(error),
    };
    let mut findings = vec![key, public_url(&settings.public_url)];
    findings.extend(other_port(settings, &settings.public_url));
    findings.extend(all_to_one(settings));
    findings
}

/// What `serve` warns of at the start, too.
fn all_to_one(settings: &Settings) -> Option<Finding> {
    let all = permits::AllToOne::of(settings, permits::of(&settings.hashing))?;
    Some(Finding::warning(all.what, permits::AllToOne::WHY, all.cure))
}

/// What concerns the URL that an application has of its own, if it has.
pub(super) fn own_url(settings: &Settings, app: &ApplicationSettings) -> Vec<Finding> {
    let Some(url) = &app.public_url else { return vec![] };
    [public_url(url)].into_iter().chain(other_port(settings, url)).collect()
}

/// On one machine, links lead to the port that is listened on, or nowhere.
fn other_port(settings: &Settings, public_url: &str) -> Option<Finding> {
    let url = Url::parse(public_url).ok()?;
    let (listened, linked) = (settings.listen.rsplit_once(':')?.1, url.port_or_known_default()?);
    let differ = url.host().as_ref().is_some_and(is_loopback) && listened != linked.to_string();
    differ.then(|| {
        Finding::warning(
            format!("`listen` has the port {listened}, and `public_url` {linked}"),
            "the links in the mails lead to a port where nobody answers",
            "write the same port into both",
        )
    })
}

fn public_url(text: &str) -> Finding {
    let why = "the links in the mails lead there";
    let Ok(url) = Url::parse(text) else {
        let cure = "public_url = \"https://accounts.example.com\"";
        return Finding::error("`public_url` is no URL", why, cure);
    };
    let origin = url.origin().ascii_serialization();
    if url.host().as_ref().is_some_and(is_loopback) {
        return Finding::warning(
            format!("`public_url` is {origin}, which only this machine reaches"),
            "the links in the mails lead there, and people read them elsewhere",
            "public_url = \"https://accounts.example.com\"",
        );
    }
    Finding::ok(format!("`public_url` is {origin}"), why)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_application_that_may_have_every_turn_to_hash_is_warned_of() {
        let mut settings = Settings::default();
        let app = "name = \"A\"\nmail = { provider = \"p\", from = \"a@example.com\" }\n\
                   users = { database = \"sqlite::memory:\" }";
        for name in ["a", "b"] {
            settings.apps.insert(name.to_owned(), toml::from_str(app).unwrap());
        }
        (settings.hashing.permits, settings.hashing.per_application) = (Some(2), Some(2));
        let found = examine(&settings).pop().unwrap();
        let cure = "hashing.per_application = 1, or leave it out".to_owned();
        assert_eq!((found.level, found.cure), (super::super::Level::Warning, Some(cure)));
        settings.hashing.per_application = Some(1);
        assert!(all_to_one(&settings).is_none());
    }
}
