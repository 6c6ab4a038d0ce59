//! Django's `PBKDF2PasswordHasher`: `pbkdf2_sha256$iterations$salt$hash`.

use super::encode::{alphanumeric, base64, number, unbase64};
use super::pbkdf2::{Digest, iterations};
use super::{Family, HashError};
use crate::random::Random;

/// Letters and digits in a salt. With fewer than 128 bits in them Django would hash again at the
/// next login (`must_update_salt`).
const SALT_CHARACTERS: usize = 22;
const HASH_BYTES: usize = 32;

/// The family `django-pbkdf2`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DjangoPbkdf2 {
    /// Iterations.
    recommended: u32,
}

impl DjangoPbkdf2 {
    /// What Django 6.1 writes. (5.2 writes 1,000,000: it verifies this and writes its own at login.)
    pub(super) const RECOMMENDED: Self = Self { recommended: 1_500_000 };

    fn plan(self, like: Option<&str>) -> u32 {
        iterations(like.and_then(parse).map(|row| row.0), self.recommended)
    }
}

impl Family for DjangoPbkdf2 {
    fn name(&self) -> &'static str {
        "django-pbkdf2"
    }

    fn recognises(&self, stored: &str) -> bool {
        parse(stored).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let (iterations, salt) = (self.plan(like), alphanumeric(SALT_CHARACTERS, random));
        let mut hash = [0; HASH_BYTES];
        Digest::Sha256.derive(password, salt.as_bytes(), iterations, &mut hash)?;
        Ok(render(iterations, &salt, &hash))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        parse(stored).is_some_and(|(iterations, salt, hash)| {
            Digest::Sha256.fits(password, salt.as_bytes(), iterations, &hash)
        })
    }

    fn length(&self, like: Option<&str>) -> usize {
        render(self.plan(like), &" ".repeat(SALT_CHARACTERS), &[0; HASH_BYTES]).len()
    }
}

fn parse(stored: &str) -> Option<(u64, &str, Vec<u8>)> {
    let mut parts = stored.strip_prefix("pbkdf2_sha256$")?.splitn(3, '$');
    let (iterations, salt) = (number(parts.next()?)?, parts.next()?);
    let hash = unbase64(parts.next()?)?;
    (!salt.is_empty() && hash.len() == HASH_BYTES).then_some((iterations, salt, hash))
}

fn render(iterations: u32, salt: &str, hash: &[u8]) -> String {
    format!("pbkdf2_sha256${iterations}${salt}${}", base64(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: DjangoPbkdf2 = DjangoPbkdf2 { recommended: 1000 };
    /// Made by Django 5.2.
    const MADE_ELSEWHERE: &str =
        "pbkdf2_sha256$1000$saltSALTsalt0123456789$WBCTXtRJEDUkKzluiZG03Hv+Me3teyd7FjapCgVKkoc=";

    #[test]
    fn a63_a_hash_made_by_django_verifies_and_is_written_alike() {
        assert!(CHEAP.recognises(MADE_ELSEWHERE) && CHEAP.verifies(PASSWORD, MADE_ELSEWHERE));
        assert!(!CHEAP.verifies(b"correct horse", MADE_ELSEWHERE));
        let more = MADE_ELSEWHERE.replace("$1000$", "$1001$");
        for (like, begins) in [
            (None, "pbkdf2_sha256$1000$"),
            (Some(MADE_ELSEWHERE), "pbkdf2_sha256$1000$"),
            (Some(&*more), "pbkdf2_sha256$1001$"),
        ] {
            let written = CHEAP.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
            assert!(written.starts_with(begins), "{written}");
            assert_eq!(written.len(), MADE_ELSEWHERE.len());
            assert_eq!(written.len(), CHEAP.length(like));
            assert!(CHEAP.verifies(PASSWORD, &written));
        }
    }

    #[test]
    fn fewer_iterations_are_raised_and_absurd_ones_are_not_followed() {
        for iterations in ["$1000$", "$1000000$", "$99999999$", "$99999999999999999999$"] {
            let stored = MADE_ELSEWHERE.replace("$1000$", iterations);
            assert_eq!(DjangoPbkdf2::RECOMMENDED.plan(Some(&stored)), 1_500_000, "{iterations}");
        }
        let absurd = MADE_ELSEWHERE.replace("$1000$", "$99999999$");
        assert!(CHEAP.recognises(&absurd) && !CHEAP.verifies(PASSWORD, &absurd));
    }

    #[test]
    fn what_is_no_whole_hash_is_not_recognised() {
        for stored in [
            MADE_ELSEWHERE.replace("_sha256", "_sha1"),
            MADE_ELSEWHERE.replace("$1000$", "$$"),
            MADE_ELSEWHERE.replace("saltSALTsalt0123456789", ""),
            MADE_ELSEWHERE[..70].to_owned(),
            format!("{MADE_ELSEWHERE}$x"),
        ] {
            assert!(!CHEAP.recognises(&stored), "{stored}");
        }
    }
}
