//! bcrypt in the modular crypt format: `$2b$12$`, 22 characters of salt and 31 of hash.

use bcrypt::HashParts;

use super::encode::same;
use super::{Family, HashError};
use crate::random::Random;

/// bcrypt takes 72 bytes of a password and no NUL. More is refused, never cut.
pub(super) const MOST_BYTES: usize = 72;
/// Characters of a hash, prefix and salt included.
pub(super) const CHARACTERS: usize = 60;
/// The cost of PHP 8.4, Laravel, Devise, Django and Python's bcrypt: 2¹² rounds.
pub(super) const RECOMMENDED_COST: u32 = 12;
/// The highest cost that a row makes us pay: 2¹⁶ rounds, some seconds.
const MOST_COST: u32 = 16;

/// The family `bcrypt`. It writes the prefix that the row has; where there is none, its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bcrypt {
    name: &'static str,
    prefix: &'static str,
    cost: u32,
}

impl Bcrypt {
    /// What OpenBSD and Python write.
    pub(super) const B: Self = Self::new("bcrypt", "$2b$");
    /// What PHP writes, and Laravel wants.
    pub(super) const Y: Self = Self::new("bcrypt-2y", "$2y$");
    /// What Ruby writes.
    pub(super) const A: Self = Self::new("bcrypt-2a", "$2a$");

    const fn new(name: &'static str, prefix: &'static str) -> Self {
        Self { name, prefix, cost: RECOMMENDED_COST }
    }
}

impl Family for Bcrypt {
    fn name(&self) -> &'static str {
        self.name
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
        write(password, like, self.prefix, self.cost, random)
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        fits(password, stored)
    }

    fn length(&self, _: Option<&str>) -> usize {
        CHARACTERS
    }

    fn max_bytes(&self) -> Option<usize> {
        Some(MOST_BYTES)
    }
}

/// The prefix and the rest of a hash. `$2x$`, bcrypt with a known mistake, is none.
pub(super) fn parse(stored: &str) -> Option<(&str, HashParts)> {
    let (prefix, rest) = stored.split_at_checked(4)?;
    let plain = rest.starts_with(|first: char| first.is_ascii_digit());
    let parts: HashParts = stored.parse().ok()?;
    let known = ["$2a$", "$2b$", "$2y$"].contains(&prefix) && plain;
    (known && (4..=31).contains(&parts.get_cost())).then_some((prefix, parts))
}

/// Whether a row may make us pay this.
const fn is_followed(cost: u32) -> bool {
    cost <= MOST_COST
}

/// The hash of a password, like that of the row or else with this prefix, at this cost or more.
pub(super) fn write(
    password: &[u8],
    like: Option<&str>,
    prefix: &str,
    cost: u32,
    random: &Random,
) -> Result<String, HashError> {
    if password.len() > MOST_BYTES || password.contains(&0) {
        return Err(HashError("bcrypt takes 72 bytes and no NUL".to_owned()));
    }
    let row = like.and_then(parse);
    let asked = row.as_ref().map(|(_, parts)| parts.get_cost()).filter(|cost| is_followed(*cost));
    let cost = asked.map_or(cost, |asked| asked.max(cost));
    let written = bcrypt::hash_with_salt(password, cost, random.bytes())
        .map_err(|error| HashError(error.to_string()))?
        .to_string();
    Ok(format!("{}{}", row.map_or(prefix, |(prefix, _)| prefix), &written[4..]))
}

