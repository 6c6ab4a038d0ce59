//! Formats of stored passwords: one file each, one line each in [`FAMILIES`].

mod argon2;
mod bcrypt;
mod blocks;
mod django_argon2;
mod django_bcrypt;
mod django_pbkdf2;
mod django_scrypt;
mod encode;
mod pbkdf2;
mod prepare;
mod scrypt;
mod weak;
mod werkzeug_pbkdf2;
mod werkzeug_scrypt;
mod writing;

use std::fmt::Debug;

use thiserror::Error;

pub use argon2::Argon2Cost;
pub use prepare::Prepare;
pub use writing::{Scheme, UnknownFamily};

use crate::random::Random;

/// Every format that new passwords can be written in. The first that recognises a row has it.
const FAMILIES: &[&dyn Family] = &[
    &argon2::Argon2::RECOMMENDED,
    &bcrypt::Bcrypt::B,
    &bcrypt::Bcrypt::Y,
    &bcrypt::Bcrypt::A,
    &pbkdf2::Pbkdf2::SHA256,
    &pbkdf2::Pbkdf2::SHA512,
    &scrypt::Scrypt::RECOMMENDED,
    &django_pbkdf2::DjangoPbkdf2::RECOMMENDED,
    &django_argon2::DjangoArgon2::RECOMMENDED,
    &django_bcrypt::DjangoBcrypt::SHA256,
    &django_bcrypt::DjangoBcrypt::PLAIN,
    &django_scrypt::DjangoScrypt::RECOMMENDED,
    &werkzeug_scrypt::WerkzeugScrypt::RECOMMENDED,
    &werkzeug_pbkdf2::WerkzeugPbkdf2::RECOMMENDED,
];

/// Stored passwords longer than this many bytes are nobody's. The longest that any family writes
/// has some 170, and the longest that it reads some 300.
const LONGEST_STORED: usize = 512;

/// A format of stored passwords.
///
/// A row's parameters are followed only within bounds (1 GiB of memory, some seconds of work, in
/// each file's constants): beyond them nothing verifies and the recommendation is written.
pub trait Family: Debug + Send + Sync {
    /// The stable name, as the configuration writes it.
    fn name(&self) -> &'static str;

    /// Whether a stored password is of this format, whatever its parameters.
    fn recognises(&self, stored: &str) -> bool;

    /// Hashes a prepared password with a fresh salt. `like` is what the row has: the same prefix and
    /// variant are written, at its parameters or at those recommended, whichever are stronger.
    ///
    /// # Errors
    /// [`HashError`] when the hash function gives up or cannot take the whole password.
    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError>;

    /// Whether a prepared password fits a stored one.
    fn verifies(&self, password: &[u8], stored: &str) -> bool;

    /// How many characters [`Family::hash`] would write, without the work.
    fn length(&self, like: Option<&str>) -> usize;

    /// The most bytes of a password that the hash function takes into account, where it has a limit.
    /// Such a function also ends at a NUL.
    fn max_bytes(&self) -> Option<usize> {
        None
    }
}

/// A password that could not be hashed. The text holds nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(pub String);

