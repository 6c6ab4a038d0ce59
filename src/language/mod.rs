//! The languages that mails, pages and messages are written in, one file of texts each.

mod catalogue;
mod check;
mod moments;

use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

pub use catalogue::{Catalogue, TextError, Texts};
pub use check::CatalogueError;

/// A language that there are texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Deutsch.
    #[serde(rename = "de")]
    German,
    /// Français.
    #[serde(rename = "fr")]
    French,
    /// Español.
    #[serde(rename = "es")]
    Spanish,
    /// Português do Brasil.
    #[serde(rename = "pt-BR")]
    BrazilianPortuguese,
    /// Italiano.
    #[serde(rename = "it")]
    Italian,
    /// Nederlands.
    #[serde(rename = "nl")]
    Dutch,
    /// Polski.
    #[serde(rename = "pl")]
    Polish,
    /// Türkçe.
    #[serde(rename = "tr")]
    Turkish,
    /// 日本語.
    #[serde(rename = "ja")]
    Japanese,
    /// 简体中文.
    #[serde(rename = "zh-Hans")]
    SimplifiedChinese,
    /// العربية.
    #[serde(rename = "ar")]
    Arabic,
}

/// The facts of one language.
struct Facts {
    language: Language,
    tag: &'static str,
    /// The script that its texts are in, as ISO 15924 has it: a tag that asks for another one asks
    /// for another language.
    script: &'static str,
    texts: &'static str,
}

macro_rules! facts {
    ($language:ident, $tag:literal, $script:literal) => {
        Facts {
            language: Language::$language,
            tag: $tag,
            script: $script,
            texts: include_str!(concat!("texts/", $tag, ".ftl")),
        }
    };
}

const TABLE: [Facts; 12] = [
    facts!(English, "en", "Latn"),
    facts!(German, "de", "Latn"),
    facts!(French, "fr", "Latn"),
    facts!(Spanish, "es", "Latn"),
    facts!(BrazilianPortuguese, "pt-BR", "Latn"),
    facts!(Italian, "it", "Latn"),
    facts!(Dutch, "nl", "Latn"),
    facts!(Polish, "pl", "Latn"),
    facts!(Turkish, "tr", "Latn"),
    facts!(Japanese, "ja", "Jpan"),
    facts!(SimplifiedChinese, "zh-Hans", "Hans"),
    facts!(Arabic, "ar", "Arab"),
];

impl Language {
    /// Every language, English first.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> + Clone {
        TABLE.iter().map(|facts| facts.language)
    }

    /// The language that a BCP 47 tag asks for, whatever region it names: `de-AT` is German,
    /// `zh-CN` is simplified Chinese, and `zh-TW`, which is written otherwise, is none.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let mut asked: LanguageIdentifier = tag.parse().ok()?;
        asked.maximize();
        let script = asked.script.map(|script| script.as_str().to_owned());
        let is = |facts: &&Facts| {
            let primary = facts.tag.split('-').next();
            primary == Some(asked.language.as_str())
                && script.as_deref().is_none_or(|script| script == facts.script)
        };
        TABLE.iter().find(is).map(|facts| facts.language)
    }

    /// The first language of an Accept-Language header that there are texts in, by its weights
    /// (RFC 9110 §12.5.4).
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut ranges: Vec<_> = header.split(',').take(MOST_RANGES).filter_map(range).collect();
        ranges.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        ranges
            .into_iter()
            .filter(|(_, weight)| *weight > 0)
            .find_map(|(tag, _)| Self::from_tag(tag))
    }

    /// Its BCP 47 tag, say `pt-BR`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.facts().tag
    }

    /// Whether it is written from right to left.
    #[must_use]
    pub fn is_right_to_left(self) -> bool {
        self.facts().script == "Arab"
    }

    /// `rtl` or `ltr`, as HTML has it.
    #[must_use]
    pub fn direction(self) -> &'static str {
        if self.is_right_to_left() { "rtl" } else { "ltr" }
    }

    fn facts(self) -> &'static Facts {
        // The table is in the order of the enum, which a test holds.
        &TABLE[self as usize]
    }
}

/// More than anybody means; the rest is not read.
const MOST_RANGES: usize = 32;

/// A tag and its weight in thousandths.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    Some((tag, weight.map_or(Some(1000), thousandths)?))
}

/// `0.5`, `1` or `1.000`; anything else is no weight.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.len() <= 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let weight = match whole {
        "0" if digits => format!("{fraction:0<3}").parse().ok()?,
        "1" if digits && fraction.bytes().all(|byte| byte == b'0') => 1000,
        _ => return None,
    };
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_languages() {
        for (at, facts) in TABLE.iter().enumerate() {
            assert_eq!(facts.language as usize, at);
            let tag = serde_json::to_string(&facts.language).unwrap();
            assert_eq!(tag, format!("\"{}\"", facts.tag));
        }
    }

    #[test]
    fn tags_are_matched_by_language_and_script() {
        for (tag, language) in [
            ("de", Some("de")),
            ("de-AT", Some("de")),
            ("DE_ch", Some("de")),
            ("pt", Some("pt-BR")),
            ("pt-PT", Some("pt-BR")),
            ("zh", Some("zh-Hans")),
            ("zh-CN", Some("zh-Hans")),
            ("zh-Hans-SG", Some("zh-Hans")),
            ("zh-TW", None),
            ("zh-Hant", None),
            ("ar-EG", Some("ar")),
            ("ja-JP", Some("ja")),
            ("sv", None),
            ("", None),
            ("*", None),
            ("../../etc", None),
        ] {
            assert_eq!(Language::from_tag(tag).map(Language::tag), language, "{tag}");
        }
        for language in Language::all() {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }

    #[test]
    fn accept_language_is_read_by_its_weights() {
        for (header, language) in [
            ("de", Some("de")),
            ("sv, fr;q=0.8, de;q=0.9", Some("de")),
            ("fr;q=0, it", Some("it")),
            ("en-US,en;q=0.5", Some("en")),
            ("nl;q=0.1, ja;q=0.10, pl;q=0.101", Some("pl")),
            ("it;q=high, tr;q=2", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header).map(Language::tag), language, "{header}");
        }
        assert_eq!(Language::accepted(&"xx,".repeat(10_000)), None);
    }

    #[test]
    fn arabic_alone_runs_from_right_to_left() {
        let right: Vec<_> =
            Language::all().filter(|language| language.is_right_to_left()).collect();
        assert_eq!(right, [Language::Arabic]);
    }
}
