//! A secret that keys are derived from, refused where it could be guessed.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::error::WeakSecret;

/// Fewest bytes of a secret: the output length of SHA-256 (RFC 2104 §3).
const MIN_BYTES: usize = 32;
/// Fewest different bytes. 32 random hexadecimal digits have fewer once in ten million times.
const MIN_DISTINCT: usize = 8;

/// Words that only examples have. Every example in Regain's documentation contains one of them.
const EXAMPLE_WORDS: [&str; 7] = [
    "example",
    "changeme",
    "change-me",
    "change_me",
    "placeholder",
    "your_own_random",
    "django-insecure-",
];

/// Keys of 32 bytes and more that stand in well-known documentation without such a word.
const EXAMPLES: [&str; 4] = [
    // The Flask documentation, "Configuration Handling".
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    // The debugger of jwt.io.
    "a-string-secret-at-least-256-bits-long",
    // The FastAPI documentation, "OAuth2 with JWT tokens".
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    // The bytes 0 to 31 in hexadecimal digits, the key of many a test vector.
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
];

/// At least 32 bytes that were not obviously typed by hand.
///
/// It is wiped from memory when dropped and never prints.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes as they are: a newline that a file may end in is gone before.
    ///
    /// # Errors
    /// [`WeakSecret`] for what is empty, shorter than 32 bytes, repetitive or publicly known, white
    /// space at the end not counted.
    pub fn parse(secret: &[u8]) -> Result<Self, WeakSecret> {
        let bytes = secret.trim_ascii_end();
        if bytes.is_empty() {
            return Err(WeakSecret::Empty);
        }
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(WeakSecret::RepeatedCharacter);
        }
        if bytes.len() < MIN_BYTES {
            return Err(WeakSecret::TooShort { bytes: bytes.len() });
        }
        let distinct = distinct(bytes);
        if distinct < MIN_DISTINCT {
            return Err(WeakSecret::FewDistinctBytes { distinct });
        }
        if repeats_itself(bytes) || repeats_itself(secret) || counts(bytes) {
            return Err(WeakSecret::Pattern);
        }
        if is_example(bytes) {
            return Err(WeakSecret::Example);
        }
        Ok(Self(Zeroizing::new(secret.to_vec())))
    }

    /// Whether it is the same, in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The bytes, for deriving keys and nothing else.
    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        seen[usize::from(*byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Whether a shorter text is said at least twice, the last time perhaps not to its end.
fn repeats_itself(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period])
}

/// Whether more than half of all steps from one byte to the next are the same, as in an alphabet.
fn counts(bytes: &[u8]) -> bool {
    let mut steps = [0_usize; 256];
    for pair in bytes.windows(2) {
        steps[usize::from(pair[1].wrapping_sub(pair[0]))] += 1;
    }
    steps.iter().any(|same| same * 2 > bytes.len())
}

fn is_example(bytes: &[u8]) -> bool {
    let lower = Zeroizing::new(bytes.to_ascii_lowercase());
    EXAMPLES.iter().any(|example| lower.as_slice() == example.as_bytes())
        || EXAMPLE_WORDS.iter().any(|word| lower.windows(word.len()).any(|w| w == word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn refusal(bytes: impl AsRef<[u8]>) -> WeakSecret {
        Secret::parse(bytes.as_ref()).expect_err("a weak secret was taken")
    }

    #[test]
    fn a26_empty_and_short_secrets_are_refused() {
        assert_eq!(refusal(""), WeakSecret::Empty);
        assert_eq!(refusal("\n"), WeakSecret::Empty);
        let good = b"Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
        assert_eq!(refusal(&good[..31]), WeakSecret::TooShort { bytes: 31 });
        assert!(Secret::parse(&good[..32]).is_ok());
    }

    #[test]
    fn a26_white_space_at_the_end_makes_no_secret_longer() {
        for end in ["\n", "\n\n", " \t"] {
            let padded = "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA".to_owned() + end;
            assert_eq!(refusal(padded), WeakSecret::TooShort { bytes: 31 });
        }
    }

    #[test]
    fn a26_repetition_and_patterns_are_refused() {
        assert_eq!(refusal("a".repeat(64)), WeakSecret::RepeatedCharacter);
        assert_eq!(refusal([0; 32]), WeakSecret::RepeatedCharacter);
        assert_eq!(
            refusal("abcabacbabcbacbabcabcbabcbacbacb"),
            WeakSecret::FewDistinctBytes { distinct: 3 }
        );
        assert_eq!(refusal("0123456789abcdef".repeat(2)), WeakSecret::Pattern);
        assert_eq!(refusal("correct horse battery ".repeat(2)), WeakSecret::Pattern);
        assert_eq!(refusal("abcdefghijklmnopqrstuvwxyz0123456789"), WeakSecret::Pattern);
        let counting: Vec<u8> = (0..32).collect();
        assert_eq!(refusal(counting), WeakSecret::Pattern);
    }

    #[test]
    fn a26_eight_different_bytes_and_steps_of_which_half_are_the_same_are_just_enough() {
        assert!(Secret::parse(b"fzmxqkxwffxxbzfzbkqzkwkwxbbbxzmq").is_ok());
        let distinct = WeakSecret::FewDistinctBytes { distinct: 7 };
        assert_eq!(refusal("kqfqzmfbmbzfwbfwzwwfwqzmkbzwmmqm"), distinct);
        assert!(Secret::parse(b"ABCDEFGHIJKLMNOPQ5v0944x28k854ww").is_ok(), "16 of 31 steps");
        assert_eq!(refusal("ABCDEFGHIJKLMNOPQRxxm58mxv7xr9zq"), WeakSecret::Pattern);
    }

    #[test]
    fn a26_documented_examples_are_refused_in_any_case() {
        for example in EXAMPLES {
            assert_eq!(refusal(example), WeakSecret::Example);
            assert_eq!(refusal(example.to_uppercase() + "\n"), WeakSecret::Example);
        }
        for known in [
            "django-insecure-6u!k2#v9@x0qz7w$e1r5t8y3",
            "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
            "YOUR_OWN_RANDOM_GENERATED_SECRET_KEY",
            "this-is-an-Example-secret-for-the-docs",
        ] {
            assert_eq!(refusal(known), WeakSecret::Example, "{known}");
        }
    }

    #[test]
    fn random_secrets_of_every_usual_spelling_are_taken() {
        let random = Random::repeatable(26);
        for _ in 0..1000 {
            let bytes = random.bytes::<32>();
            let mut raw = bytes.to_vec();
            raw.push(b'x'); // so that a last random byte is no white space
            assert!(Secret::parse(&raw).is_ok());
            let hex = format!(
                "{:032x}{:032x}",
                u128::from_be_bytes(bytes[..16].try_into().expect("half")),
                u128::from_be_bytes(bytes[16..].try_into().expect("half"))
            );
            assert!(Secret::parse(hex.as_bytes()).is_ok());
            assert!(Secret::parse(crate::token::base64url::encode(&bytes).as_bytes()).is_ok());
        }
    }

    #[test]
    fn a_secret_is_kept_as_it_is() {
        let base = "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
        let parsed = |tail: &str| {
            Secret::parse(format!("{base}{tail}").as_bytes()).expect("strong").expose().to_vec()
        };
        for tail in ["", "\n", "\n\n", " "] {
            assert_eq!(parsed(tail), format!("{base}{tail}").as_bytes());
        }
    }

    #[test]
    fn a_secret_does_not_print() {
        let secret = Secret::parse(b"Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3").expect("strong");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
