//! What pages show and lead to: colours that can be read, addresses that can be trusted.

use url::Url;

use super::address::{is_loopback, web_url};
use super::error::ConfigError;
use crate::config::{ApplicationSettings, Colour, DARK, LIGHT, is_readable, readable};

/// Everything that is wrong with how an application's pages are set.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let pages = &app.pages;
    let at = |key: &str| format!("apps.{name}.pages.{key}");
    let dark = pages.accent_dark.map(|accent| ("accent_dark", accent, DARK));
    let accents = [("accent", pages.accent, LIGHT)].into_iter().chain(dark);
    let mut errors: Vec<_> = accents
        .filter(|(_, accent, on)| !is_readable(*accent, *on))
        .map(|(key, accent, on)| {
            let problem = format!(
                "has a contrast of {:.1} to 1 with the page, and 4.5 is the least that can be \
                 read (WCAG 2.2, 1.4.3)",
                lowest_contrast(accent, on)
            );
            let cure = format!("take another, say {:?}", readable(accent, on).to_string());
            ConfigError::at(at(key), problem, cure)
        })
        .collect();
    if pages.support.as_deref().is_some_and(|support| !is_mail(support) && !is_safe(support)) {
        let problem = "is neither an https URL nor a mail address";
        let cure = "write \"https://example.com/help\" or \"mailto:help@example.com\"";
        errors.push(ConfigError::at(at("support"), problem, cure));
    }
    if pages.log_in.as_deref().is_some_and(|log_in| !is_safe(log_in)) {
        let problem = "is no https URL, and a new password would be typed there";
        let cure = "write it like \"https://app.example.com/login\"";
        errors.push(ConfigError::at(at("log_in"), problem, cure));
    }
    errors
}

fn lowest_contrast(colour: Colour, on: [Colour; 2]) -> f64 {
    on.iter().map(|ground| colour.contrast(*ground)).fold(f64::INFINITY, f64::min)
}

fn is_safe(text: &str) -> bool {
    web_url(text).is_some_and(|url| url.scheme() == "https" || is_loopback(&url))
}

fn is_mail(text: &str) -> bool {
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "mailto");
    url.is_some_and(|url| url.path().split_once('@').is_some_and(|(who, _)| !who.is_empty()))
}
