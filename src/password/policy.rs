//! What a new password must be.

use super::Password;
use crate::language::Texts;

/// The lengths that a new password may have, in Unicode code points (NIST SP 800-63B-4 §3.1.1.2
/// counts each code point as one character). There are no composition rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Fewest code points.
    pub min_length: usize,
    /// Most code points.
    pub max_length: usize,
}

/// Why a password is refused. It says nothing of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Fewer characters than the policy wants.
    TooShort {
        /// Fewest code points.
        min: usize,
    },
    /// More characters than the policy allows.
    TooLong {
        /// Most code points.
        max: usize,
    },
    /// More bytes of UTF-8 than the hash function takes.
    TooManyBytes {
        /// Most bytes.
        max: usize,
    },
    /// A NUL, which some hash functions take for the end.
    Nul,
}

impl Refusal {
    /// The stable name that the API answers.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } | Self::TooManyBytes { .. } => "too_long",
            Self::Nul => "nul",
        }
    }

    /// The same as a sentence in the person's language.
    #[must_use]
    pub fn tell(&self, texts: &Texts) -> String {
        let with = |name, length: usize| texts.clone().with(name, length as u64);
        match *self {
            Self::TooShort { min } => with("min", min).tell("refusal-too-short"),
            Self::TooLong { max } => with("max", max).tell("refusal-too-long"),
            Self::TooManyBytes { max } => with("max", max).tell("refusal-too-many-bytes"),
            Self::Nul => texts.tell("refusal-nul"),
        }
    }
}

impl Policy {
    /// Whether a password will do.
    ///
    /// # Errors
    /// Every reason why not. An overlong password is measured no further than it must be.
    pub fn check(&self, password: &Password) -> Result<(), Vec<Refusal>> {
        let text = password.expose();
        let length = text.chars().take(self.max_length.saturating_add(1)).count();
        let mut refusals = Vec::new();
        if length < self.min_length {
            refusals.push(Refusal::TooShort { min: self.min_length });
        }
        if length > self.max_length {
            refusals.push(Refusal::TooLong { max: self.max_length });
        } else if text.contains('\0') {
            refusals.push(Refusal::Nul);
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { min_length: 8, max_length: 64 };

    fn check(text: &str) -> Result<(), Vec<Refusal>> {
        POLICY.check(&Password::new(text.to_owned()))
    }

    #[test]
    fn a63_length_is_counted_in_code_points_so_64_emoji_fit() {
        assert_eq!(check(&"🦀".repeat(64)), Ok(()));
        assert_eq!(check(&"e\u{301}".repeat(32)), Ok(()));
        assert_eq!(check(&"🦀".repeat(65)), Err(vec![Refusal::TooLong { max: 64 }]));
        assert_eq!(check("🦀🦀🦀🦀🦀🦀🦀"), Err(vec![Refusal::TooShort { min: 8 }]));
    }

    #[test]
    fn a60_a_megabyte_is_refused_by_length_alone() {
        assert_eq!(check(&"x".repeat(1 << 20)), Err(vec![Refusal::TooLong { max: 64 }]));
    }

    #[test]
    fn a62_a_nul_is_refused() {
        assert_eq!(check("correct\0horse"), Err(vec![Refusal::Nul]));
    }

    #[test]
    fn white_space_counts_and_is_kept() {
        assert_eq!(check("        "), Ok(()));
    }
}
