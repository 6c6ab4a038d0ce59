//! Password hashing off the async threads, a few at a time.

use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Semaphore;

use super::meters;
use crate::clock::Stopwatch;
use crate::password::{HashError, Password, Scheme};
use crate::random::Random;

/// A bounded number of hashes at a time: memory is at most permits × the scheme's memory, or what a
/// row asks for (1 GiB at most) where its parameters are kept.
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

    /// Hashes a password when its turn comes, for a row that has this `stored`. Turns are taken in
    /// the order of asking.
    ///
    /// # Errors
    /// [`HashingError`] when no turn came in time or the hash function gave up.
    pub async fn hash(
        &self,
        scheme: Scheme,
        password: Password,
        stored: Option<String>,
    ) -> Result<String, HashingError> {
        let (turn, waiting) = (Arc::clone(&self.permits).acquire_owned(), Stopwatch::start());
        let turn = tokio::time::timeout(self.wait, turn).await;
        meters::hashing_waited(waiting.elapsed());
        let Ok(Ok(turn)) = turn else {
            return Err(HashingError::NoTurn(self.wait));
        };
        let random = self.random.clone();
        // The permit moves into the thread: a caller that goes away does not free it too early.
        let work = tokio::task::spawn_blocking(move || {
            let hash = scheme.hash(&password, stored.as_deref(), &random);
            drop(turn);
            hash
        });
        work.await.map_err(|error| HashError(error.to_string()))?.map_err(HashingError::from)
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
        let password = || Password::new("correct horse".into());
        let hash = |iterations| pool.hash(scheme(iterations), password(), None);
        let (one, two) = tokio::join!(hash(200), hash(200));
        let refused = [&one, &two].into_iter().filter(|hash| hash.is_err()).count();
        assert_eq!(refused, 1, "{one:?} {two:?}");
        assert!(hash(1).await.is_ok(), "the permit came back");
    }
}
