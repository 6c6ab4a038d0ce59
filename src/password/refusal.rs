//! Why a new password is refused: a name for programs, and a sentence for people.

use super::Weakness;
use crate::language::Texts;

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
    /// Too easy to guess.
    Weak(Weakness),
    /// Known from a breach.
    Breached,
}

impl Refusal {
    /// Every name that the API answers.
    pub fn reasons() -> impl Iterator<Item = &'static str> {
        ["too_short", "too_long", "nul", "breached"].into_iter().chain(Weakness::reasons())
    }

    /// The stable name that the API answers.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } | Self::TooManyBytes { .. } => "too_long",
            Self::Nul => "nul",
            Self::Breached => "breached",
            Self::Weak(weakness) => weakness.reason(),
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
            Self::Breached => texts.tell("refusal-breached"),
            Self::Weak(weakness) => texts.tell(weakness.text()),
        }
    }
}
