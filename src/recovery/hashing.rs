//! Password hashing off the async threads, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::{meters, trace};
use crate::clock::Stopwatch;
use crate::password::{HashError, Password, Scheme};
use crate::random::Random;

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
    random: Random,
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
        Self { most, permits: Arc::new(Semaphore::new(most)), wait, random }
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
    pub fn share(&self, most: usize) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(most.clamp(1, self.most)))
    }

    /// Waits for a turn of an application with this share.
    ///
    /// # Errors
    /// [`HashingError::NoTurn`] when none came in time.
    pub async fn turn(&self, share: &Arc<Semaphore>) -> Result<Turn, HashingError> {
        let waiting = Stopwatch::start();
        let turn = async {
            // Only who has a part of its share stands in line with the other applications.
            let of_share = Arc::clone(share).acquire_owned().await?;
            Ok::<_, AcquireError>((of_share, Arc::clone(&self.permits).acquire_owned().await?))
        };
        let span = trace::step("wait for a turn to hash");
        let turn = span.around(tokio::time::timeout(self.wait, turn)).await;
        meters::hashing_waited(waiting.elapsed());
        let Ok(Ok(permits)) = turn else {
            span.failed("no_turn");
            return Err(HashingError::NoTurn(self.wait));
        };
        Ok(Turn { _permits: permits, random: self.random.clone() })
    }
}

/// A place in the pool, for whatever a password costs much computing for.
#[derive(Debug)]
pub struct Turn {
    /// Go back to the application's share and to the pool when they are dropped.
    _permits: (OwnedSemaphorePermit, OwnedSemaphorePermit),
    random: Random,
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

    /// Does what takes long off the async threads, and gives the place back for what follows.
    ///
    /// # Errors
    /// [`HashingError::Failed`] when it panicked.
    pub async fn work<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(Self, T), HashingError> {
        // The permit moves into the thread: a caller that goes away does not free it too early.
        let work = tokio::task::spawn_blocking(move || {
            let done = work();
            (self, done)
        });
        Ok(work.await.map_err(|error| HashError(error.to_string()))?)
    }
}

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
