//! Django's `BCryptSHA256PasswordHasher` and `BCryptPasswordHasher`: a name before a bcrypt hash.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::bcrypt::{CHARACTERS, MOST_BYTES, RECOMMENDED_COST, fits, parse, write};
use super::encode::hex;
use super::{Family, HashError};
use crate::random::Random;

/// The families `django-bcrypt-sha256` and `django-bcrypt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct DjangoBcrypt {
    name: &'static str,
    prefix: &'static str,
    /// bcrypt has the hexadecimal SHA-256 of the password: any length fits.
    digested: bool,
    cost: u32,
}

impl DjangoBcrypt {
    pub(super) const SHA256: Self = Self {
        name: "django-bcrypt-sha256",
        prefix: "bcrypt_sha256$",
        digested: true,
        cost: RECOMMENDED_COST,
    };
    pub(super) const PLAIN: Self =
        Self { name: "django-bcrypt", prefix: "bcrypt$", digested: false, cost: RECOMMENDED_COST };

    fn secret(&self, password: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(if self.digested {
            hex(&Sha256::digest(password)).into_bytes()
        } else {
            password.to_vec()
        })
    }
}

impl Family for DjangoBcrypt {
    fn name(&self) -> &'static str {
        self.name
    }

    fn recognises(&self, stored: &str) -> bool {
        stored.strip_prefix(self.prefix).and_then(parse).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let like = like.and_then(|like| like.strip_prefix(self.prefix));
        let written = write(&self.secret(password), like, "$2b$", self.cost, random)?;
        Ok(format!("{}{written}", self.prefix))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        let inner = stored.strip_prefix(self.prefix);
        inner.is_some_and(|inner| fits(&self.secret(password), inner))
    }

    fn length(&self, _: Option<&str>) -> usize {
        self.prefix.len() + CHARACTERS
    }

    fn max_bytes(&self) -> Option<usize> {
        (!self.digested).then_some(MOST_BYTES)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const SHA256: DjangoBcrypt = DjangoBcrypt { cost: 4, ..DjangoBcrypt::SHA256 };
    const PLAIN: DjangoBcrypt = DjangoBcrypt { cost: 4, ..DjangoBcrypt::PLAIN };
    /// Made by Django 5.2.
    const MADE_ELSEWHERE: [(DjangoBcrypt, &str); 2] = [
        (SHA256, "bcrypt_sha256$$2b$04$z52ax1bpmjyZPOr0kvMvdOHFpqPJelpt9hhDtBZhvg1Tuv6MMZWBK"),
        (PLAIN, "bcrypt$$2b$04$plnUxS2Wyd15Ya75QlSRveSe/tIEswjOVC3I14t7g.SVOVY18snOy"),
    ];

    #[test]
    fn a63_hashes_made_by_django_verify_and_are_written_alike() {
        for (family, stored) in MADE_ELSEWHERE {
            assert!(family.recognises(stored) && family.verifies(PASSWORD, stored), "{stored}");
            assert!(!family.verifies(b"correct horse", stored), "{stored}");
            for like in [None, Some(stored)] {
                let written = family.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
                assert!(written.starts_with(&stored[..family.prefix.len() + 7]), "{written}");
                assert!(family.verifies(PASSWORD, &written));
                assert_eq!(written.len(), family.length(like));
            }
        }
        assert!(!SHA256.recognises(MADE_ELSEWHERE[1].1) && !PLAIN.recognises(MADE_ELSEWHERE[0].1));
    }

    #[test]
    fn a62_only_the_digested_one_takes_more_than_seventy_two_bytes() {
        let random = Random::repeatable(1);
        let written = SHA256.hash(&[b'x'; 73], None, &random).unwrap();
        assert!(SHA256.verifies(&[b'x'; 73], &written) && !SHA256.verifies(&[b'x'; 72], &written));
        assert!(PLAIN.hash(&[b'x'; 73], None, &random).is_err());
        assert_eq!((SHA256.max_bytes(), PLAIN.max_bytes()), (None, Some(72)));
    }
}
