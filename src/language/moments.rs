//! Times and durations in words.

use std::time::Duration;

use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::YMDT;
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::options::TimePrecision;
use icu_locale_core::Locale;
use time::{OffsetDateTime, UtcOffset};

use super::Language;

/// A moment in UTC to the minute, as the language writes dates; its zone is told elsewhere.
pub(super) fn moment(language: Language, at: OffsetDateTime) -> Option<String> {
    let at = at.to_offset(UtcOffset::UTC);
    let date = Date::try_new_gregorian(at.year(), at.month().into(), at.day()).ok()?;
    let time = Time::try_new(at.hour(), at.minute(), at.second(), 0).ok()?;
    let locale: Locale = language.tag().parse().ok()?;
    let fields = YMDT::long().with_time_precision(TimePrecision::Minute);
    let formatter = FixedCalendarDateTimeFormatter::try_new(locale.into(), fields).ok()?;
    Some(formatter.format(&DateTime { date, time }).to_string())
}

/// A duration in hours where that is what it is to the minute, else in minutes, and in seconds below
/// one minute: the entry that says it, and how many of them.
pub(super) fn unit(duration: Duration) -> (&'static str, u64) {
    let seconds = duration.as_secs();
    // What is told a moment after it began is told as what it began with.
    match (seconds, (seconds + 30) / 60) {
        (..60, _) => ("seconds", seconds),
        (_, minutes) if minutes.is_multiple_of(60) => ("hours", minutes / 60),
        (_, minutes) => ("minutes", minutes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_the_language_does() {
        let at = OffsetDateTime::from_unix_timestamp(1_795_650_480).unwrap();
        let written: Vec<_> =
            Language::all().map(|language| moment(language, at).unwrap()).collect();
        assert_eq!(
            written,
            [
                "November 25, 2026 at 11:48\u{202f}PM",
                "25. November 2026 um 23:48",
                "25 novembre 2026 à 23:48",
                "25 de noviembre de 2026 a las 23:48",
                "25 de novembro de 2026 às 23:48",
                "25 novembre 2026 alle ore 23:48",
                "25 november 2026 om 23:48",
                "25 listopada 2026 23:48",
                "25 Kasım 2026 23:48",
                "2026年11月25日 23:48",
                "2026年11月25日 23:48",
                "25 نوفمبر 2026 في 11:48 م",
            ]
        );
    }

    #[test]
    fn durations_are_told_in_hours_minutes_or_seconds_to_the_nearest_minute() {
        assert_eq!(unit(Duration::from_mins(30)), ("minutes", 30));
        assert_eq!(unit(Duration::from_hours(1)), ("hours", 1));
        assert_eq!(unit(Duration::from_mins(90)), ("minutes", 90));
        assert_eq!(unit(Duration::from_millis(1_799_990)), ("minutes", 30));
        assert_eq!(unit(Duration::from_secs(86_399)), ("hours", 24));
        assert_eq!(unit(Duration::from_secs(89)), ("minutes", 1));
        assert_eq!(unit(Duration::from_secs(59)), ("seconds", 59));
    }
}
