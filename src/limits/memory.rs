//! Counts kept in the process, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::gcra::Gcra;
use super::rates::{Allowance, Rates};
use crate::clock::Clock;
use crate::recovery::{Door, Limits, Quota, TryAfter};

/// Most keys that are counted at a time, for clients and for accounts each, of all applications
/// together: some ten megabytes.
const MAX_KEYS: usize = 100_000;

/// Limits of one process; each replica counts for itself.
pub struct MemoryLimits {
    clock: Clock,
    started: OffsetDateTime,
    rates: Rates,
    /// In the order of [`Door::ALL`], by application (empty where they count together) and client.
    doors: [Counts<(String, String)>; Door::ALL.len()],
    accounts: Counts<(String, String)>,
    pace: HashMap<String, Turns>,
}

impl MemoryLimits {
    /// Limits of these rates.
    #[must_use]
    pub fn new(rates: Rates, clock: Clock) -> Self {
        let pace = |(name, rate): (&String, &Gcra)| {
            (name.clone(), Turns { rate: *rate, arrival: Mutex::default() })
        };
        Self {
            started: clock.now(),
            doors: Door::ALL.map(|_| Counts::new(MAX_KEYS)),
            accounts: Counts::new(MAX_KEYS),
            pace: rates.paces.iter().map(pace).collect(),
            rates,
            clock,
        }
    }

    fn now(&self) -> Duration {
        Duration::try_from(self.clock.now() - self.started).unwrap_or_default()
    }
}

#[async_trait]
impl Limits for MemoryLimits {
    fn quota(&self, app: &str, door: Door) -> Option<Quota> {
        self.rates.quota(app, door)
    }

    async fn client(&self, app: &str, door: Door, client: &str) -> Result<Duration, TryAfter> {
        if !self.rates.enabled {
            return Ok(Duration::ZERO);
        }
        let Allowance { own, rate } = self.rates.client(app, door);
        let key = key_of_client(own, client);
        self.doors[door as usize].take(key, rate, self.now()).map_err(TryAfter)
    }

    async fn give_request_back(&self, app: &str, door: Door, client: &str) {
        let Allowance { own, rate } = self.rates.client(app, door);
        self.doors[door as usize].give_back(&key_of_client(own, client), rate);
    }

    async fn mail_budget(&self, app: &str, user_id: &str) -> Result<(), TryAfter> {
        if !self.rates.enabled {
            return Ok(());
        }
        let key = (app.to_owned(), user_id.to_owned());
        let taken = self.accounts.take(key, self.rates.account(app), self.now());
        taken.map(drop).map_err(TryAfter)
    }

    async fn give_back(&self, app: &str, user_id: &str) {
        let key = (app.to_owned(), user_id.to_owned());
        self.accounts.give_back(&key, self.rates.account(app));
    }

    async fn pace(&self, name: &str, patience: Duration) -> Result<Duration, TryAfter> {
        match self.pace.get(name) {
            Some(pace) if self.rates.enabled => {
                pace.reserve(self.now(), patience).map_err(TryAfter)
            }
            _ => Ok(Duration::ZERO),
        }
    }

    async fn give_turn_back(&self, name: &str) {
        if let Some(pace) = self.pace.get(name) {
            pace.give_back();
        }
    }
}

fn key_of_client(own: Option<&str>, client: &str) -> (String, String) {
    (own.unwrap_or_default().to_owned(), client.to_owned())
}

/// Turns that come one after the other, each waited for by whoever took it.
struct Turns {
    rate: Gcra,
    arrival: Mutex<Duration>,
}

impl Turns {
    fn reserve(&self, now: Duration, patience: Duration) -> Result<Duration, Duration> {
        let mut arrival = self.arrival.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, wait) = self.rate.reserve(*arrival, now);
        if wait > patience {
            return Err(wait);
        }
        *arrival = next;
        Ok(wait)
    }

    fn give_back(&self) {
        let mut arrival = self.arrival.lock().unwrap_or_else(PoisonError::into_inner);
        *arrival = self.rate.give_back(*arrival);
    }
}

/// Arrival times by key, at most `most` of them. Only keys that are back at their full
/// allowance are forgotten, so that a flood of new keys frees nobody who is to wait.
struct Counts<K> {
    most: usize,
    arrivals: Mutex<Arrivals<K>>,
}

