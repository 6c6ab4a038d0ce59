//! Every metric of Regain's own: what it is called and what it tells. A new one is a row here, a
//! function in [`super`] that counts it, and a row in `docs/operating.md`.

use Kind::{Counter, Gauge};

/// A metric.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Its name, with the unit that it counts in (Prometheus' conventions).
    pub name: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// What it tells.
    pub help: &'static str,
}

/// How a metric moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Up only.
    Counter,
    /// Up and down.
    Gauge,
}

macro_rules! meters {
    ($($constant:ident: $kind:expr, $name:literal, $help:literal;)+) => {
        $(#[doc = $help] pub(super) const $constant: &str = $name;)+

        /// Every metric.
        pub const ALL: &[Meter] = &[$(Meter { name: $name, kind: $kind, help: $help }),+];
    };
}

meters! {
    READY: Gauge, "regain_ready",
        "Whether an ask would be taken now.";
    QUEUE_DEPTH: Gauge, "regain_queue_depth",
        "Jobs that wait for a worker or are put off.";
    QUEUE_CAPACITY: Gauge, "regain_queue_capacity",
        "Jobs that may wait before asks are refused.";
    QUEUE_OLDEST_AGE: Gauge, "regain_queue_oldest_age_seconds",
        "How long ago the oldest of the jobs that wait for a worker was asked for.";
    JOBS_LOST: Counter, "regain_jobs_lost_total",
        "Accepted jobs that were dropped undone: no room to put them off, or they broke off.";
    HASHING_PERMITS: Gauge, "regain_hashing_permits",
        "Passwords that may be hashed at a time.";
    HASHING_IN_USE: Gauge, "regain_hashing_in_use",
        "Passwords that are being hashed.";
    BUILD_INFO: Gauge, "regain_build_info",
        "Always 1, with the version that runs.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_has_its_row_in_the_documentation() {
        let documentation = include_str!("../../../docs/operating.md");
        for meter in ALL {
            let row = format!("| `{}", meter.name);
            assert!(documentation.contains(&row), "{row} in docs/operating.md");
        }
    }

    #[test]
    fn names_tell_the_unit_and_that_a_counter_is_one() {
        for meter in ALL {
            assert!(meter.name.starts_with("regain_"), "{meter:?}");
            assert_eq!(meter.name.ends_with("_total"), meter.kind == Kind::Counter, "{meter:?}");
            assert!(meter.help.ends_with('.'), "{meter:?}");
        }
    }
}
