//! How salts, numbers and hashes are spelled in stored passwords.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use subtle::ConstantTimeEq as _;

use crate::random::Random;

/// As many bytes below it stand for each letter and digit, four; those from it on stand for none.
const FAIR: u8 = 248;
const ALPHANUMERIC: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A random salt of letters and digits, each as likely as any other (5.95 bits a character).
pub(super) fn alphanumeric(length: usize, random: &Random) -> String {
    let mut salt = String::with_capacity(length);
    while salt.len() < length {
        let drawn = random.bytes::<32>().into_iter().filter(|byte| *byte < FAIR);
        let drawn = drawn.map(|byte| char::from(ALPHANUMERIC[usize::from(byte % 62)]));
        salt.extend(drawn.take(length - salt.len()));
    }
    salt
}

/// A number of plain digits, as large as it gets when it does not fit.
pub(super) fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().unwrap_or(u64::MAX))
}

pub(super) fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}

pub(super) fn unbase64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(text).ok()
}

/// Base64 as PHC strings have it: without padding.
pub(super) fn bare64(bytes: &[u8]) -> String {
    BASE64_STANDARD_NO_PAD.encode(bytes)
}

pub(super) fn unbare64(text: &str) -> Option<Vec<u8>> {
    BASE64_STANDARD_NO_PAD.decode(text).ok()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Lower-case digits only, as all who write them do.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let pairs = pairs.iter().map(|[high, low]| Some(digit(high)? * 16 + digit(low)?));
    if rest.is_empty() { pairs.collect() } else { None }
}

/// Whether two hashes are the same, in a time that does not tell where they differ.
pub(super) fn same(one: &[u8], two: &[u8]) -> bool {
    one.ct_eq(two).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_salt_has_its_length_and_every_letter_and_digit_comes_up() {
        let salt = alphanumeric(4000, &Random::repeatable(1));
        assert_eq!(salt.len(), 4000);
        let mut seen: Vec<_> = salt.bytes().collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 62);
    }

    #[test]
    fn each_letter_and_digit_of_a_salt_stands_for_as_many_bytes_as_any_other() {
        let (random, mut expected) = (Random::repeatable(1), String::new());
        for byte in (0..200).flat_map(|_| random.bytes::<32>()) {
            let letter = ALPHANUMERIC.get(usize::from(byte) % 62).filter(|_| byte <= 247);
            expected.extend(letter.map(|it| char::from(*it)));
        }
        let salt = alphanumeric(6000, &Random::repeatable(1));
        assert_eq!(salt, expected[..6000]);
        let longest = alphanumeric(31, &Random::repeatable(1));
        assert_eq!(longest, expected[..31]);
    }

    #[test]
    fn numbers_are_digits_alone() {
        assert_eq!(number("29000"), Some(29_000));
        assert_eq!(number("99999999999999999999999"), Some(u64::MAX));
        for text in ["", "+5", "-1", " 5", "5 ", "1e9", "٣"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn hexadecimal_goes_both_ways() {
        assert_eq!(unhex(&hex(&[0, 15, 16, 255])), Some(vec![0, 15, 16, 255]));
        for text in ["0", "0g", "é", "FF"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
