//! Counts kept in Redis, where all replicas count together.
//!
//! One script and so one round trip a decision. While Redis cannot be used each replica counts for
//! itself: nobody is let through uncounted, and nobody waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use redis::Script;

use super::MemoryLimits;
use super::gcra::Gcra;
use super::rates::{Allowance, Rates};
use crate::recovery::{Door, Limits, Quota, TryAfter, meters};
use crate::redis::{Redis, Trouble};
use crate::token::{ApplicationKeys, LimiterKey, base64url};

/// So much of a MAC names a key: two that meet by chance are not to be expected.
const NAME_BYTES: usize = 16;

/// Limits that replicas share.
pub struct RedisLimits {
    redis: Redis,
    hidden: LimiterKey,
    applications: BTreeMap<String, ApplicationKeys>,
    rates: Rates,
    take: Script,
    give_back: Script,
    /// For as long as Redis cannot be used.
    alone: MemoryLimits,
    counts_alone: AtomicBool,
    /// Redis is there and does not count, as where it has no memory left.
    refused: AtomicBool,
}

impl RedisLimits {
    /// Limits of these rates; `applications` are their keys by name. Where Redis cannot be used,
    /// `alone` counts.
    #[must_use]
    pub fn new(
        rates: Rates,
        redis: Redis,
        hidden: LimiterKey,
        applications: impl IntoIterator<Item = (String, ApplicationKeys)>,
        alone: MemoryLimits,
    ) -> Self {
        Self {
            redis,
            hidden,
            applications: applications.into_iter().collect(),
            rates,
            take: Script::new(include_str!("take.lua")),
            give_back: Script::new(include_str!("give_back.lua")),
            alone,
            counts_alone: AtomicBool::new(false),
            refused: AtomicBool::new(false),
        }
    }

    /// A key's name, which tells nothing of whom it counts.
    fn name(&self, tag: [u8; 32]) -> String {
        self.redis.key(&format!("limit:{}", base64url::encode(&tag[..NAME_BYTES])))
    }

    fn name_of_client(&self, own: Option<&str>, door: Door, client: &str) -> String {
        let whose = format!("{}\0{client}", door.name());
        self.name(match own.and_then(|app| self.applications.get(app)) {
            Some(keys) => keys.limiter_key(format!("client\0{whose}").as_bytes()),
            None => self.hidden.tag(whose.as_bytes()),
        })
    }

    fn name_of_pace(&self, name: &str) -> String {
        self.name(self.hidden.tag(format!("pace\0{name}").as_bytes()))
    }

    fn name_of_account(&self, app: &ApplicationKeys, user_id: &str) -> String {
        self.name(app.limiter_key(format!("account\0{user_id}").as_bytes()))
    }

    /// Takes an event, if it is no longer away than `patience`.
    async fn take(
        &self,
        key: String,
        rate: Gcra,
        patience: Duration,
    ) -> Result<Result<Taken, TryAfter>, Trouble> {
        let mut call = self.take.key(key);
        call.arg(micros(rate.interval())).arg(micros(rate.tolerance())).arg(micros(patience));
        let answer = self.redis.invoke::<(bool, u64, u64)>(&call).await;
        match &answer {
            Err(trouble) => self.note(Some(trouble)),
            Ok((true, ..)) => self.note(None),
            // Nothing was written, and so it does not show that anything can be.
            Ok((false, ..)) => {}
        }
        let (taken, wait, until_whole) = answer?;
        let (wait, until_whole) = (Duration::from_micros(wait), Duration::from_micros(until_whole));
        Ok(if taken { Ok(Taken { wait, until_whole }) } else { Err(TryAfter(wait)) })
    }

    /// Gives an event back that was taken.
    async fn put_back(&self, key: String, rate: Gcra) -> Result<(), Trouble> {
        let mut call = self.give_back.key(key);
        call.arg(micros(rate.interval()));
        let answer = self.redis.invoke::<()>(&call).await;
        if let Err(trouble) = &answer {
            self.note(Some(trouble));
        }
        answer
    }

