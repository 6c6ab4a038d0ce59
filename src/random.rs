//! Random bytes, handed in as a parameter so that a test can repeat them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// A source of random bytes fit for keys, salts and nonces.
///
/// Cloning shares the source.
#[derive(Clone, Debug)]
pub struct Random(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// SHA-256 of a counter: repeatable, for tests only.
    Repeatable(Arc<AtomicU64>),
}

impl Random {
    /// The operating system's generator.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A generator for tests that gives the same bytes for the same seed. Never use it for keys.
    #[must_use]
    pub fn repeatable(seed: u64) -> Self {
        Self(Source::Repeatable(Arc::new(AtomicU64::new(seed))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no random bytes to give: nothing safe can be done without.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => {
                if let Err(error) = getrandom::fill(bytes) {
                    panic!("the operating system gave no random bytes: {error}");
                }
            }
            Source::Repeatable(counter) => {
                for chunk in bytes.chunks_mut(32) {
                    let block = counter.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                    chunk.copy_from_slice(&Sha256::digest(block)[..chunk.len()]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_goes_on() {
        let (one, two) = (Random::repeatable(7), Random::repeatable(7));
        assert_eq!(one.bytes::<40>(), two.bytes::<40>());
        assert_ne!(one.bytes::<16>(), one.bytes::<16>());
    }

    #[test]
    fn the_system_gives_different_bytes_each_time() {
        let random = Random::system();
        assert_ne!(random.bytes::<16>(), random.bytes::<16>());
    }
}