/// What a stored password is.
#[derive(Clone, Copy, Debug)]
pub enum Recognised {
    /// A format that can be written.
    Strong(&'static dyn Family),
    /// A format, by its name, that is guessed too fast and is never written.
    Weak(&'static str),
    /// Nothing that is known here.
    Unknown,
}

/// Tells the format of a stored password.
#[must_use]
pub fn recognise(stored: &str) -> Recognised {
    if stored.len() > LONGEST_STORED {
        return Recognised::Unknown;
    }
    if let Some(family) = FAMILIES.iter().copied().find(|family| family.recognises(stored)) {
        return Recognised::Strong(family);
    }
    weak::recognise(stored).map_or(Recognised::Unknown, Recognised::Weak)
}

fn named(name: &str) -> Option<&'static dyn Family> {
    FAMILIES.iter().copied().find(|family| family.name() == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_family_has_a_name_of_its_own_by_which_it_is_found() {
        let names: BTreeSet<_> = FAMILIES.iter().map(|family| family.name()).collect();
        assert_eq!(names.len(), FAMILIES.len());
        for name in names {
            assert_eq!(named(name).map(Family::name), Some(name));
        }
    }

    #[test]
    fn families_are_called_what_configurations_call_them() {
        let names: Vec<_> = FAMILIES.iter().map(|family| family.name()).collect();
        assert_eq!(
            names,
            [
                "argon2id",
                "bcrypt",
                "bcrypt-2y",
                "bcrypt-2a",
                "pbkdf2-sha256",
                "pbkdf2-sha512",
                "scrypt",
                "django-pbkdf2",
                "django-argon2",
                "django-bcrypt-sha256",
                "django-bcrypt",
                "django-scrypt",
                "werkzeug-scrypt",
                "werkzeug-pbkdf2",
            ]
        );
    }

    #[test]
    fn a_row_of_more_than_512_characters_is_nobodys() {
        let row = |length: usize| {
            let hash = "WBCTXtRJEDUkKzluiZG03Hv+Me3teyd7FjapCgVKkoc=";
            format!("pbkdf2_sha256$1000${}${hash}", "s".repeat(length - 64))
        };
        assert_eq!(row(LONGEST_STORED).len(), 512);
        assert!(matches!(recognise(&row(512)), Recognised::Strong(_)));
        for length in [513, 10_000] {
            assert!(matches!(recognise(&row(length)), Recognised::Unknown), "{length}");
        }
        assert!(matches!(recognise(""), Recognised::Unknown));
        assert!(matches!(recognise("!unusable"), Recognised::Unknown));
    }

    #[test]
    fn a_row_without_its_salt_or_with_a_hash_of_another_length_is_nobodys() {
        let salt = "saltSALT01234567";
        let strong = |row: &str| matches!(recognise(row), Recognised::Strong(_));
        for (before, after, hash) in [
            ("pbkdf2_sha256$1000$", "$", encode::base64(&[7; 32])),
            ("scrypt$16$", "$8$2$", encode::base64(&[7; 64])),
            ("scrypt:16:8:2$", "$", encode::hex(&[7; 64])),
            ("pbkdf2:sha256:1000$", "$", encode::hex(&[7; 32])),
            ("pbkdf2:sha512:1000$", "$", encode::hex(&[7; 64])),
        ] {
            assert!(strong(&format!("{before}{salt}{after}{hash}")), "{before}");
            assert!(!strong(&format!("{before}{after}{hash}")), "{before} has a salt");
            assert!(!strong(&format!("{before}{salt}{after}{}", &hash[4..])), "{before} is whole");
            assert!(!strong(&format!("{before}{salt}{after}aaaa{hash}")), "{before} ends there");
        }
    }

    #[test]
    fn phc_strings_have_salts_of_1_to_64_bytes_hashes_of_16_to_64_and_nothing_else() {
        for before in ["$scrypt$ln=4,r=8,p=1", "$pbkdf2-sha256$i=1000", "$pbkdf2-sha512$1000"] {
            let row = |salt: usize, hash: usize| {
                let text = |length| encode::bare64(&vec![1; length]);
                format!("{before}${}${}", text(salt), text(hash))
            };
            let strong = |row: &str| matches!(recognise(row), Recognised::Strong(_));
            for (salt, hash) in [(1, 16), (64, 64)] {
                assert!(strong(&row(salt, hash)), "{before} {salt} {hash}");
            }
            for (salt, hash) in [(0, 32), (65, 32), (16, 15), (16, 65)] {
                assert!(!strong(&row(salt, hash)), "{before} {salt} {hash}");
            }
            assert!(!strong(&(row(16, 32) + "$AAAA")), "{before}");
            assert!(
                !strong(&row(16, 32).replacen(before, &format!("{before},x=1"), 1)),
                "{before}"
            );
        }
    }
}
