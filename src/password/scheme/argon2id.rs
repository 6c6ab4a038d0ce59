//! Argon2id as a PHC string, RFC 9106.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

use super::HashError;
use crate::password::Password;
use crate::random::Random;

/// Salt length in bytes, RFC 9106 §3.1.
const SALT_BYTES: usize = 16;

/// What a hash costs, RFC 9106 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB (m).
    pub memory_kib: u32,
    /// Passes over the memory (t).
    pub iterations: u32,
    /// Lanes (p).
    pub parallelism: u32,
}

/// Writes `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
#[derive(Clone, Debug)]
pub struct Argon2id(Params);

impl Argon2id {
    /// A scheme of this cost.
    ///
    /// # Errors
    /// [`HashError`] for a cost outside RFC 9106 §3.1.
    pub fn new(cost: Argon2Cost) -> Result<Self, HashError> {
        Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)
            .map(Self)
            .map_err(|error| HashError(error.to_string()))
    }

    pub(super) fn hash(&self, password: &Password, random: &Random) -> Result<String, HashError> {
        let salt = random.bytes::<SALT_BYTES>();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.0.clone())
            .hash_password_with_salt(password.expose().as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| HashError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use argon2::PasswordVerifier;

    use super::*;

    fn cheap() -> Argon2id {
        Argon2id::new(Argon2Cost { memory_kib: 64, iterations: 1, parallelism: 1 }).unwrap()
    }

    #[test]
    fn the_hash_is_a_phc_string_that_verifies_and_a_second_one_differs() {
        let password = Password::new("correct horse".into());
        let random = Random::repeatable(1);
        let (one, two) = (cheap().hash(&password, &random), cheap().hash(&password, &random));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{one}");
        assert_ne!(one, two);
        for hash in [&one, &two] {
            let verified = Argon2::default().verify_password(b"correct horse", hash.as_str());
            assert!(verified.is_ok());
        }
        assert!(Argon2::default().verify_password(b"correct hors", one.as_str()).is_err());
    }

    #[test]
    fn a63_every_code_point_counts() {
        let hash = cheap().hash(&Password::new("🦀e\u{301} ".into()), &Random::system()).unwrap();
        assert!(Argon2::default().verify_password("🦀é ".as_bytes(), hash.as_str()).is_err());
        assert!(Argon2::default().verify_password("🦀e\u{301} ".as_bytes(), hash.as_str()).is_ok());
    }
}