    /// Notes that Redis did not count, and logs it whenever that changes.
    fn note(&self, trouble: Option<&Trouble>) {
        if trouble.is_some() {
            meters::limits_fallback();
        }
        self.refused.store(matches!(trouble, Some(Trouble::Refused(_))), Ordering::Relaxed);
        if self.counts_alone.swap(trouble.is_some(), Ordering::Relaxed) != trouble.is_some() {
            if let Some(why) = trouble {
                tracing::error!(%why, "limits are counted by each replica for itself");
            } else {
                tracing::info!("limits are counted together again");
            }
        }
    }
}

/// An event that was taken.
struct Taken {
    /// How long it is until the event.
    wait: Duration,
    /// How long it is until all of the key's are there again.
    until_whole: Duration,
}

#[async_trait]
impl Limits for RedisLimits {
    fn quota(&self, app: &str, door: Door) -> Option<Quota> {
        self.rates.quota(app, door)
    }

    async fn client(&self, app: &str, door: Door, client: &str) -> Result<Duration, TryAfter> {
        if !self.rates.enabled {
            return Ok(Duration::ZERO);
        }
        let Allowance { own, rate } = self.rates.client(app, door);
        match self.take(self.name_of_client(own, door, client), rate, Duration::ZERO).await {
            Ok(taken) => taken.map(|taken| taken.until_whole),
            Err(_) => self.alone.client(app, door, client).await,
        }
    }

    async fn give_request_back(&self, app: &str, door: Door, client: &str) {
        if !self.rates.enabled {
            return;
        }
        let Allowance { own, rate } = self.rates.client(app, door);
        if self.put_back(self.name_of_client(own, door, client), rate).await.is_err() {
            self.alone.give_request_back(app, door, client).await;
        }
    }

    async fn mail_budget(&self, app: &str, user_id: &str) -> Result<(), TryAfter> {
        let keys = self.applications.get(app).filter(|_| self.rates.enabled);
        let Some(keys) = keys else { return self.alone.mail_budget(app, user_id).await };
        let key = self.name_of_account(keys, user_id);
        match self.take(key, self.rates.account(app), Duration::ZERO).await {
            Ok(taken) => taken.map(drop),
            Err(_) => self.alone.mail_budget(app, user_id).await,
        }
    }

    async fn give_back(&self, app: &str, user_id: &str) {
        let keys = self.applications.get(app).filter(|_| self.rates.enabled);
        let Some(keys) = keys else { return self.alone.give_back(app, user_id).await };
        let (key, rate) = (self.name_of_account(keys, user_id), self.rates.account(app));
        if self.put_back(key, rate).await.is_err() {
            self.alone.give_back(app, user_id).await;
        }
    }

    async fn pace(&self, name: &str, patience: Duration) -> Result<Duration, TryAfter> {
        let rate = self.rates.paces.get(name).filter(|_| self.rates.enabled);
        let Some(rate) = rate else { return self.alone.pace(name, patience).await };
        match self.take(self.name_of_pace(name), *rate, patience).await {
            Ok(taken) => taken.map(|taken| taken.wait),
            Err(_) => self.alone.pace(name, patience).await,
        }
    }

    async fn give_turn_back(&self, name: &str) {
        let rate = self.rates.paces.get(name).filter(|_| self.rates.enabled);
        let Some(rate) = rate else { return self.alone.give_turn_back(name).await };
        if self.put_back(self.name_of_pace(name), *rate).await.is_err() {
            self.alone.give_turn_back(name).await;
        }
    }

    fn trouble(&self) -> Option<&'static str> {
        // What was counted alone for lack of a connection is over once there is one.
        let alone =
            self.rates.enabled && (self.refused.load(Ordering::Relaxed) || !self.redis.is_up());
        alone.then_some("the limits that replicas share")
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
