//! What concerns every application: keys and the public URL, and the URL that one may have of its own.

use url::{Host, Url};

use super::{Finding, build};
use crate::config::{ApplicationSettings, Settings};

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let key = match build::keyring(&settings.keys) {
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
    findings
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
