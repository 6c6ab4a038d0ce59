//! How a client stands with what it is allowed at the door, for whoever answers the request.
//!
//! It is noted where a request is counted, and taken along by whoever awaits the journey
//! ([`noting`]): so no journey has to carry it, and none can forget it. Only doors are noted, which
//! know the client and nothing of any account: budgets of accounts are never told.

use std::cell::RefCell;
use std::future::Future;
use std::time::Duration;

use tokio::task_local;

use super::{Door, Quota, TryAfter};

task_local! {
    static NOTED: RefCell<Vec<Standing>>;
}

/// How a client stands at a door after a request was counted there, or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The door.
    pub door: Door,
    /// What it allows.
    pub quota: Quota,
    /// How long it is until all of it is there again.
    until_whole: Duration,
}

impl Standing {
    pub(super) fn new(door: Door, quota: Quota, counted: Result<Duration, TryAfter>) -> Self {
        let all_but_one = quota.interval * quota.requests.saturating_sub(1);
        let until_whole = counted.unwrap_or_else(|TryAfter(wait)| wait + all_but_one);
        Self { door, quota, until_whole }
    }

    /// How many requests there are now.
    #[must_use]
    pub fn left(self) -> u32 {
        let (interval, there) = (self.quota.interval, self.quota.window());
        let left = there.saturating_sub(self.until_whole).as_nanos() / interval.as_nanos().max(1);
        u32::try_from(left).unwrap_or(u32::MAX).min(self.quota.requests)
    }

    /// How long it is until there is one more; nothing where there can be no more.
    #[must_use]
    pub fn one_more_in(self) -> Option<Duration> {
        let left = self.left();
        let more = self.quota.interval * left.saturating_add(1);
        let wait = (self.until_whole + more).saturating_sub(self.quota.window());
        (left < self.quota.requests).then_some(wait)
    }
}

/// Does work that may count requests, and says how the client stands at each door that counted, in
/// the order of counting.
pub async fn noting<T>(work: impl Future<Output = T>) -> (T, Vec<Standing>) {
    let work = async {
        let done = work.await;
        (done, NOTED.with(RefCell::take))
    };
    NOTED.scope(RefCell::default(), work).await
}

/// Notes a standing in place of an earlier one at the same door. Where nobody wants to know, it is
/// forgotten.
pub(super) fn note(standing: Standing) {
    change(|noted| {
        noted.retain(|earlier| earlier.door != standing.door);
        noted.push(standing);
    });
}

/// Notes that a request was given back.
pub(super) fn note_given_back(door: Door) {
    change(|noted| {
        for standing in noted.iter_mut().filter(|standing| standing.door == door) {
            let until_whole = standing.until_whole.saturating_sub(standing.quota.interval);
            standing.until_whole = until_whole;
        }
    });
}

fn change(change: impl FnOnce(&mut Vec<Standing>)) {
    let _nobody_wants_to_know = NOTED.try_with(|noted| change(&mut noted.borrow_mut()));
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { requests: 3, interval: Duration::from_mins(20) };

    fn at(counted: Result<Duration, TryAfter>) -> (u32, Option<u64>) {
        let standing = Standing::new(Door::Ask, QUOTA, counted);
        (standing.left(), standing.one_more_in().map(|wait| wait.as_secs()))
    }

    #[test]
    fn what_is_left_and_when_there_is_more_is_told_to_the_second() {
        let minutes = Duration::from_mins;
        assert_eq!(at(Ok(minutes(20))), (2, Some(1200)), "the first of three");
        assert_eq!(at(Ok(minutes(40))), (1, Some(1200)));
        assert_eq!(at(Ok(minutes(60))), (0, Some(1200)), "the last");
        assert_eq!(at(Ok(minutes(35))), (1, Some(900)));
        assert_eq!(at(Ok(minutes(0))), (3, None));
        assert_eq!(at(Err(TryAfter(minutes(7)))), (0, Some(420)), "as Retry-After has it");
    }

    #[tokio::test]
    async fn each_door_that_counted_is_told_of_once_and_as_it_is_in_the_end() {
        let standing = |door, ahead| Standing::new(door, QUOTA, Ok(Duration::from_mins(ahead)));
        note(standing(Door::Key, 20));
        let ((), noted) = noting(async {
            note(standing(Door::Ask, 20));
            note(standing(Door::Key, 40));
            note(standing(Door::Ask, 60));
            note_given_back(Door::Ask);
        })
        .await;
        let told: Vec<_> = noted.iter().map(|it| (it.door, it.left())).collect();
        assert_eq!(told, [(Door::Key, 1), (Door::Ask, 1)]);
    }
}
