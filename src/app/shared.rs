//! What replicas may share: the limits, in memory or in Redis.

use std::sync::Arc;
use std::time::Duration;

use super::{StartError, secrets};
use crate::clock::Clock;
use crate::config::{LimitStore, RedisSettings, Settings};
use crate::limits::{MemoryLimits, RedisLimits};
use crate::recovery::Limits;
use crate::redis::{Address, Redis};
use crate::token::Keyring;

/// How long a decision of a limit waits for Redis before the replica decides alone: somebody waits
/// for the answer.
const LIMIT_PATIENCE: Duration = Duration::from_millis(200);

/// Limits as they are set.
pub(super) fn limits(
    settings: &Settings,
    keyring: &Keyring,
    clock: Clock,
) -> Result<Arc<dyn Limits>, StartError> {
    let apps = || settings.apps.iter();
    let per_hour = apps().map(|(name, app)| (name.clone(), app.mail.per_hour));
    let memory = MemoryLimits::new(&settings.limits, per_hour, clock);
    Ok(match settings.limits.store {
        LimitStore::Memory => Arc::new(memory),
        LimitStore::Redis => {
            let redis = &settings.redis;
            let redis = Redis::connect(address(redis)?, "limits", &redis.prefix, LIMIT_PATIENCE);
            let applications = apps()
                .map(|(name, app)| (name.clone(), keyring.application(name), app.mail.per_hour));
            let (limits, hidden) = (&settings.limits, keyring.limiter());
            Arc::new(RedisLimits::new(limits, redis, hidden, applications, memory))
        }
    })
}

/// Where Redis is.
pub(super) fn address(settings: &RedisSettings) -> Result<Address, StartError> {
    let missing = "add it under [redis], or say store = \"memory\"";
    let url = settings.url.as_ref();
    let url = url.ok_or_else(|| StartError::setting("redis.url", "is missing", missing))?;
    let url = secrets::text(url, "redis.url")?;
    Address::parse(&url, settings)
        .map_err(|error| StartError::setting("redis.url", &error, error.cure()))
}
