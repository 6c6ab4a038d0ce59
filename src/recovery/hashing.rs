//! Password hashing off the async threads, a few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;
use std::{fmt, thread};

use thiserror::Error;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, oneshot};

use super::{meters, trace};
use crate::clock::Stopwatch;
use crate::password::{HashError, Password, Scheme};
use crate::random::Random;

/// How nice a thread that hashes is: beside others it gets a tenth of what they get.
#[cfg(target_os = "linux")]
const STANDING_BACK: i32 = 10;

/// A bounded number of hashes, and of looks at how strong a password is, at a time: memory is at most permits × the scheme's memory, or what a
/// row asks for (1 GiB at most) where its parameters are kept.
///
/// Turns are taken in the order of asking, but by each application no more at a time than its share: the
/// others of a flood wait for each other, and whoever asks for another application waits for none of them.
#[derive(Clone, Debug)]
pub struct HashingPool {
    most: usize,
    permits: Arc<Semaphore>,
    wait: Duration,
    behind_everybody: bool,
    random: Random,
    /// How long a turn takes of late, in microseconds.
    takes: Arc<AtomicU64>,
}

/// What one application may have of the pool.
#[derive(Debug)]
pub struct HashingShare {
    turns: Arc<Semaphore>,
    most: usize,
    /// How many wait for a turn of it.
    waiting: AtomicUsize,
}

/// Why a password was not hashed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HashingError {
    /// No permit became free in time.
    #[error("no turn to hash within {0:?}")]
    NoTurn(Duration),
    /// The hash function gave up.
    #[error(transparent)]
    Failed(#[from] HashError),
}

impl HashingPool {
    /// A pool that hashes `permits` passwords at a time and lets others wait for `wait`.
    #[must_use]
    pub fn new(permits: usize, wait: Duration, random: Random) -> Self {
        let most = permits.max(1);
        let permits = Arc::new(Semaphore::new(most));
        Self { most, permits, wait, behind_everybody: false, random, takes: Arc::default() }
    }

    /// The same, but everybody else of the control group or session gets the processor at once where both want
    /// it (on Linux: `SCHED_IDLE`), instead of nine tenths of it and when a slice is over.
    #[must_use]
    pub fn behind_everybody(self) -> Self {
        Self { behind_everybody: true, ..self }
    }

    /// How many passwords may be hashed at a time.
    #[must_use]
    pub const fn permits(&self) -> usize {
        self.most
    }

    /// How many passwords are being hashed.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.most.saturating_sub(self.permits.available_permits())
    }

    /// How long a caller waits at most for its turn.
    #[must_use]
    pub const fn wait(&self) -> Duration {
        self.wait
    }

    /// The share of an application that may have so many turns at a time.
    #[must_use]
    pub fn share(&self, most: usize) -> HashingShare {
        HashingShare::new(most.clamp(1, self.most))
    }

    /// Waits for a turn of an application with this share. Where so many wait already that none would come in
    /// time, nobody waits: what is refused at once costs nothing and can be tried again sooner.
    ///
    /// # Errors
    /// [`HashingError::NoTurn`] when none came in time, or would.
    pub async fn turn(&self, share: &HashingShare) -> Result<Turn, HashingError> {
        let (ahead, _in_line) = share.stand_in_line();
        let takes = Duration::from_micros(self.takes.load(Ordering::Relaxed));
        let rounds = u32::try_from(ahead / share.most).unwrap_or(u32::MAX);
        if takes.saturating_mul(rounds) > self.wait {
            return Err(HashingError::NoTurn(self.wait));
        }
        let waiting = Stopwatch::start();
        let turn = async {
            // Only who has a part of its share stands in line with the other applications.
            let of_share = Arc::clone(&share.turns).acquire_owned().await?;
            Ok::<_, AcquireError>((of_share, Arc::clone(&self.permits).acquire_owned().await?))
        };
        let span = trace::step("wait for a turn to hash");
        let turn = span.around(tokio::time::timeout(self.wait, turn)).await;
        meters::hashing_waited(waiting.elapsed());
        let Ok(Ok(permits)) = turn else {
            span.failed("no_turn");
            return Err(HashingError::NoTurn(self.wait));
        };
        let takes = Arc::clone(&self.takes);
        Ok(Turn {
            _permits: permits,
            behind_everybody: self.behind_everybody,
            random: self.random.clone(),
            began: Stopwatch::start(),
            takes,
        })
    }
}

