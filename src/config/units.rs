//! Durations and rates as the configuration writes them: `30m`, `30/h`, `30/10m`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A duration written as a whole number and a unit: `ms`, `s`, `m`, `h` or `d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// So many events in a period: `30/h`, `3/m`, `5/s`, `100/d`, or `30/10m` for 30 in ten minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many at once, and again in each period.
    pub events: u32,
    /// The period.
    pub period: Duration,
}

impl Rate {
    /// How long one event takes to come back.
    #[must_use]
    pub fn interval(self) -> Duration {
        self.period / self.events.max(1)
    }
}

/// Limits count in microseconds: what came back sooner would be no limit at all.
const SHORTEST_INTERVAL: Duration = Duration::from_micros(1);

const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(digits);
        let millis = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, millis)| *millis);
        millis
            .zip(number.parse::<u64>().ok())
            .and_then(|(millis, number)| number.checked_mul(millis))
            .map(|millis| Self(Duration::from_millis(millis)))
            .ok_or_else(|| "expected a duration such as \"30m\", \"20s\" or \"24h\"".to_owned())
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rate = text.split_once('/').and_then(|(events, unit)| {
            let events = events.parse().ok().filter(|events| *events > 0)?;
            let bare = UNITS.iter().any(|(name, _)| *name == unit);
            let period = if bare { format!("1{unit}") } else { unit.to_owned() };
            let period = period.parse::<Span>().ok().filter(|period| !period.0.is_zero())?.0;
            Some(Self { events, period })
        });
        match rate {
            Some(rate) if rate.interval() < SHORTEST_INTERVAL => {
                Err("expected a rate of 1000000/s at most, such as \"30/h\"".to_owned())
            }
            Some(rate) => Ok(rate),
            None => Err("expected a rate such as \"30/h\", \"5/m\" or \"30/10m\"".to_owned()),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        let largest = UNITS.iter().rev().find(|(_, unit)| millis % unit == 0);
        let (name, unit) = largest.unwrap_or(&UNITS[0]);
        write!(f, "{}{name}", millis / unit)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = Span(self.period).to_string();
        let unit = period.strip_prefix('1').filter(|unit| unit.starts_with(char::is_alphabetic));
        write!(f, "{}/{}", self.events, unit.unwrap_or(&period))
    }
}

macro_rules! as_text {
    ($unit:ty) => {
        impl<'de> Deserialize<'de> for $unit {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl Serialize for $unit {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}
as_text!(Span);
as_text!(Rate);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_the_same() {
        for text in ["20s", "30m", "24h", "2d", "1500ms"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text.replace("24h", "1d"));
        }
        for text in ["", "30", "m", "-1m", "1.5h", "30 m", "99999999999999999999h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }

    #[test]
    fn rates_read_and_print_the_same() {
        let rate: Rate = "3/h".parse().unwrap();
        assert_eq!((rate.events, rate.interval()), (3, Duration::from_mins(20)));
        assert_eq!(rate.to_string(), "3/h");
        for text in ["0/h", "3", "3/", "3/w", "-1/h"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_rate_that_is_too_fast_to_be_counted_is_none() {
        for text in ["2000000000/s", "1000001/s", "1001/ms", "4294967295/h"] {
            let why = text.parse::<Rate>().unwrap_err();
            assert_eq!(why, "expected a rate of 1000000/s at most, such as \"30/h\"", "{text}");
        }
        for text in ["1000000/s", "1000/ms", "3600000000/h", "4294967295/d"] {
            let rate: Rate = text.parse().unwrap();
            assert!(rate.interval() >= Duration::from_micros(1), "{text}");
        }
    }

    #[test]
    fn a_rate_may_count_the_units_of_its_period() {
        for (text, events, minutes, printed) in [
            ("30/10m", 30, 10, "30/10m"),
            ("3/20m", 3, 20, "3/20m"),
            ("30/1m", 30, 1, "30/m"),
            ("30/60m", 30, 60, "30/h"),
            ("30/110m", 30, 110, "30/110m"),
            ("100/12h", 100, 720, "100/12h"),
            ("5/m", 5, 1, "5/m"),
        ] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate, Rate { events, period: Duration::from_mins(minutes) }, "{text}");
            assert_eq!(rate.to_string(), printed);
            assert_eq!(printed.parse(), Ok(rate), "{text}");
        }
        for text in [
            "30/0m",
            "30/-1m",
            "30/10",
            "30/+1m",
            "30/1.5h",
            "30/ m",
            "30/10 m",
            "30/m10",
            "30/1/m",
            "/10m",
            "0/10m",
            "30/99999999999999999999d",
        ] {
            assert!(text.parse::<Rate>().unwrap_err().contains("\"30/10m\""), "{text}");
        }
    }
}
