//! How an application's pages look.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Colour;

/// How an application's pages look, and what they lead to.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PagesSettings {
    /// A picture instead of the application's name: PNG, JPEG, WebP or SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<PathBuf>,
    /// Colour of buttons, links and focus where the page is light.
    pub accent: Colour,
    /// The same where the page is dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_dark: Option<Colour>,
    /// Where people get help: https or mailto.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// A stylesheet that comes after ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stylesheet: Option<PathBuf>,
    /// Whether a new password is typed twice.
    pub confirm_password: bool,
    /// Where one logs in, once a password is set and the link leads nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_in: Option<String>,
}

impl Default for PagesSettings {
    fn default() -> Self {
        Self {
            logo: None,
            accent: PagesSettings::ACCENT,
            accent_dark: None,
            support: None,
            stylesheet: None,
            confirm_password: true,
            log_in: None,
        }
    }
}

/// What text and buttons stand on where the page is light: the sheet, and the ground around it.
pub const LIGHT: [Colour; 2] = [Colour::WHITE, Colour::new(0xf3, 0xf5, 0xf8)];
/// The same where it is dark.
pub const DARK: [Colour; 2] = [Colour::new(0x1a, 0x20, 0x2a), Colour::new(0x10, 0x14, 0x1b)];

/// Least contrast of text (WCAG 2.2, success criterion 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// Contrast of what is read with ease (1.4.6).
const EASY_CONTRAST: f64 = 7.0;

impl PagesSettings {
    /// Our own blue.
    const ACCENT: Colour = Colour::new(0x0b, 0x57, 0xd0);

    /// The accent of dark pages: that which is set, or the other one, as much lighter as it must be.
    #[must_use]
    pub fn accent_of_the_dark(&self) -> Colour {
        self.accent_dark.unwrap_or_else(|| shade(self.accent, DARK, EASY_CONTRAST))
    }
}

/// Whether a colour can be read on both of these.
#[must_use]
pub fn is_readable(colour: Colour, on: [Colour; 2]) -> bool {
    stands_out(colour, on, LEAST_CONTRAST)
}

/// The colour, as much darker or lighter as it must be to be read on both of these.
#[must_use]
pub fn readable(colour: Colour, on: [Colour; 2]) -> Colour {
    shade(colour, on, LEAST_CONTRAST)
}

fn shade(colour: Colour, on: [Colour; 2], least: f64) -> Colour {
    let end = if is_readable(Colour::BLACK, on) { Colour::BLACK } else { Colour::WHITE };
    let steps = (0..=100).step_by(5).map(|percent| colour.towards(end, percent));
    steps.into_iter().find(|mixed| stands_out(*mixed, on, least)).unwrap_or(end)
}

fn stands_out(colour: Colour, on: [Colour; 2], least: f64) -> bool {
    on.iter().all(|ground| colour.contrast(*ground) >= least)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accent_is_made_readable_on_light_and_dark() {
        for colour in
            [Colour::BLACK, Colour::WHITE, Colour::new(255, 255, 0), PagesSettings::ACCENT]
        {
            for on in [LIGHT, DARK] {
                assert!(is_readable(readable(colour, on), on), "{colour} on {on:?}");
            }
        }
        assert_eq!(readable(PagesSettings::ACCENT, LIGHT), PagesSettings::ACCENT);
    }
}