impl HashingShare {
    /// So many turns at a time.
    #[must_use]
    pub fn new(most: usize) -> Self {
        let most = most.max(1);
        Self { turns: Arc::new(Semaphore::new(most)), most, waiting: AtomicUsize::new(0) }
    }

    /// How many wait already, and a place behind them for as long as what is given back is kept.
    fn stand_in_line(&self) -> (usize, impl Drop) {
        struct Place<'a>(&'a AtomicUsize);
        impl Drop for Place<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        (self.waiting.fetch_add(1, Ordering::Relaxed), Place(&self.waiting))
    }
}

/// A place in the pool, for whatever a password costs much computing for.
#[derive(Debug)]
pub struct Turn {
    /// Go back to the application's share and to the pool when they are dropped.
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
    behind_everybody: bool,
    random: Random,
    began: Stopwatch,
    takes: Arc<AtomicU64>,
}

/// An eighth of what is thought that a turn takes is what the last one took.
impl Drop for Turn {
    fn drop(&mut self) {
        let took = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let before = self.takes.load(Ordering::Relaxed);
        self.takes.store(before - before / 8 + took / 8, Ordering::Relaxed);
    }
}

impl Turn {
    /// Hashes a password for a row that has this `stored`.
    ///
    /// # Errors
    /// [`HashingError::Failed`] when the hash function gave up.
    pub async fn hash(
        self,
        scheme: Scheme,
        password: Password,
        stored: Option<String>,
    ) -> Result<String, HashingError> {
        let random = self.random.clone();
        let span = trace::step("hash the password");
        let hash = self.work(move || scheme.hash(&password, stored.as_deref(), &random));
        let (_done, hash) = span.around(hash).await?;
        Ok(hash?)
    }

    /// Does what takes long in a thread that everybody who answers goes before, and gives the place back
    /// for what follows.
    ///
    /// # Errors
    /// [`HashingError::Failed`] when it panicked.
    pub async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(Self, T), HashingError> {
        let (tell, told) = oneshot::channel();
        // The permit moves into the thread: a caller that goes away does not free it too early.
        let work = move || {
            stand_back(self.behind_everybody);
            let done = work();
            let _caller_went_away = tell.send((self, done));
        };
        let failed = |why: &dyn fmt::Display| HashingError::Failed(HashError(why.to_string()));
        thread::Builder::new()
            .name("hashing".into())
            .spawn(work)
            .map_err(|error| failed(&error))?;
        told.await.map_err(|_dropped| failed(&"the thread panicked"))
    }
}

/// Leaves the processor to others who want it: a crowd that sets passwords makes asks and looks wait no longer.
/// A thread of its own does it each time, since who stood back may not step forward again (`setpriority(2)`, sched(7)); to
/// begin one takes a five-hundredth of what a hash takes.
#[cfg(target_os = "linux")]
fn stand_back(behind_everybody: bool) {
    use thread_priority::{
        NormalThreadSchedulePolicy::Idle, ThreadPriority, ThreadSchedulePolicy,
        set_thread_priority_and_policy, thread_native_id,
    };

    let _refused =
        rustix::process::setpriority_process(Some(rustix::thread::gettid()), STANDING_BACK);
    if behind_everybody {
        let idle = ThreadSchedulePolicy::Normal(Idle);
        let _refused =
            set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
        // Who waits already goes first, too.
        thread::yield_now();
    }
}

