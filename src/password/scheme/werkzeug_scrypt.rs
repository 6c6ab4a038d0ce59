//! Werkzeug's `generate_password_hash`: `scrypt:N:r:p$salt$hash`.

use super::encode::{alphanumeric, hex, number, unhex};
use super::scrypt::{Asked, Cost};
use super::{Family, HashError};
use crate::random::Random;

const SALT_CHARACTERS: usize = 16;
const HASH_BYTES: usize = 64;

/// The family `werkzeug-scrypt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct WerkzeugScrypt(Cost);

impl WerkzeugScrypt {
    /// What Werkzeug 3.1 writes: 32 MiB once.
    pub(super) const RECOMMENDED: Self = Self(Cost { log_n: 15, r: 8, p: 1 });

    fn plan(self, like: Option<&str>) -> Cost {
        self.0.or_as_asked(like.and_then(parse).map(|(asked, ..)| asked))
    }
}

impl Family for WerkzeugScrypt {
    fn name(&self) -> &'static str {
        "werkzeug-scrypt"
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
    let mut parts = stored.strip_prefix("scrypt:")?.splitn(3, '$');
    let mut costs = parts.next()?.split(':');
    let mut cost = || number(costs.next()?);
    let asked = Asked { n: cost()?, r: cost()?, p: cost()? };
    let (salt, hash) = (parts.next()?, unhex(parts.next()?)?);
    let whole = costs.next().is_none() && !salt.is_empty() && hash.len() == HASH_BYTES;
    whole.then_some((asked, salt, hash))
}

fn render(cost: Cost, salt: &str, hash: &[u8; HASH_BYTES]) -> String {
    format!("scrypt:{}:{}:{}${salt}${}", cost.n(), cost.r, cost.p, hex(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: WerkzeugScrypt = WerkzeugScrypt(Cost { log_n: 4, r: 8, p: 1 });
    /// Made by Werkzeug 3.1.
    const MADE_ELSEWHERE: &str = "scrypt:16:8:2$saltSALT01234567$2a3ae6d61b5a633a5109ca517e9bea88db53a161ec86f15e5dbbac3d62a1ec5e0d82fcff62b48fb5ea7c613dd443f757fad236f7791e1de097c818c9b00e4787";

    #[test]
    fn a63_a_hash_made_by_werkzeug_verifies_and_is_written_alike() {
        assert!(CHEAP.recognises(MADE_ELSEWHERE) && CHEAP.verifies(PASSWORD, MADE_ELSEWHERE));
        assert!(!CHEAP.verifies(b"correct horse", MADE_ELSEWHERE));
        for (like, begins) in [(None, "scrypt:16:8:1$"), (Some(MADE_ELSEWHERE), "scrypt:16:8:2$")] {
            let written = CHEAP.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
            assert!(written.starts_with(begins), "{written}");
            assert_eq!(written.len(), CHEAP.length(like));
            assert!(CHEAP.verifies(PASSWORD, &written));
        }
        assert_eq!(WerkzeugScrypt::RECOMMENDED.length(None), 162);
    }

    #[test]
    fn weaker_and_absurd_parameters_give_werkzeugs_own() {
        for cost in ["16:8:2", "32768:4:1", "33554432:8:1", "32768:99999999999:1", "32767:8:1"] {
            let stored = MADE_ELSEWHERE.replace("16:8:2", cost);
            let recommended = WerkzeugScrypt::RECOMMENDED;
            assert_eq!(recommended.plan(Some(&stored)), recommended.0, "{cost}");
        }
        assert!(!CHEAP.recognises(&MADE_ELSEWHERE.replace("16:8:2", "16:8")));
    }
}