/// Whether a password fits, the whole of it.
pub(super) fn fits(password: &[u8], stored: &str) -> bool {
    let Some((_, row)) = parse(stored) else { return false };
    if password.len() > MOST_BYTES || password.contains(&0) || !is_followed(row.get_cost()) {
        return false;
    }
    bcrypt::hash_with_salt(password, row.get_cost(), row.get_salt_raw())
        .is_ok_and(|found| same(found.to_string().as_bytes(), row.to_string().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: Bcrypt = Bcrypt { cost: 4, ..Bcrypt::B };

    /// Made by Python's bcrypt 5.0.
    const MADE_ELSEWHERE: [&str; 3] = [
        "$2a$04$H6XQASVeOSUt0lvjBMvloe5RpsP5miaw0lfBMSw4QcWAq7TuoJG8y",
        "$2b$04$mgRYKDqqoZbW.ViQH6n0VeLeS61v8GWH9NcY3JcOY9HSZH9hZtHY6",
        "$2y$04$YHjk.BBHQkJRCyG6u55WcO1KyfeoaX8h4YsViEHBfEx52DoPekUw2",
    ];
    /// 72 times `x`, by Python's bcrypt 5.0.
    const FULL: &str = "$2b$04$/EfPCuhzJRvXXCQQrgzRe.IYt1vxwm/0rORmhbcLpzZ0bcmfIiVcm";

    fn hash(password: &[u8], like: Option<&str>) -> Result<String, HashError> {
        CHEAP.hash(password, like, &Random::repeatable(1))
    }

    #[test]
    fn a63_hashes_made_elsewhere_verify_and_their_prefix_is_kept() {
        for stored in MADE_ELSEWHERE {
            assert!(CHEAP.recognises(stored) && CHEAP.verifies(PASSWORD, stored), "{stored}");
            assert!(!CHEAP.verifies(b"correct horse", stored), "{stored}");
            let written = hash(PASSWORD, Some(stored)).unwrap();
            assert_eq!(written[..7], stored[..7]);
            assert_eq!(written.len(), CHEAP.length(Some(stored)));
            assert!(CHEAP.verifies(PASSWORD, &written), "{written}");
        }
    }

    #[test]
    fn where_no_row_says_otherwise_each_writes_its_own_prefix() {
        for family in [Bcrypt::A, Bcrypt::B, Bcrypt::Y] {
            let cheap = Bcrypt { cost: 4, ..family };
            let written = cheap.hash(PASSWORD, None, &Random::repeatable(1)).unwrap();
            assert!(written.starts_with(&format!("{}04$", family.prefix)), "{written}");
        }
    }

    #[test]
    fn a62_seventy_two_bytes_are_all_taken_and_seventy_three_refused() {
        assert!(CHEAP.verifies(&[b'x'; 72], FULL));
        assert!(!CHEAP.verifies(&[b'x'; 71], FULL));
        assert!(!CHEAP.verifies(&[b'x'; 73], FULL));
        assert!(CHEAP.verifies(&[b'x'; 72], &hash(&[b'x'; 72], None).unwrap()));
        assert!(hash(&[b'x'; 73], None).is_err());
    }

    #[test]
    fn a62_a_nul_is_refused() {
        assert!(hash(b"correct\0horse", None).is_err());
        assert!(!CHEAP.verifies(b"correct\0horse", &hash(b"correct", None).unwrap()));
    }

    #[test]
    fn a_lower_cost_is_raised_and_a_higher_one_kept() {
        let like = |cost: &str| MADE_ELSEWHERE[2].replace("$04$", cost);
        assert!(hash(PASSWORD, Some(&like("$05$"))).unwrap().starts_with("$2y$05$"));
        let family = Bcrypt { cost: 5, ..Bcrypt::B };
        let written = family.hash(PASSWORD, Some(&like("$04$")), &Random::repeatable(1)).unwrap();
        assert!(written.starts_with("$2y$05$"), "{written}");
    }

    #[test]
    fn absurd_costs_are_not_followed() {
        assert!(is_followed(16) && !is_followed(17));
        for cost in ["$17$", "$31$"] {
            let stored = MADE_ELSEWHERE[0].replace("$04$", cost);
            assert!(CHEAP.recognises(&stored) && !CHEAP.verifies(PASSWORD, &stored));
            assert!(hash(PASSWORD, Some(&stored)).unwrap().starts_with("$2a$04$"));
        }
    }

    #[test]
    fn what_is_no_whole_bcrypt_hash_is_not_recognised() {
        let good = MADE_ELSEWHERE[1];
        for stored in [
            good.replace("$2b$", "$2x$"),
            good.replace("$04$", "$03$"),
            good.replace("$04$", "$32$"),
            good.replace("$04$", "$+4$"),
            format!("{good} "),
            good[..59].to_owned(),
        ] {
            assert!(!CHEAP.recognises(&stored), "{stored}");
        }
    }
}
