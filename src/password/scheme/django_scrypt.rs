//! Django's `ScryptPasswordHasher`: `scrypt$N$salt$r$p$hash`.

use super::encode::{alphanumeric, base64, number, unbase64};
use super::scrypt::{Asked, Cost};
use super::{Family, HashError};
use crate::random::Random;

/// Letters and digits in a salt: Django's 128 bits.
const SALT_CHARACTERS: usize = 22;
const HASH_BYTES: usize = 64;

/// The family `django-scrypt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DjangoScrypt(Cost);

impl DjangoScrypt {
    /// What Django 5.2 to 6.1 writes: 16 MiB five times. More memory than this is refused by Django
    /// unless its `maxmem` is raised (OpenSSL allows 32 MiB), so it is only written where a row has it.
    pub(super) const RECOMMENDED: Self = Self(Cost { log_n: 14, r: 8, p: 5 });

    fn plan(self, like: Option<&str>) -> Cost {
        self.0.or_as_asked(like.and_then(parse).map(|(asked, ..)| asked))
    }
}

impl Family for DjangoScrypt {
    fn name(&self) -> &'static str {
        "django-scrypt"
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
        let (cost, salt) = (self.plan(like), alphanumeric(SALT_CHARACTERS, random));
        Ok(render(cost, &salt, &cost.derive(password, salt.as_bytes())?))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        parse(stored)
            .is_some_and(|(asked, salt, hash)| asked.fits(password, salt.as_bytes(), &hash))
    }

    fn length(&self, like: Option<&str>) -> usize {
        render(self.plan(like), &" ".repeat(SALT_CHARACTERS), &[0; HASH_BYTES]).len()
    }
}

fn parse(stored: &str) -> Option<(Asked, &str, Vec<u8>)> {
    let mut parts = stored.strip_prefix("scrypt$")?.splitn(5, '$');
    let (n, salt) = (number(parts.next()?)?, parts.next()?);
    let (r, p) = (number(parts.next()?)?, number(parts.next()?)?);
    let hash = unbase64(parts.next()?)?;
    (!salt.is_empty() && hash.len() == HASH_BYTES).then_some((Asked { n, r, p }, salt, hash))
}

fn render(cost: Cost, salt: &str, hash: &[u8; HASH_BYTES]) -> String {
    format!("scrypt${}${salt}${}${}${}", cost.n(), cost.r, cost.p, base64(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: DjangoScrypt = DjangoScrypt(Cost { log_n: 4, r: 8, p: 1 });
    /// Made by Django 5.2.
    const MADE_ELSEWHERE: &str = "scrypt$16$saltSALTsalt0123456789$8$2$ZZDf9A2iCfC9OKSdoHUAXw7z9DFdGHvFKSHRnt18YmLZLTaDcHkHxKcgZbyyiiNaPYpg45ndWVY/1HG4pCH7Sw==";

    #[test]
    fn a63_a_hash_made_by_django_verifies_and_is_written_alike() {
        assert!(CHEAP.recognises(MADE_ELSEWHERE) && CHEAP.verifies(PASSWORD, MADE_ELSEWHERE));
        assert!(!CHEAP.verifies(b"correct horse", MADE_ELSEWHERE));
        for (like, ends) in [(None, "$8$1$"), (Some(MADE_ELSEWHERE), "$8$2$")] {
            let written = CHEAP.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
            assert!(written.starts_with("scrypt$16$") && written.contains(ends), "{written}");
            assert_eq!(written.len(), CHEAP.length(like));
            assert!(CHEAP.verifies(PASSWORD, &written));
        }
    }

    #[test]
    fn weaker_and_absurd_parameters_give_djangos_own() {
        for n in ["$16$", "$16383$", "$2097152$", "$99999999999999999999$", "$0$"] {
            let stored = MADE_ELSEWHERE.replace("$16$", n);
            let recommended = DjangoScrypt::RECOMMENDED;
            assert_eq!(recommended.plan(Some(&stored)), recommended.0, "{n}");
            assert!(n == "$16$" || !CHEAP.verifies(PASSWORD, &stored), "{n}");
        }
    }
}
