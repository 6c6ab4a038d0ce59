//! How much a client may still ask for, in the header fields `RateLimit-Policy` and `RateLimit` of the
//! IETF (draft-ietf-httpapi-ratelimit-headers): structured fields (RFC 9651), an item for each
//! allowance that the request was counted in. They say what the door knows and nothing of accounts.

use std::time::Duration;

use poem::Response;
use poem::http::{HeaderName, HeaderValue};

use crate::recovery::Standing;

/// What an allowance holds at most (`q`), and in how many seconds that comes back (`w`).
pub const POLICY: &str = "RateLimit-Policy";
/// How much of it is left (`r`), and in how many seconds there is one more (`t`).
pub const NOW: &str = "RateLimit";

/// The same as names of headers, which have no capitals.
const NAMES: [HeaderName; 2] =
    [HeaderName::from_static("ratelimit-policy"), HeaderName::from_static("ratelimit")];

/// Says in an answer how its client stands; nothing where nothing was counted.
pub fn mark(answer: &mut Response, standings: &[Standing]) {
    for (name, item) in NAMES.into_iter().zip([policy, now]) {
        let items: Vec<_> = standings.iter().map(item).collect();
        let value = HeaderValue::try_from(items.join(", "));
        if let Some(value) = value.ok().filter(|value| !value.is_empty()) {
            answer.headers_mut().insert(name, value);
        }
    }
}

fn policy(standing: &Standing) -> String {
    let (name, quota) = (standing.door.name(), standing.quota);
    format!("\"{name}\";q={};w={}", quota.requests, seconds(quota.window()))
}

fn now(standing: &Standing) -> String {
    let more = standing.one_more_in().map(|wait| format!(";t={}", seconds(wait)));
    let (name, left) = (standing.door.name(), standing.left());
    format!("\"{name}\";r={left}{}", more.unwrap_or_default())
}

/// Whole ones, and no sooner than it is: as `Retry-After` has them.
fn seconds(duration: Duration) -> u128 {
    duration.as_millis().div_ceil(1000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_one_with_capitals_and_without() {
        assert_eq!(NAMES, [POLICY, NOW].map(|name| name.parse::<HeaderName>().unwrap()));
    }
}
