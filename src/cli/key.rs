//! `regain key new`.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use zeroize::Zeroizing;

use super::output::{Failure, print};
use crate::random::Random;

/// Prints a new key: 256 bits as 43 characters of base64url, which a key file holds as they are.
pub(super) fn new() -> Result<(), Failure> {
    print(&generate(&Random::system()))
}

fn generate(random: &Random) -> Zeroizing<String> {
    let bytes = Zeroizing::new(random.bytes::<32>());
    Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_text_of_43_characters_and_never_the_same() {
        let random = Random::repeatable(1);
        let (one, two) = (generate(&random), generate(&random));
        assert_eq!((one.len(), two.len()), (43, 43));
        assert_ne!(*one, *two);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    }
}
