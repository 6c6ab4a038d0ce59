//! What replicas may share: the limits and the queue, in memory or in Redis.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{StartError, secrets};
use crate::clock::Clock;
use crate::config::{LimitStore, QueueFallback, QueueStore, RedisSettings, Settings};
use crate::limits::{MemoryLimits, Rates, RedisLimits};
use crate::queue::{MemoryQueue, Parcels, Queue, RedisQueue, RedisQueueSettings, Room};
use crate::random::Random;
use crate::recovery::{Limits, meters};
use crate::redis::{Address, Redis};
use crate::token::Keyring;

/// How long a decision of a limit waits for Redis before the replica decides alone: somebody waits
/// for the answer.
const LIMIT_PATIENCE: Duration = Duration::from_millis(200);

/// How long the queue waits for Redis, which syncs every write to its disk before it answers, and a busy disk
/// takes a second now and then.
const QUEUE_PATIENCE: Duration = Duration::from_secs(3);

/// How long a worker waits for Redis: nobody waits for it, and what it was given must not be lost
/// on its way.
const WORK_PATIENCE: Duration = Duration::from_secs(15);

/// Steps of handing over one mail that each may take a provider's `timeout`: to see whether a kept
/// connection is alive, to connect, STARTTLS, the login, and six answers to the mail itself.
const STEPS_PER_MAIL: u32 = 10;

/// What a process may be late by, beyond the longest attempt, before it counts as dead.
const LATE: Duration = Duration::from_secs(5);

/// Limits as they are set.
pub(super) fn limits(
    settings: &Settings,
    keyring: &Keyring,
    clock: Clock,
) -> Result<Arc<dyn Limits>, StartError> {
    let own = settings.apps.iter().map(|(name, app)| (name.clone(), app.limits));
    let rates = Rates::new(&settings.limits, own, paces(settings));
    let memory = MemoryLimits::new(rates.clone(), clock);
    Ok(match settings.limits.store {
        LimitStore::Memory => Arc::new(memory),
        LimitStore::Redis => {
            let redis = &settings.redis;
            let redis = Redis::connect(
                address(redis)?,
                "limits",
                &redis.prefix,
                LIMIT_PATIENCE,
                meters::redis,
            );
            let names = settings.apps.keys();
            let keys = names.map(|name| (name.clone(), keyring.application(name)));
            Arc::new(RedisLimits::new(rates, redis, keyring.limiter(), keys, memory))
        }
    })
}

/// How many mails an hour each pace lets go: those of the applications, by their names, and those of
/// the providers that have one.
fn paces(settings: &Settings) -> impl Iterator<Item = (String, u32)> {
    let apps = settings.apps.iter().map(|(name, app)| (name.clone(), app.mail.per_hour));
    let providers = settings.mail.providers.iter();
    let providers = providers.filter_map(|(name, it)| Some((pace_of_provider(name), it.per_hour?)));
    apps.chain(providers)
}

/// What no application can be called.
pub(super) fn pace_of_provider(name: &str) -> String {
    format!("mail.providers.{name}")
}

/// The queue as it is set.
pub(super) fn queue(
    settings: &Settings,
    keyring: &Keyring,
    random: Random,
) -> Result<Queue, StartError> {
    let memory = || MemoryQueue::with(room(settings));
    Ok(match settings.queue.store {
        QueueStore::Memory => Queue::Memory(memory()),
        QueueStore::Redis => {
            let fallback = settings.queue.fallback == QueueFallback::Memory;
            let fallback = fallback.then(memory);
            Queue::Redis(redis_queue(settings, keyring, random, fallback, QUEUE_PATIENCE)?)
        }
    })
}

/// The queue in Redis, whose answers are waited for so long.
pub(super) fn redis_queue(
    settings: &Settings,
    keyring: &Keyring,
    random: Random,
    fallback: Option<Arc<MemoryQueue>>,
    patience: Duration,
) -> Result<Arc<RedisQueue>, StartError> {
    let redis = &settings.redis;
    let (place, prefix) = (address(redis)?, &redis.prefix);
    let work = Redis::connect(place.clone(), "workers", prefix, WORK_PATIENCE, meters::redis);
    let redis = Redis::connect(place, "queue", prefix, patience, meters::redis);
    let keys = settings.apps.keys().map(|name| (name.clone(), keyring.application(name)));
    let parcels = Parcels::new(keys.collect::<BTreeMap<_, _>>(), random);
    let (room, silence) = (room(settings), silence(settings));
    let settings = RedisQueueSettings { room, silence, fallback };
    Ok(RedisQueue::new(redis, work, parcels, settings))
}

/// For how many jobs there is room: of one application half of all where there are several, so that what
/// one is flooded with leaves room for what the others are asked for.
fn room(settings: &Settings) -> Room {
    let capacity = settings.queue.capacity;
    let part = if settings.apps.len() > 1 { capacity.div_ceil(2) } else { capacity };
    Room { capacity, part }
}

/// How long a process that was given a job may be silent before another one gets it: longer than it
/// takes to hand one mail over or to make one call, so that a process that lost Redis meanwhile can
/// finish.
fn silence(settings: &Settings) -> Duration {
    let mails = settings.mail.providers.values().map(|it| it.timeout.0 * STEPS_PER_MAIL);
    let webhooks = settings.apps.values().filter_map(|app| app.webhook.as_ref());
    mails.chain(webhooks.map(|it| it.timeout.0)).max().unwrap_or_default() + LATE
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
