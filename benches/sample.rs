//! What the benchmarks of tokens take: keys, a row, and what is said of it.

use std::ops::Range;

use regain::random::Random;
use regain::token::{ApplicationKeys, Claims, Keyring, Marks, Purpose, Secret, base64url};

pub const RESET: Purpose = Purpose::PasswordReset;

pub const MARKS: Marks<'_> = Marks {
    user_id: "42",
    email: Some("ada@example.com"),
    password: Some(
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhh",
    ),
    recovery_stamp: None,
    last_login: None,
};

/// A key for each number, of which the first one signs.
pub fn keys(numbers: Range<u64>) -> ApplicationKeys {
    let signing = numbers.start.to_string();
    let secrets = numbers.map(|number| {
        let bytes: [u8; 32] = Random::repeatable(number << 32).bytes();
        let Ok(secret) = Secret::parse(base64url::encode(&bytes).as_bytes()) else {
            panic!("a random secret is strong")
        };
        (number.to_string(), secret)
    });
    let Ok(keyring) = Keyring::new(&signing, secrets) else { panic!("the signing key is there") };
    keyring.application("default")
}

/// What a token to choose a password says.
pub fn claims(keys: &ApplicationKeys) -> Claims {
    Claims {
        user_id: MARKS.user_id.to_owned(),
        fingerprint: keys.fingerprint(RESET, &MARKS),
        lifetime: None,
        return_to: None,
    }
}
