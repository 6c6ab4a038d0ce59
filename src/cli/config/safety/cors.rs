//! Origins as browsers send them: what else is on the list would grant nothing, or too much.

use url::Url;

use super::super::address::{is_loopback, web_url};
use super::super::error::ConfigError;
use crate::config::ApplicationSettings;

/// The cure for most of what is wrong.
const EXAMPLE: &str = "write it like \"https://app.example.com\"";

/// What is wrong with an application's list, each with its cure.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let (key, origins) = (format!("apps.{name}.cors"), &app.cors);
    // What is listed is not repeated, as nothing else that stands in the configuration is.
    let at = |place: usize, (problem, cure)| {
        ConfigError::at(&*key, format!("holds as origin {} {problem}", place + 1), cure)
    };
    let mistakes = origins.iter().enumerate().filter_map(|(place, origin)| {
        let twice = origins[..place].contains(origin);
        let twice = twice.then_some(("one that stands there already", "take it out"));
        Some(at(place, mistake(origin).or(twice)?))
    });
    mistakes.collect()
}

/// Why an origin cannot stand there, and what to do.
fn mistake(origin: &str) -> Option<(&'static str, &'static str)> {
    if origin == "null" {
        let problem = "null, which any page can call itself, in a sandbox or as a file";
        return Some((problem, "name the origin that your page is served from"));
    }
    if origin.contains('*') {
        let problem = "a wildcard, which lets in whoever gets a page there";
        return Some((problem, "name each origin"));
    }
    let Some(url) = web_url(origin) else {
        return Some(("what is no http(s) origin", EXAMPLE));
    };
    if has_more(origin, &url) {
        let problem = "more than scheme, host and port";
        return Some((problem, "take away what stands behind them, a slash too"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        let problem = "http off loopback: whoever is on the way could speak for it";
        return Some((problem, "serve that page by https, and write https://"));
    }
    (origin != url.origin().ascii_serialization()).then_some((
        "one that is not spelled as browsers send it",
        "write small letters, a name beyond ASCII by its xn-- form, and no default port",
    ))
}

/// Whether there is a path, though it be a slash alone, a query or a fragment.
fn has_more(origin: &str, url: &Url) -> bool {
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    !bare || origin.ends_with('/')
}