struct Arrivals<K> {
    by_key: HashMap<K, Duration>,
    /// No key is worth looking for before this time: so that a full map is not searched each time.
    next_sweep: Duration,
}

/// How often a full map is searched for keys to forget.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

impl<K: Eq + Hash> Counts<K> {
    fn new(most: usize) -> Self {
        let arrivals = Arrivals { by_key: HashMap::new(), next_sweep: Duration::ZERO };
        Self { most, arrivals: Mutex::new(arrivals) }
    }

    fn give_back(&self, key: &K, rate: Gcra) {
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arrival) = arrivals.by_key.get_mut(key) {
            *arrival = rate.give_back(*arrival);
        }
    }

    /// Takes one event: how long it is until all of the key's are there again, or how long to wait.
    fn take(&self, key: K, rate: Gcra, now: Duration) -> Result<Duration, Duration> {
        // A thread that panicked elsewhere leaves whole numbers behind: they are as good as ever.
        let mut arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if !arrivals.by_key.contains_key(&key) && arrivals.by_key.len() >= self.most {
            if now >= arrivals.next_sweep {
                arrivals.by_key.retain(|_, arrival| *arrival > now);
                arrivals.next_sweep = now + SWEEP_EVERY;
            }
            if arrivals.by_key.len() >= self.most {
                return Err(SWEEP_EVERY);
            }
        }
        let arrival = arrivals.by_key.get(&key).copied().unwrap_or_default();
        let next = rate.take(arrival, now)?;
        arrivals.by_key.insert(key, next);
        Ok(next.saturating_sub(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ApplicationLimitSettings, LimitSettings};

    fn rate() -> Gcra {
        Gcra::new(1, Duration::from_mins(1))
    }

    fn limits(settings: &LimitSettings, per_hour: &[(&str, u32)], clock: Clock) -> MemoryLimits {
        let per_hour = per_hour.iter().map(|(name, mails)| ((*name).to_owned(), *mails));
        MemoryLimits::new(Rates::new(settings, [], per_hour), clock)
    }

    #[test]
    fn a53_a_flood_of_keys_is_bounded_and_frees_nobody_who_is_to_wait() {
        let counts = Counts::new(100);
        assert!(counts.take(0, rate(), Duration::ZERO).is_ok());
        for flood in 1..10_000 {
            let _taken_or_refused = counts.take(flood, rate(), Duration::ZERO);
        }
        assert!(counts.arrivals.lock().unwrap().by_key.len() <= 100);
        assert!(
            counts.take(0, rate(), Duration::from_secs(30)).is_err(),
            "the first still has to wait"
        );
        assert!(
            counts.take(99_999, rate(), Duration::from_secs(30)).is_err(),
            "full means refused"
        );
    }

    #[test]
    fn a53_keys_that_are_replenished_make_room() {
        let counts = Counts::new(100);
        for key in 0..100 {
            assert!(counts.take(key, rate(), Duration::ZERO).is_ok());
        }
        assert!(counts.take(100, rate(), Duration::from_secs(59)).is_err());
        assert!(counts.take(100, rate(), Duration::from_secs(61)).is_ok());
        assert_eq!(counts.arrivals.lock().unwrap().by_key.len(), 1);
    }

    #[tokio::test]
    async fn a50_an_account_has_three_mails_at_once_and_one_each_twenty_minutes() {
        let clock = Clock::fixed(OffsetDateTime::UNIX_EPOCH);
        let limits = limits(&LimitSettings::default(), &[], clock.clone());
        let mut mails = 0;
        for _ask in 0..10_000 {
            mails += u32::from(limits.mail_budget("shop", "1").await.is_ok());
        }
        assert_eq!(mails, 3);
        clock.advance(Duration::from_mins(20));
        assert!(limits.mail_budget("shop", "1").await.is_ok());
        assert!(limits.mail_budget("shop", "1").await.is_err());
        assert!(limits.mail_budget("shop", "2").await.is_ok(), "others have their own");
        assert!(limits.mail_budget("blog", "1").await.is_ok());
    }

    #[tokio::test]
    async fn a_mail_that_was_never_made_is_given_back_to_its_account() {
        let clock = Clock::fixed(OffsetDateTime::UNIX_EPOCH);
        let limits = limits(&LimitSettings::default(), &[], clock);
        for _mail in 0..3 {
            assert!(limits.mail_budget("shop", "1").await.is_ok());
        }
        limits.give_back("shop", "1").await;
        limits.give_back("shop", "2").await;
        assert!(
            limits.mail_budget("shop", "1").await.is_ok()
                && limits.mail_budget("shop", "1").await.is_err()
        );
    }

    #[tokio::test]
    async fn paced_mails_take_their_turns_one_after_the_other_and_not_too_late() {
        let clock = Clock::fixed(OffsetDateTime::UNIX_EPOCH);
        let limits = limits(&LimitSettings::default(), &[("shop", 60)], clock.clone());
        let pace = async || limits.pace("shop", Duration::from_mins(3)).await;
        for minutes in 0..=3 {
            assert_eq!(pace().await, Ok(Duration::from_mins(minutes)));
        }
        assert_eq!(pace().await, Err(TryAfter(Duration::from_mins(4))));
        clock.advance(Duration::from_mins(1));
        assert_eq!(pace().await, Ok(Duration::from_mins(3)), "who was refused took no turn");
        limits.give_turn_back("shop").await;
        assert_eq!(pace().await, Ok(Duration::from_mins(3)), "the one given back");
    }

    #[tokio::test]
    async fn each_door_counts_by_itself() {
        let once = "1/h".parse().unwrap();
        let settings =
            LimitSettings { per_client: once, per_key: once, ..LimitSettings::default() };
        let limits = limits(&settings, &[], Clock::fixed(OffsetDateTime::UNIX_EPOCH));
        for door in Door::ALL {
            assert!(limits.client("shop", door, "c").await.is_ok(), "{door:?}");
            assert!(limits.client("shop", door, "c").await.is_err(), "{door:?}");
            limits.give_request_back("shop", door, "c").await;
            assert!(limits.client("shop", door, "c").await.is_ok(), "{door:?}: given back");
        }
    }

    #[tokio::test]
    async fn keys_are_used_oftener_than_clients_come_whatever_an_application_says_of_clients() {
        let own = ApplicationLimitSettings { per_client: "1/h".parse().ok(), ..Default::default() };
        let rates = Rates::new(&LimitSettings::default(), [("shop".to_owned(), own)], []);
        let limits = MemoryLimits::new(rates, Clock::fixed(OffsetDateTime::UNIX_EPOCH));
        for (door, burst) in [(Door::WrongKey, 1), (Door::Key, 600)] {
            for _call in 0..burst {
                assert!(limits.client("shop", door, "shop/backend").await.is_ok(), "{door:?}");
            }
            assert!(limits.client("shop", door, "shop/backend").await.is_err(), "{door:?}");
        }
    }

    #[tokio::test]
    async fn switched_off_nothing_is_limited() {
        let settings = LimitSettings { enabled: false, ..LimitSettings::default() };
        let limits = limits(&settings, &[("shop", 1)], Clock::system());
        for _again in 0..100 {
            assert!(limits.client("shop", Door::Ask, "c").await.is_ok());
            assert!(limits.mail_budget("shop", "1").await.is_ok());
            assert_eq!(limits.pace("shop", Duration::ZERO).await, Ok(Duration::ZERO));
        }
    }

    #[tokio::test]
    async fn a53_keys_of_all_applications_together_are_bounded() {
        let own = ApplicationLimitSettings { per_client: "1/h".parse().ok(), ..Default::default() };
        let apps = ["shop", "blog"].map(|app| (app.to_owned(), own));
        let rates = Rates::new(&LimitSettings::default(), apps, []);
        let limits = MemoryLimits::new(rates, Clock::fixed(OffsetDateTime::UNIX_EPOCH));
        for client in 0..MAX_KEYS {
            let app = if client % 2 == 0 { "shop" } else { "blog" };
            assert!(limits.client(app, Door::Ask, &client.to_string()).await.is_ok());
        }
        assert!(limits.client("shop", Door::Ask, "one more").await.is_err());
        let door = &limits.doors[Door::Ask as usize];
        assert_eq!(door.arrivals.lock().unwrap().by_key.len(), MAX_KEYS);
    }
}
