//! What a connection waits for, and how long it may.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;

use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

use super::Bounds;

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// For the rest of a request's line and headers.
    Asking,
    /// For us.
    Answering,
    /// For the client, to take an answer and to begin another request.
    Resting,
}

const PHASES: u64 = 3;
const ASKING: u64 = Phase::Asking as u64;
const RESTING: u64 = Phase::Resting as u64;

/// The phases of one connection. A number that grows with each: the phase is what remains of it.
pub struct Phases(AtomicU64);

impl Phases {
    /// One that has just been opened: who opens one wants something.
    pub const fn new() -> Self {
        Self(AtomicU64::new(Phase::Asking as u64))
    }

    /// A phase begins.
    pub fn enter(&self, phase: Phase) {
        let next = (self.number() / PHASES + 1) * PHASES;
        self.0.store(next + phase as u64, Ordering::Relaxed);
    }

    /// Whether it is this one.
    pub fn is(&self, phase: Phase) -> bool {
        self.number() % PHASES == phase as u64
    }

    /// The client said something: a request begins, where none was under way.
    pub fn heard(&self) {
        if self.is(Phase::Resting) {
            self.enter(Phase::Asking);
        }
    }

    fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Another phase than that of this number. Nobody is woken for it, so that a request costs nothing
    /// more than its number: whoever lets phases begin has to be polled before this.
    async fn after(&self, number: u64) {
        poll_fn(|_| if self.number() == number { Poll::Pending } else { Poll::Ready(()) }).await;
    }

    /// Resolves once the client has had all its time, or its connection is to make room. The one
    /// whose phase began first is told first, as [`Notify`] has it.
    pub async fn over(&self, bounds: &Bounds, room: &Notify) {
        let timer = sleep(bounds.head.max(bounds.rest));
        tokio::pin!(timer);
        loop {
            let number = self.number();
            let patience = match number % PHASES {
                ASKING => bounds.head,
                RESTING => bounds.rest,
                _answering => {
                    self.after(number).await;
                    continue;
                }
            };
            // From when the phase began: what drips in within it buys no time.
            let end = sleep(patience).deadline();
            tokio::select! {
                biased;
                () = self.after(number) => {}
                () = until(timer.as_mut(), end) => return,
                () = room.notified() => return,
            }
        }
    }
}

/// Resolves at `end`. The timer is set only if it would come too late, and again if it comes too early: most
/// phases are over long before, and setting it for each would cost more.
async fn until(mut timer: Pin<&mut Sleep>, end: Instant) {
    if timer.deadline() > end {
        timer.as_mut().reset(end);
    }
    loop {
        timer.as_mut().await;
        if timer.deadline() >= end {
            return;
        }
        timer.as_mut().reset(end);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use super::*;

    const BOUNDS: Bounds =
        Bounds { most: 2, head: Duration::from_secs(10), rest: Duration::from_secs(75) };

    async fn seconds_until_over(phases: &Phases) -> u64 {
        let began = tokio::time::Instant::now();
        phases.over(&BOUNDS, &Notify::new()).await;
        began.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a76_bytes_that_drip_in_put_nothing_off() {
        let phases = Phases::new();
        let drip = async {
            for _second in 0..60 {
                sleep(Duration::from_secs(1)).await;
                phases.heard();
            }
        };
        tokio::select! {
            () = drip => panic!("it was put off"),
            seconds = seconds_until_over(&phases) => assert_eq!(seconds, 10),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_time_and_answering_as_much_as_it_takes() {
        let phases = Phases::new();
        phases.enter(Phase::Resting);
        assert_eq!(seconds_until_over(&phases).await, 75);
        phases.heard();
        assert_eq!(seconds_until_over(&phases).await, 10);
        phases.enter(Phase::Answering);
        phases.heard();
        assert!(phases.is(Phase::Answering), "what comes then is a body");
        let hour = tokio::time::timeout(Duration::from_hours(1), seconds_until_over(&phases));
        assert!(hour.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a76_the_one_that_has_waited_longest_makes_room_and_none_that_is_being_answered() {
        let (room, phases) = (Notify::new(), [(); 3].map(|()| Phases::new()));
        let [first, second, third] = &phases;
        first.enter(Phase::Answering);
        let mut over = phases.each_ref().map(|phases| Box::pin(phases.over(&BOUNDS, &room)));
        assert!(over.iter_mut().all(|over| over.now_or_never().is_none()));
        second.heard();
        second.enter(Phase::Resting);
        assert!(over[1].as_mut().now_or_never().is_none(), "it begins to wait anew");
        room.notify_one();
        let told = over.each_mut().map(|over| over.now_or_never().is_some());
        assert_eq!(told, [false, false, true]);
        assert!(third.is(Phase::Asking));
    }
}
