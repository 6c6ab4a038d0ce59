//! When a service is left alone, so that not everybody waits in vain for one that is away.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

/// After so many failures in a row,
const FAILURES: u32 = 3;
/// nobody is asked for so long. Then each further failure begins another pause, until one answers.
const PAUSE: Duration = Duration::from_secs(10);

/// How a service does.
#[derive(Default)]
pub(super) struct Rest(Mutex<State>);

#[derive(Default)]
struct State {
    failures: u32,
    until: Option<OffsetDateTime>,
}

impl Rest {
    /// How much is left of a pause, if there is one.
    pub(super) fn left(&self, now: OffsetDateTime) -> Option<Duration> {
        let left = Duration::try_from(self.state().until? - now).ok()?;
        // A clock that was set back must not make it longer.
        (!left.is_zero()).then(|| left.min(PAUSE))
    }

    /// Notes a failure.
    pub(super) fn failed(&self, now: OffsetDateTime) {
        let mut state = self.state();
        state.failures = state.failures.saturating_add(1);
        if state.failures >= FAILURES {
            state.until = Some(now + PAUSE);
        }
    }

    /// Notes an answer, and says whether failures came before it.
    pub(super) fn answered(&self) -> bool {
        std::mem::take(&mut *self.state()).failures > 0
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn after(failures: u32) -> Rest {
        let rest = Rest::default();
        (0..failures).for_each(|_| rest.failed(NOW));
        rest
    }

    #[test]
    fn a66_a_service_rests_after_failures_in_a_row_and_not_after_a_few() {
        assert_eq!(after(FAILURES - 1).left(NOW), None);
        let rest = after(FAILURES);
        assert_eq!(rest.left(NOW), Some(PAUSE));
        assert_eq!(rest.left(NOW + PAUSE - Duration::from_secs(1)), Some(Duration::from_secs(1)));
        assert_eq!(rest.left(NOW + PAUSE), None);
        assert!(rest.answered() && !rest.answered());
        rest.failed(NOW);
        assert_eq!(rest.left(NOW), None, "it counts anew");
    }

    #[test]
    fn a66_once_a_pause_is_over_the_next_failure_begins_another() {
        let rest = after(FAILURES);
        rest.failed(NOW + PAUSE);
        assert_eq!(rest.left(NOW + PAUSE), Some(PAUSE));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_pause_longer() {
        let rest = after(FAILURES);
        assert_eq!(rest.left(NOW - Duration::from_hours(24)), Some(PAUSE));
    }
}
