//! Colours as the configuration writes them, and whether one can be read on another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A colour of the sRGB space, written `#rrggbb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);

    /// The colour of these parts of red, green and blue.
    #[must_use]
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self([red, green, blue])
    }

    /// The contrast ratio to another colour, 1 to 21 (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// The colour on the way to another one, so many percent of it.
    #[must_use]
    pub fn towards(self, other: Self, percent: u8) -> Self {
        let percent = u32::from(percent.min(100));
        let mut mixed = self.0;
        for (own, others) in mixed.iter_mut().zip(other.0) {
            let part = (u32::from(*own) * (100 - percent) + u32::from(others) * percent) / 100;
            *own = u8::try_from(part).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }

    /// Relative luminance (WCAG 2.2, by IEC 61966-2-1).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126f64.mul_add(red, 0.7152f64.mul_add(green, 0.0722 * blue))
    }
}

impl FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let digits = text.strip_prefix('#')?;
            let hexadecimal = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
            let number = u32::from_str_radix(hexadecimal.then_some(digits)?, 16).ok()?;
            let [_, red, green, blue] = number.to_be_bytes();
            Some(Self::new(red, green, blue))
        };
        parse().ok_or_else(|| "expected a colour such as \"#0b57d0\"".to_owned())
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl<'de> Deserialize<'de> for Colour {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn contrast_is_as_wcag_measures_it() {
        let contrast = |one: &str, other: &str| {
            let ratio = colour(one).contrast(colour(other));
            format!("{ratio:.2}")
        };
        assert_eq!(contrast("#000000", "#ffffff"), "21.00");
        assert_eq!(contrast("#777777", "#FFFFFF"), "4.48");
        assert_eq!(contrast("#767676", "#ffffff"), "4.54");
        assert_eq!(contrast("#0b57d0", "#0b57d0"), "1.00");
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(colour("#0B57d0").to_string(), "#0b57d0");
        for text in ["0b57d0", "#0b5", "#0b57d", "#0b57d00", "#+b57d0", "blue", "#é12345", ""] {
            assert!(text.parse::<Colour>().is_err(), "{text}");
        }
    }

    #[test]
    fn mixing_goes_all_the_way() {
        assert_eq!(colour("#204060").towards(Colour::WHITE, 0), colour("#204060"));
        assert_eq!(colour("#204060").towards(Colour::BLACK, 50), colour("#102030"));
        assert_eq!(colour("#204060").towards(Colour::WHITE, 100), Colour::WHITE);
    }
}
