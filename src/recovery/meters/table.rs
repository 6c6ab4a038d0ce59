//! Every metric of Regain's own: what it is called and what it tells. A new one is a row here, a
//! function in [`super`] that counts it, and a row in `docs/operating.md`.

use Kind::{Counter, Gauge, Histogram};

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
    /// How many were how much: the upper bounds of its buckets.
    Histogram(&'static [f64]),
}

/// Seconds that a mail takes: a folder, a server near by, one far away, one that is silent.
const MAIL_SECONDS: &[f64] = &[0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Seconds that a turn to hash may be waited for: `hashing.wait` is 2 s where nothing is said.
const WAIT_SECONDS: &[f64] = &[0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0];

/// Seconds that an answer takes: an ask, a look at a link, a password that is hashed, one that waits
/// for its turn.
const REQUEST_SECONDS: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

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
    USERS_TABLE_UP: Gauge, "regain_users_table_up",
        "Whether the application's users table could be used at the last look.";
    MAIL_UP: Gauge, "regain_mail_up",
        "Whether the application's mail server could be used at the last look.";
    ASKS: Counter, "regain_asks_total",
        "Asks for a link by what became of them at the door, where nobody looks at accounts.";
    ASKS_WITHOUT_MAIL: Counter, "regain_asks_without_mail_total",
        "What the worker made no mail for: an ask that no account fits, or an account found.";
    MAILS: Counter, "regain_mails_total",
        "Mails by what became of a try: sent, put off to be retried, refused for good and so lost, \
         or given up as too late to be of use.";
    MAIL_SEND_SECONDS: Histogram(MAIL_SECONDS), "regain_mail_send_seconds",
        "How long handing one mail over took, taken or not.";
    MAIL_BUDGET_EXHAUSTED: Counter, "regain_mail_budget_exhausted_total",
        "Mails not made since their account had had as many as it may.";
    MAIL_PACE_WAITS: Counter, "regain_mail_pace_waits_total",
        "Mails that waited for their turn in the pace of their application or its provider.";
    COMPLETIONS: Counter, "regain_completions_total",
        "Tries to use a token, by what it is for and by what became of them.";
    BREACH_LOOKUPS: Counter, "regain_breach_lookups_total",
        "New passwords of which the breach service was asked, by what it told.";
    TOKENS_REFUSED: Counter, "regain_tokens_refused_total",
        "Tokens that were used or looked at and do nothing, by the reason that nobody else is told.";
    LIMITS_REFUSED: Counter, "regain_limits_refused_total",
        "Requests of clients that came too often, by what they wanted.";
    WEBHOOK_CALLS: Counter, "regain_webhook_calls_total",
        "Calls of an application's webhook, by what became of a try as for mails.";
    QUEUE_DEPTH: Gauge, "regain_queue_depth",
        "Jobs that wait for a worker or are put off.";
    QUEUE_CAPACITY: Gauge, "regain_queue_capacity",
        "Jobs that may wait before asks are refused.";
    QUEUE_OLDEST_AGE: Gauge, "regain_queue_oldest_age_seconds",
        "How long ago the oldest of the jobs that wait for a worker was asked for.";
    JOBS_LOST: Counter, "regain_jobs_lost_total",
        "Accepted jobs that were dropped undone: no room to put them off, or they broke off.";
    JOBS_DOUBLED: Counter, "regain_jobs_doubled_total",
        "Jobs in Redis that were given out again, since whoever had them did not finish them.";
    JOBS_UNAUTHENTIC: Counter, "regain_jobs_unauthentic_total",
        "Jobs in Redis that none of our keys has sealed, and that were dropped.";
    QUEUE_FALLBACK: Counter, "regain_queue_fallback_total",
        "Jobs that went through the process since Redis could not be used.";
    LIMITS_FALLBACK: Counter, "regain_limits_fallback_total",
        "Counts that this replica made for itself since Redis could not be used.";
    REDIS_UP: Gauge, "regain_redis_up",
        "Whether Redis could be used at the last look, for the queue and for the limits.";
    HASHING_PERMITS: Gauge, "regain_hashing_permits",
        "Passwords that may be hashed at a time.";
    HASHING_IN_USE: Gauge, "regain_hashing_in_use",
        "Passwords that are being hashed.";
    HASHING_WAIT_SECONDS: Histogram(WAIT_SECONDS), "regain_hashing_wait_seconds",
        "How long passwords waited for their turn to be hashed, or until they were given up.";
    HTTP_REQUESTS: Counter, "regain_http_requests_total",
        "Requests that were answered, by method, route and status code.";
    HTTP_REQUEST_SECONDS: Histogram(REQUEST_SECONDS), "regain_http_request_seconds",
        "How long requests took to be answered, from when their headers were read.";
    KEY_INFO: Gauge, "regain_key_info",
        "1 for each key in use and 0 for one that was retired, with what tells keys of one name apart.";
    KEYS_REFUSED: Counter, "regain_keys_refused_total",
        "Keys of the folder that are not taken, each at each look.";
    SPANS_DROPPED: Counter, "regain_spans_dropped_total",
        "Spans of traces that no collector got: it did not take them, or too many waited for it.";
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
