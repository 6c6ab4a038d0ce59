//! Whether Redis is there, and keeps what it is given.

use std::time::Duration;

use redis::cmd;

use super::{Finding, shared};
use crate::config::{LimitStore, QueueStore, Settings};
use crate::redis::{Redis, Trouble};

/// Nobody waits for an answer in the browser.
const PATIENCE: Duration = Duration::from_secs(6);

/// The first release that can give out again what a dead replica was given.
const OLDEST: (u32, u32) = (6, 2);

const WHY: &str = "jobs or counts are kept there";
const WHY_DURABLE: &str = "an ask that was accepted must outlive a crash of Redis";

pub(super) async fn examine(settings: &Settings) -> Vec<Finding> {
    let queue = settings.queue.store == QueueStore::Redis;
    if !queue && settings.limits.store != LimitStore::Redis {
        return vec![];
    }
    let address = match shared::address(&settings.redis) {
        Ok(address) => address,
        Err(error) => return vec![Finding::from(error)],
    };
    let (place, protected) = (address.whereabouts(), address.is_protected());
    let redis = Redis::connect(address, "check", &settings.redis.prefix, PATIENCE, |_, _| {});
    let version = match redis.query::<String>(cmd("INFO").arg("server")).await {
        Ok(info) => said(&info, "redis_version").map(str::to_owned),
        Err(trouble) => return vec![unreachable(&place, &redis.explained(trouble))],
    };
    let tls = if protected { " (TLS)" } else { "" };
    let mut findings = vec![Finding::ok(format!("Redis at {place} is reached{tls}"), WHY)];
    findings.push(of_version(version.as_deref()));
    if queue {
        findings.extend(durable(&redis).await);
    }
    findings
}

fn unreachable(place: &str, trouble: &Trouble) -> Finding {
    let cure = "try the same URL by redis-cli -u from this machine, then correct redis.url";
    Finding::error(format!("Redis at {place} cannot be used: {trouble}"), WHY, cure)
}

fn of_version(version: Option<&str>) -> Finding {
    let why = "what a dead replica was given is claimed by XAUTOCLAIM, which 6.2 brought";
    let Some(version) = version else {
        return Finding::warning("Redis does not say which release it is", why, "use 6.2 or later");
    };
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let (major, minor) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if (major, minor) < OLDEST {
        return Finding::error(format!("Redis is {version}"), why, "use 6.2 or later");
    }
    Finding::ok(format!("Redis is {version}"), why)
}

/// Whether it keeps every job that it has said it has.
async fn durable(redis: &Redis) -> Vec<Finding> {
    let mut findings = vec![];
    for (name, wanted) in [("appendonly", "yes"), ("appendfsync", "always")] {
        findings.push(match setting(redis, name).await {
            Some(value) if value == wanted => {
                Finding::ok(format!("`{name}` of Redis is {wanted}"), WHY_DURABLE)
            }
            Some(value) => Finding::warning(
                format!("`{name}` of Redis is {value}"),
                WHY_DURABLE,
                format!("redis-cli CONFIG SET {name} {wanted}, and the same in redis.conf"),
            ),
            None => unseen(name, wanted),
        });
    }
    let name = "maxmemory-policy";
    let why = "Redis must refuse a job rather than throw another one away";
    let cure = "redis-cli CONFIG SET maxmemory-policy noeviction, and the same in redis.conf";
    findings.push(match setting(redis, name).await.as_deref() {
        Some("noeviction") => Finding::ok(format!("`{name}` of Redis is noeviction"), why),
        Some(policy) if policy.starts_with("volatile") => {
            Finding::warning(format!("`{name}` of Redis is {policy}"), why, cure)
        }
        Some(policy) => Finding::error(format!("`{name}` of Redis is {policy}"), why, cure),
        None => unseen(name, "noeviction"),
    });
    findings
}

/// A setting that Redis does not show: managed ones and access lists forbid it.
fn unseen(name: &str, wanted: &str) -> Finding {
    Finding::warning(
        format!("`{name}` of Redis cannot be seen"),
        WHY_DURABLE,
        format!(
            "let the user in redis.url see it: ACL SETUSER that_user +config|get; or see with \
             whoever runs it that it is {wanted}"
        ),
    )
}

async fn setting(redis: &Redis, name: &str) -> Option<String> {
    let answer = redis.query::<Vec<String>>(cmd("CONFIG").arg("GET").arg(name)).await;
    answer.ok()?.into_iter().nth(1)
}

/// A value of what INFO says.
fn said<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Level;

    #[test]
    fn releases_that_cannot_claim_are_refused() {
        assert_eq!(said("# Server\r\nredis_version:7.0.15\r\n", "redis_version"), Some("7.0.15"));
        for (version, level) in [
            (Some("7.0.15"), Level::Ok),
            (Some("6.2.0"), Level::Ok),
            (Some("6.0.16"), Level::Error),
            (Some("5.0"), Level::Error),
            (None, Level::Warning),
        ] {
            assert_eq!(of_version(version).level, level, "{version:?}");
        }
    }
}
