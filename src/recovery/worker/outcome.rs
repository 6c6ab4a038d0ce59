//! What became of a try: done, put off, or given up.

use std::fmt;
use std::time::Duration;

use super::super::audit;
use super::super::meters::{self, Delivery};
use super::super::{Job, Later, Lost, Mail, Recovery, SendError, Task, trace};
use super::newest;

/// First wait after passing trouble, more or less; it doubles from attempt to attempt.
const FIRST_RETRY: Duration = Duration::from_secs(2);
/// How long before a job is of no more use it is tried for the last time.
const LAST_TRY: Duration = Duration::from_secs(1);
/// Longest wait between attempts.
const LONGEST_RETRY: Duration = Duration::from_mins(5);

impl Recovery {
    pub(super) async fn conclude(
        &self,
        job: &Job,
        kind: &'static str,
        outcome: Result<(), SendError>,
        life: Duration,
    ) -> Option<Later> {
        match outcome {
            Ok(()) => {
                audit::sent(job, kind);
                tried(job, Delivery::Sent);
                None
            }
            Err(error @ SendError::Unanswered(_)) => {
                tried(job, Delivery::Unanswered);
                self.later(job, life, &error).await
            }
            Err(error @ SendError::Passing(_)) => self.later(job, life, &error).await,
            Err(error @ SendError::Final(_)) => {
                self.give_up(job, Lost::Refused, &error).await;
                None
            }
        }
    }

    /// Puts a job off because of trouble, unless it would come too late to be of use; and counts
    /// it.
    pub(super) async fn later(
        &self,
        job: &Job,
        life: Duration,
        why: &(dyn fmt::Display + Sync),
    ) -> Option<Later> {
        let left = self.put_off(job, life, why);
        if left.is_some() {
            tried(job, Delivery::Retried);
        } else {
            self.give_up(job, Lost::TooLate, why).await;
        }
        left
    }

    /// Puts a job off, unless the next try would come too late to be of use. The last one comes
    /// while it still is.
    pub(super) fn put_off(
        &self,
        job: &Job,
        life: Duration,
        why: &(dyn fmt::Display + Sync),
    ) -> Option<Later> {
        let left = Duration::try_from(job.asked_at + life - self.clock.now()).unwrap_or_default();
        let last = left.checked_sub(LAST_TRY).filter(|last| *last >= FIRST_RETRY)?;
        let after = backoff(job.attempt, self.random.bytes()).min(last);
        let delay_s = after.as_secs_f32();
        tracing::warn!(app = job.app, kind = job.task.kind(), %why, delay_s, "put off");
        Some(Later { job: Job { attempt: job.attempt + 1, ..job.clone() }, after })
    }

    /// Does nothing more about a job, but to lay it aside for operators.
    ///
    /// A mail whose turn would not come was never made, and its account has it back. So has it where the
    /// newest link wins: there an ask must not be wasted, since links before it may be void. Then a mail that
    /// is refused has its turn back, too: no budget bounds how often an address is tried that refuses all,
    /// and that must take nobody else's turn.
    pub(super) async fn give_up(&self, job: &Job, lost: Lost, why: &(dyn fmt::Display + Sync)) {
        let refused = lost == Lost::Refused;
        tried(job, if refused { Delivery::Lost } else { Delivery::GivenUp });
        tracing::error!(app = job.app, kind = job.task.kind(), %lost, %why, "given up");
        if let Task::Mail(Mail::Link { user_id, wish, .. }) = &job.task
            && let Some(app) = self.application(&job.app)
        {
            let wins = newest::wins(app, wish);
            if lost == Lost::TooMuch || wins {
                self.limits.give_back(&job.app, &wish.origin.payer(user_id)).await;
            }
            if refused && wins {
                self.give_turns_back(&app.paces).await;
            }
        }
        self.jobs.bury(job, lost, self.clock.now()).await;
    }
}

/// Counts a try and tells the trace of it.
fn tried(job: &Job, delivery: Delivery) {
    meters::tried(job, delivery);
    trace::came_to(delivery.word(), delivery == Delivery::Sent);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_bounded() {
        for (attempt, wait) in [(0, 2), (3, 16), (60, LONGEST_RETRY.as_secs())] {
            let wait = Duration::from_secs(wait);
            assert_eq!(backoff(attempt, [0]), wait * 3 / 4);
            assert_eq!(backoff(attempt, [255]), wait * 5 / 4);
        }
    }
}
