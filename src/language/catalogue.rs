//! The texts of every language, ready to be filled in.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentError, FluentResource};
use thiserror::Error;
use time::OffsetDateTime;

use super::{CatalogueError, Language, TABLE, check, moments};

/// The texts of every language, those of an operator before our own.
pub struct Catalogue(Vec<FluentBundle<Arc<FluentResource>>>);

/// Why a text cannot be told: found at the start, since every text is filled in there once.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// There is no such entry.
    #[error("there is no text {entry:?}{}", did_you_mean(near.as_deref()))]
    Unknown {
        /// What was asked for.
        entry: String,
        /// One that is called nearly so.
        near: Option<String>,
    },
    /// The entry wants something that is not there.
    #[error("the text {0:?} cannot be filled in: {1}")]
    Unfilled(String, String),
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean {near:?}?"))
}

impl Catalogue {
    /// The texts that are compiled in.
    ///
    /// # Errors
    /// [`CatalogueError`], which a test rules out.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::new(|_| Ok(None))
    }

    /// The same with those entries replaced that a file `TAG.ftl` in the folder has.
    ///
    /// # Errors
    /// [`CatalogueError`]: the file and line, what is wrong there, and the cure.
    pub fn with_folder(folder: &Path) -> Result<Self, CatalogueError> {
        check::no_strangers(folder)?;
        Self::new(|language| check::replacement(folder, language))
    }

    fn new(
        replacement: impl Fn(Language) -> Result<Option<FluentResource>, CatalogueError>,
    ) -> Result<Self, CatalogueError> {
        let mut bundles = vec![];
        for facts in &TABLE {
            let tag = facts.tag.parse().map_err(|_| CatalogueError::embedded(facts.tag))?;
            let mut bundle = FluentBundle::new_concurrent(vec![tag]);
            // Names and dates of another direction must not turn the words around them.
            bundle.set_use_isolating(facts.language.is_right_to_left());
            let own = FluentResource::try_new(facts.texts.to_owned())
                .map_err(|_| CatalogueError::embedded(facts.tag))?;
            bundle.add_resource_overriding(Arc::new(own));
            if let Some(resource) = replacement(facts.language)? {
                bundle.add_resource_overriding(Arc::new(resource));
            }
            bundles.push(bundle);
        }
        Ok(Self(bundles))
    }

    /// The texts of one language.
    #[must_use]
    pub fn texts(self: &Arc<Self>, language: Language) -> Texts {
        Texts { language, catalogue: self.clone(), values: vec![] }
    }
}

/// The texts of one language, and what they are filled in with.
#[derive(Clone)]
pub struct Texts {
    /// The language.
    pub language: Language,
    catalogue: Arc<Catalogue>,
    values: Vec<(&'static str, Filling)>,
}

/// What a text is filled in with.
#[derive(Clone, Debug)]
pub enum Filling {
    /// Something to be shown as it is.
    Text(String),
    /// Something to be counted, by which a text may differ.
    Number(u64),
}

impl From<String> for Filling {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Filling {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl Texts {
    /// The same with a value of this name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Filling>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The same with a moment of this name, to the minute and with its zone.
    #[must_use]
    pub fn with_moment(self, name: &'static str, at: OffsetDateTime) -> Self {
        let moment = moments::moment(self.language, at).unwrap_or_default();
        let told = self.told("moment-utc", "moment", moment);
        self.with(name, told)
    }

    /// The same with a duration of this name, in hours, minutes or seconds.
    #[must_use]
    pub fn with_duration(self, name: &'static str, duration: Duration) -> Self {
        let (unit, count) = moments::unit(duration);
        let told = self.told(unit, "count", count);
        self.with(name, told)
    }

    /// The text of an entry, filled in.
    ///
    /// # Errors
    /// [`TextError`] where there is none, or where something is missing in it.
    pub fn get(&self, entry: &str) -> Result<String, TextError> {
        let bundle = &self.catalogue.0[self.language as usize];
        let message = bundle.get_message(entry).and_then(|message| message.value());
        let pattern = message.ok_or_else(|| TextError::Unknown {
            entry: entry.to_owned(),
            near: check::nearest_entry(entry),
        })?;
        let mut values = FluentArgs::with_capacity(self.values.len());
        for (name, value) in &self.values {
            match value {
                Filling::Text(text) => values.set(*name, text.as_str()),
                Filling::Number(number) => values.set(*name, *number),
            }
        }
        let mut errors: Vec<FluentError> = vec![];
        let text = bundle.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        match errors.first() {
            None => Ok(text),
            Some(error) => Err(TextError::Unfilled(entry.to_owned(), error.to_string())),
        }
    }

    /// The text of an entry of ours, or its name: for what must be told whatever happens.
    #[must_use]
    pub fn tell(&self, entry: &str) -> String {
        self.get(entry).unwrap_or_else(|_| entry.to_owned())
    }

    fn told(&self, entry: &str, name: &'static str, value: impl Into<Filling>) -> String {
        let values = vec![(name, value.into())];
        Self { values, ..self.clone() }.tell(entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_and_counted_as_the_language_does() {
        let catalogue = Arc::new(Catalogue::embedded().unwrap());
        let english = catalogue.texts(Language::English).with("title", "Example".to_owned());
        assert_eq!(english.tell("password-reset-subject"), "Choose a new password for Example");
        let unknown = |entry: &str| english.get(entry).unwrap_err().to_string();
        assert_eq!(unknown("nothing"), "there is no text \"nothing\"");
        assert_eq!(
            unknown("password-reset-intr"),
            "there is no text \"password-reset-intr\"; did you mean \"password-reset-intro\"?"
        );
        assert!(matches!(english.get("hello-name"), Err(TextError::Unfilled(..))));

        let lifetime = |language, minutes| {
            let texts = catalogue.texts(language);
            let texts = texts.with_duration("lifetime", Duration::from_mins(minutes));
            texts.with("until", "then".to_owned()).tell("link-once")
        };
        assert!(lifetime(Language::English, 1).contains("1 minute,"));
        assert!(lifetime(Language::English, 30).contains("30 minutes,"));
        let polish: Vec<_> = [1, 2, 5, 30].map(|n| lifetime(Language::Polish, n)).into();
        assert_ne!(polish[0].replace('1', "2"), polish[1]);
        assert_ne!(polish[1].replace('2', "5"), polish[2]);
    }

    #[test]
    fn what_is_filled_in_is_isolated_where_directions_mix() {
        let catalogue = Arc::new(Catalogue::embedded().unwrap());
        let subject = |language| {
            catalogue
                .texts(language)
                .with("title", "Example".to_owned())
                .tell("password-reset-subject")
        };
        assert!(subject(Language::Arabic).contains("\u{2068}Example\u{2069}"));
        assert!(!subject(Language::German).contains('\u{2068}'));
    }
    #[test]
    fn the_zone_stands_behind_the_time_where_it_is_read_from_right_to_left() {
        let catalogue = Arc::new(Catalogue::embedded().unwrap());
        for language in Language::all().filter(|language| language.is_right_to_left()) {
            let texts = catalogue.texts(language);
            let texts = texts.with_moment("until", OffsetDateTime::UNIX_EPOCH);
            let told = texts.with("lifetime", "x".to_owned()).tell("link-once");
            // An isolate takes its direction from its first strong letter, those of inner isolates
            // aside (UAX #9, X5c): without the mark, from that of UTC.
            assert!(told.contains("\u{2068}\u{200f}\u{2068}1"), "{told:?}");
            assert!(told.contains("\u{2069} UTC\u{2069}"), "{told:?}");
        }
    }
}
