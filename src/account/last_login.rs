//! The time of the last login, as a column of somebody else's has it.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

const DATE: StaticFormatDescription = format_description!("[year]-[month]-[day]");
const CLOCK: StaticFormatDescription = format_description!("[hour]:[minute]:[second]");
const MARK: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// Whole numbers from here on count milliseconds: as seconds they would lie beyond the year 5000.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// When somebody last logged in: the text as it was read, which the compare-and-swap repeats, and
/// what time that is. A time without a zone is one in UTC.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "String", into = "String")]
pub struct LastLogin {
    text: String,
    read: Option<(OffsetDateTime, Form)>,
    mark: String,
}

/// How a time is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    Seconds,
    Milliseconds,
    /// A day and nothing more.
    Day,
    /// `2027-01-15 08:00:00`, what stands between day and time, so many digits after the second,
    /// and what follows them, which tells the zone.
    Text {
        between: char,
        digits: usize,
        zone: String,
    },
}

impl LastLogin {
    /// Its text, byte for byte.
    #[must_use]
    pub fn as_read(&self) -> &str {
        &self.text
    }

    /// What time it is, where that can be told.
    #[must_use]
    pub fn time(&self) -> Option<OffsetDateTime> {
        self.read.as_ref().map(|(time, _)| *time)
    }

    /// What fingerprints are made of: the time in UTC and whole seconds, however it is written; where
    /// it is no time, the text.
    #[must_use]
    pub fn mark(&self) -> &str {
        &self.mark
    }

    /// Another time, in whole seconds, written as this one is; `None` where that would not tell it.
    #[must_use]
    pub fn written_alike(&self, at: OffsetDateTime) -> Option<String> {
        let (before, form) = self.read.as_ref()?;
        Some(match form {
            Form::Seconds => at.unix_timestamp().to_string(),
            Form::Milliseconds => (at.unix_timestamp() * 1000).to_string(),
            Form::Day => return None,
            Form::Text { between, digits, zone } => {
                let at = at.to_offset(before.offset());
                let (day, clock) = (at.format(DATE).ok()?, at.format(CLOCK).ok()?);
                let point = if *digits == 0 { "" } else { "." };
                format!("{day}{between}{clock}{point}{}{zone}", "0".repeat(*digits))
            }
        })
    }
}

impl From<String> for LastLogin {
    fn from(text: String) -> Self {
        let read = read(&text);
        let mark =
            read.as_ref().and_then(|(time, _)| time.to_offset(UtcOffset::UTC).format(MARK).ok());
        let mark = mark.unwrap_or_else(|| text.clone());
        Self { text, read, mark }
    }
}

impl From<LastLogin> for String {
    fn from(login: LastLogin) -> Self {
        login.text
    }
}

impl fmt::Debug for LastLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LastLogin").field(&self.text).finish()
    }
}

fn read(text: &str) -> Option<(OffsetDateTime, Form)> {
    if let Some(read) = number(text) {
        return Some(read);
    }
    if text.starts_with("0000-00-00") {
        // MySQL's way of saying never.
        let form = Form::Text { between: ' ', digits: 0, zone: String::new() };
        return Some((OffsetDateTime::UNIX_EPOCH, form));
    }
    let (day, rest) = text.split_at_checked(10)?;
    let day = Date::parse(day, DATE).ok()?;
    let mut following = rest.chars();
    let Some(between) = following.next() else {
        return Some((day.midnight().assume_utc(), Form::Day));
    };
    let (clock, rest) = following.as_str().split_at_checked(8)?;
    let clock = Time::parse(clock, CLOCK).ok()?;
    let fraction = rest.strip_prefix('.').unwrap_or_default();
    let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = fraction.len() - zone.len();
    let zone = if digits == 0 { rest } else { zone };
    let time = PrimitiveDateTime::new(day, clock).assume_offset(offset(zone.trim())?);
    let form = Form::Text { between, digits, zone: zone.to_owned() };
    matches!(between, 'T' | 't' | ' ').then_some((time, form))
}

/// Seconds or milliseconds since 1970.
fn number(text: &str) -> Option<(OffsetDateTime, Form)> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let number: i64 = whole.parse().ok().filter(|_| !whole.starts_with('+'))?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (seconds, form) = if number < MILLISECONDS_FROM {
        (number, Form::Seconds)
    } else {
        (number / 1000, Form::Milliseconds)
    };
    Some((OffsetDateTime::from_unix_timestamp(seconds).ok()?, form))
}

/// Nothing, `Z`, `UTC`, `+02`, `+0200`, `+02:00` or `+02:00:00`.
fn offset(text: &str) -> Option<UtcOffset> {
    if matches!(text, "" | "Z" | "z" | "UTC") {
        return Some(UtcOffset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4 | 6) {
        return None;
    }
    let part = |at: usize| match digits.get(at..at + 2) {
        Some(part) => part.parse::<i8>().ok().filter(|part| *part >= 0),
        None => Some(0),
    };
    UtcOffset::from_hms(sign * part(0)?, sign * part(2)?, sign * part(4)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> LastLogin {
        text.to_owned().into()
    }

    #[test]
    fn one_time_has_one_mark_however_a_column_writes_it() {
        for text in [
            "2027-01-15 08:00:00",
            "2027-01-15 08:00:00.999999",
            "2027-01-15T08:00:00Z",
            "2027-01-15 08:00:00+00",
            "2027-01-15 10:00:00.123+02",
            "2027-01-15 13:30:00+05:30",
            "2027-01-15T03:00:00-0500",
            "2027-01-15 08:00:00 UTC",
            "1800000000",
            "1800000000.75",
            "1800000000123",
        ] {
            assert_eq!(login(text).mark(), "2027-01-15 08:00:00", "{text}");
            assert_eq!(login(text).as_read(), text);
        }
        assert_eq!(login("2027-01-15").mark(), "2027-01-15 00:00:00");
        assert_eq!(login("0000-00-00 00:00:00").mark(), "1970-01-01 00:00:00");
    }

    #[test]
    fn what_is_no_time_is_its_own_mark() {
        for text in
            ["", "infinity", "yesterday", "2027-13-01 08:00:00", "2027-01-15 08:00", "15/01/2027"]
        {
            assert_eq!((login(text).time(), login(text).mark()), (None, text));
            assert_eq!(login(text).written_alike(OffsetDateTime::UNIX_EPOCH), None);
        }
        for text in
            ["2027-01-15x08:00:00", "2027-01-15 08:00:00+", "2027-01-15 08:00:00+2", "+5", "1.x"]
        {
            assert_eq!(login(text).time(), None, "{text}");
        }
    }

    #[test]
    fn another_time_is_written_as_the_one_before() {
        let at = OffsetDateTime::from_unix_timestamp(1_800_000_001).unwrap();
        for (before, after) in [
            ("2026-01-01 00:00:00", "2027-01-15 08:00:01"),
            ("2026-01-01T00:00:00.123Z", "2027-01-15T08:00:01.000Z"),
            ("2026-01-01 00:00:00.123456", "2027-01-15 08:00:01.000000"),
            ("2026-01-01 00:00:00+02:00", "2027-01-15 10:00:01+02:00"),
            ("1700000000", "1800000001"),
            ("1700000000.5", "1800000001"),
            ("1700000000999", "1800000001000"),
        ] {
            assert_eq!(login(before).written_alike(at).as_deref(), Some(after), "{before}");
            assert_eq!(login(after).mark(), "2027-01-15 08:00:01");
        }
        assert_eq!(login("2026-01-01").written_alike(at), None, "a day cannot tell it");
    }
}
