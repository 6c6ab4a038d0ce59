//! What became of a try: done, put off, or given up.

use std::fmt;
use std::time::Duration;

use super::super::meters::{self, Delivery};
use super::super::{Job, Lost, QueueFull, Recovery, SendError};

/// First wait after passing trouble, more or less; it doubles from attempt to attempt.
const FIRST_RETRY: Duration = Duration::from_secs(2);
/// Longest wait between attempts.
const LONGEST_RETRY: Duration = Duration::from_mins(5);

impl Recovery {
    pub(super) async fn conclude(
        &self,
        job: &Job,
        kind: &'static str,
        outcome: Result<(), SendError>,
        life: Duration,
    ) -> Result<(), QueueFull> {
        match outcome {
            Ok(()) => {
                tracing::info!(app = job.app, kind, "sent");
                meters::tried(job, Delivery::Sent);
            }
            Err(error @ SendError::Unanswered(_)) => {
                meters::tried(job, Delivery::Unanswered);
                return self.later(job, life, &error).await;
            }
            Err(error @ SendError::Passing(_)) => return self.later(job, life, &error).await,
            Err(error @ SendError::Final(_)) => self.give_up(job, Lost::Refused, &error).await,
        }
        Ok(())
    }

    /// Puts a job off because of trouble, unless it would come too late to be of use; and counts
    /// it.
    pub(super) async fn later(
        &self,
        job: &Job,
        life: Duration,
        why: &(dyn fmt::Display + Sync),
    ) -> Result<(), QueueFull> {
        if !self.can_wait(job, life) {
            self.give_up(job, Lost::TooLate, why).await;
            return Ok(());
        }
        meters::tried(job, Delivery::Retried);
        self.put_off(job, why).await
    }

    /// Whether the next try would still be of use.
    pub(super) fn can_wait(&self, job: &Job, life: Duration) -> bool {
        self.clock.now() + longest(job.attempt) < job.asked_at + life
    }

    pub(super) async fn put_off(
        &self,
        job: &Job,
        why: &(dyn fmt::Display + Sync),
    ) -> Result<(), QueueFull> {
        let delay = backoff(job.attempt, self.random.bytes());
        tracing::warn!(app = job.app, kind = job.task.kind(), %why, ?delay, "put off");
        self.jobs.follow(Job { attempt: job.attempt + 1, ..job.clone() }, delay).await
    }

    /// Does nothing more about a job, but to lay it aside for operators.
    pub(super) async fn give_up(&self, job: &Job, lost: Lost, why: &(dyn fmt::Display + Sync)) {
        let refused = lost == Lost::Refused;
        meters::tried(job, if refused { Delivery::Lost } else { Delivery::GivenUp });
        tracing::error!(app = job.app, kind = job.task.kind(), %lost, %why, "given up");
        self.jobs.bury(job, lost).await;
    }
}

/// Doubles from attempt to attempt.
fn step(attempt: u32) -> Duration {
    FIRST_RETRY.saturating_mul(1 << attempt.min(16)).min(LONGEST_RETRY)
}

/// Between three and five quarters of the step, so that what failed together is not tried again
/// together.
fn backoff(attempt: u32, random: [u8; 1]) -> Duration {
    let step = step(attempt);
    step * 3 / 4 + step / 2 * u32::from(random[0]) / 255
}

fn longest(attempt: u32) -> Duration {
    backoff(attempt, [u8::MAX])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_bounded() {
        for (attempt, wait) in [(0, 2), (3, 16), (60, LONGEST_RETRY.as_secs())] {
            let wait = Duration::from_secs(wait);
            assert_eq!(backoff(attempt, [0]), wait * 3 / 4);
            assert_eq!(backoff(attempt, [255]), wait * 5 / 4);
            assert_eq!(longest(attempt), wait * 5 / 4);
        }
    }
}