#[cfg(not(target_os = "linux"))]
fn stand_back(_behind_everybody: bool) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Argon2Cost;

    fn scheme(iterations: u32) -> Scheme {
        let cost = Argon2Cost { memory_kib: 1024, iterations, parallelism: 1 };
        Scheme::argon2id(cost).unwrap()
    }

    #[tokio::test]
    async fn a64_who_gets_no_turn_in_time_is_told_so() {
        let pool = HashingPool::new(1, Duration::from_millis(1), Random::system());
        let (share, of_another) = (pool.share(1), pool.share(1));
        let password = || Password::new("correct horse".into());
        let hash = async |share, iterations| {
            pool.turn(share).await?.hash(scheme(iterations), password(), None).await
        };
        let (one, two) = tokio::join!(hash(&share, 200), hash(&of_another, 200));
        let refused = [&one, &two].into_iter().filter(|hash| hash.is_err()).count();
        assert_eq!(refused, 1, "{one:?} {two:?}");
        assert!(hash(&share, 1).await.is_ok(), "the permit came back");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a64_who_hashes_stands_back_and_nobody_else_does() {
        // proc(5): the 19th is how nice it is, the 41st the policy, of which 5 is SCHED_IDLE.
        let standing = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let after_name = stat.rsplit_once(") ").unwrap().1;
            let told: Vec<i32> =
                after_name.split(' ').skip(1).map(|n| n.parse().unwrap_or(0)).collect();
            (told[19 - 4], told[41 - 4])
        };
        let nice = HashingPool::new(1, Duration::from_secs(1), Random::system());
        let idle = nice.clone().behind_everybody();
        let hashing = async |pool: HashingPool| {
            let turn = pool.turn(&pool.share(1)).await.unwrap();
            turn.work(standing).await.unwrap().1
        };
        assert_eq!(hashing(nice).await, (10, 0));
        assert_eq!(hashing(idle).await.1, 5);
        assert_eq!(standing(), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a64_a_flood_of_one_application_lets_others_have_their_turn_next() {
        for (permits, most) in [(1, 1), (2, 1), (4, 3), (4, 4)] {
            let pool = HashingPool::new(permits, Duration::from_hours(1), Random::system());
            let (flooded, other) = (pool.share(most), pool.share(most));
            let hashing = async |share| {
                let _turn = pool.turn(share).await.unwrap();
                tokio::time::sleep(Duration::from_secs(1)).await;
                tokio::time::Instant::now()
            };
            let began = tokio::time::Instant::now();
            let flood = futures_util::future::join_all((0..100).map(|_| hashing(&flooded)));
            let (flood, other) = tokio::join!(flood, hashing(&other));
            assert!(other - began <= Duration::from_secs(2), "one hash of theirs, and its own");
            let over = flood.into_iter().max().unwrap() - began;
            assert!(over >= Duration::from_secs(100 / permits as u64), "{permits}: {over:?}");
        }
    }

    #[tokio::test]
    async fn a64_who_would_wait_in_vain_is_told_so_at_once_and_others_wait() {
        let pool = HashingPool::new(2, Duration::from_hours(1), Random::system());
        let share = pool.share(2);
        let slow = async |pool: &HashingPool| {
            let turn = pool.turn(&share).await.unwrap();
            turn.takes.store(u64::from(u32::MAX), Ordering::Relaxed);
            turn
        };
        let held = (slow(&pool).await, slow(&pool).await);
        // A turn takes 71 minutes, it seems: two stand in line for less than an hour, and no third.
        let mut waiting: Vec<_> = (0..2).map(|_| Box::pin(pool.turn(&share))).collect();
        for turn in &mut waiting {
            assert!(futures_util::poll!(turn).is_pending());
        }
        assert!(pool.turn(&share).await.is_err());
        drop(waiting.pop());
        assert!(futures_util::poll!(Box::pin(pool.turn(&share))).is_pending(), "a place is free");
        drop(held);
        assert!(waiting.remove(0).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a64_who_gives_up_waiting_leaves_its_place_to_others() {
        let pool = HashingPool::new(2, Duration::from_secs(1), Random::system());
        let (one, other) = (pool.share(1), pool.share(9));
        let held = pool.turn(&one).await.unwrap();
        assert!(pool.turn(&one).await.is_err(), "its share is used up, though a permit is free");
        drop(held);
        let _one = pool.turn(&one).await.unwrap();
        let _another = pool.turn(&other).await.unwrap();
        assert!(pool.turn(&other).await.is_err(), "no share is more than all permits");
        assert_eq!(pool.in_use(), 2);
    }
}
