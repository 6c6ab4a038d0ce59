//! Django's `Argon2PasswordHasher`: `argon2` before a PHC string.

use super::argon2::{Argon2Cost, Row, plan, render, write};
use super::encode::alphanumeric;
use super::{Family, HashError};
use crate::random::Random;

/// What the hash begins with, before the `$argon2id$…`.
const PREFIX: &str = "argon2";
/// Letters and digits in a salt. With fewer than 128 bits in them Django would hash again at the
/// next login (`must_update_salt`).
const SALT_CHARACTERS: usize = 22;
const HASH_BYTES: usize = 32;

/// The family `django-argon2`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DjangoArgon2(Argon2Cost);

impl DjangoArgon2 {
    /// What Django 5.2 to 6.1 writes: 100 MiB, two passes, eight lanes.
    pub(super) const RECOMMENDED: Self =
        Self(Argon2Cost { memory_kib: 102_400, iterations: 2, parallelism: 8 });
}

impl Family for DjangoArgon2 {
    fn name(&self) -> &'static str {
        "django-argon2"
    }

    fn recognises(&self, stored: &str) -> bool {
        inner(stored).and_then(Row::parse).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let (variant, cost) = plan(like.and_then(inner), self.0);
        let salt = alphanumeric(SALT_CHARACTERS, random);
        Ok(format!("{PREFIX}{}", write(variant, cost, salt.as_bytes(), password)?))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        inner(stored).and_then(Row::parse).is_some_and(|row| row.fits(password))
    }

    fn length(&self, like: Option<&str>) -> usize {
        let (variant, cost) = plan(like.and_then(inner), self.0);
        PREFIX.len() + render(variant, cost, &[0; SALT_CHARACTERS], &[0; HASH_BYTES]).len()
    }
}

fn inner(stored: &str) -> Option<&str> {
    stored.strip_prefix(PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: DjangoArgon2 =
        DjangoArgon2(Argon2Cost { memory_kib: 64, iterations: 1, parallelism: 2 });
    /// Made by Django 5.2.
    const MADE_ELSEWHERE: &str = "argon2$argon2id$v=19$m=64,t=1,p=2$c2FsdFNBTFRzYWx0MDEyMzQ1Njc4OQ$8K5Fg+lEFfdzmD0Xa0ylylCEkGi/5WJMRsVfhhzU9iI";

    #[test]
    fn a63_a_hash_made_by_django_verifies() {
        assert!(CHEAP.recognises(MADE_ELSEWHERE));
        assert!(CHEAP.verifies(PASSWORD, MADE_ELSEWHERE));
        assert!(!CHEAP.verifies(b"correct horse", MADE_ELSEWHERE));
        assert!(!CHEAP.recognises(&MADE_ELSEWHERE[PREFIX.len()..]));
    }

    #[test]
    fn what_is_written_verifies_and_has_the_length_foretold() {
        for like in [None, Some(MADE_ELSEWHERE)] {
            let hash = CHEAP.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
            assert!(hash.starts_with("argon2$argon2id$v=19$m=64,t=1,p=2$"), "{hash}");
            assert!(CHEAP.verifies(PASSWORD, &hash));
            assert_eq!(hash.len(), CHEAP.length(like));
        }
    }

    #[test]
    fn a_weaker_row_is_written_at_djangos_cost() {
        let (_, cost) = plan(inner(MADE_ELSEWHERE), DjangoArgon2::RECOMMENDED.0);
        assert_eq!(cost, DjangoArgon2::RECOMMENDED.0);
    }
}
