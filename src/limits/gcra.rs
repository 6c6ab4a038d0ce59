//! The generic cell rate algorithm: one time per key says all there is to know.

use std::time::Duration;

use crate::config::Rate;
use crate::recovery::Quota;

/// A rate with a burst.
#[derive(Clone, Copy, Debug)]
pub struct Gcra {
    /// How long one event takes to come back.
    interval: Duration,
    /// How far the theoretical arrival time may lie ahead of now.
    tolerance: Duration,
}

impl Gcra {
    /// `burst` events at once, and one more each `interval`.
    pub fn new(burst: u32, interval: Duration) -> Self {
        Self { interval, tolerance: interval * burst.saturating_sub(1) }
    }

    /// So many events an hour, and a minute's worth at once, so that a short rush is not spread out.
    pub fn hourly(events: u32) -> Self {
        Self::new((events / 60).max(1), Duration::from_hours(1) / events.max(1))
    }

    /// How long one event takes to come back.
    pub const fn interval(self) -> Duration {
        self.interval
    }

    /// How far the theoretical arrival time may lie ahead of now.
    pub const fn tolerance(self) -> Duration {
        self.tolerance
    }

    /// Takes the next event there will be, from a key whose theoretical arrival time is `arrival`:
    /// the key's next arrival time, and how long it is from `now` until the event.
    pub fn reserve(self, arrival: Duration, now: Duration) -> (Duration, Duration) {
        let arrival = arrival.max(now);
        (arrival + self.interval, arrival.saturating_sub(now + self.tolerance))
    }

    /// The arrival time of a key without its last event.
    pub fn give_back(self, arrival: Duration) -> Duration {
        arrival.saturating_sub(self.interval)
    }

    /// Takes one event at `now` from a key whose theoretical arrival time is `arrival`; times
    /// count from any fixed moment. The key's next arrival time, or how long to wait.
    pub fn take(self, arrival: Duration, now: Duration) -> Result<Duration, Duration> {
        match self.reserve(arrival, now) {
            (next, Duration::ZERO) => Ok(next),
            (_, wait) => Err(wait),
        }
    }
}

impl From<Gcra> for Quota {
    fn from(rate: Gcra) -> Self {
        let more = rate.tolerance.as_nanos() / rate.interval.as_nanos().max(1);
        let requests = u32::try_from(more).unwrap_or(u32::MAX).saturating_add(1);
        Self { requests, interval: rate.interval }
    }
}

impl From<Rate> for Gcra {
    fn from(rate: Rate) -> Self {
        Self::new(rate.events, rate.interval())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_burst_is_allowed_at_once_and_then_one_an_interval() {
        let rate = Gcra::new(3, Duration::from_mins(20));
        let mut arrival = Duration::ZERO;
        for _event in 0..3 {
            arrival = rate.take(arrival, Duration::ZERO).unwrap();
        }
        assert_eq!(rate.take(arrival, Duration::ZERO), Err(Duration::from_mins(20)));
        assert_eq!(rate.take(arrival, Duration::from_mins(19)), Err(Duration::from_mins(1)));
        assert!(rate.take(arrival, Duration::from_mins(20)).is_ok());
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_burst_and_what_came_back(
            gaps in proptest::collection::vec(0_u64..900, 1..200),
            window in 1_u64..7200,
        ) {
            let (burst, interval) = (3, 1200);
            let rate = Gcra::new(burst, Duration::from_secs(interval));
            let (mut arrival, mut now, mut taken) = (Duration::ZERO, 0, Vec::new());
            for gap in gaps {
                now += gap;
                if let Ok(next) = rate.take(arrival, Duration::from_secs(now)) {
                    arrival = next;
                    taken.push(now);
                }
            }
            for start in &taken {
                let within = taken.iter().filter(|t| *t >= start && **t < start + window).count();
                let most = u64::from(burst) + window.div_ceil(interval);
                prop_assert!(within as u64 <= most);
            }
        }
    }
}
