//! Known answers, printed by `tests/python/token_reference.py`, which shares no code with this.

use std::fmt::Write as _;

use time::OffsetDateTime;

use super::application::{salt, subkey};
use super::{ApplicationKeys, Claims, Keyring, Marks, Purpose, Secret, mac};

const PRINTED: &str = include_str!("../../tests/python/token_vectors.txt");
const SECRET: &[u8] = b"Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
const APP: &str = "default";
const MARKS: Marks<'_> = Marks {
    user_id: "42",
    email: Some("Ada@example.com"),
    password: Some("pbkdf2_sha256$1000000$c2FsdA$aGFzaA=="),
    recovery_stamp: None,
    last_login: Some("2026-11-01 09:30:00"),
};

fn answer(name: &str) -> &'static str {
    let answer = |line: &'static str| line.strip_prefix(name)?.strip_prefix(": ");
    PRINTED.lines().find_map(answer).expect("a vector of that name")
}

fn secret() -> Secret {
    Secret::parse(SECRET).expect("strong")
}

fn keys() -> ApplicationKeys {
    Keyring::new("k", [("k".to_owned(), secret())]).expect("a keyring").application(APP)
}

fn issued_at() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).expect("a time")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

#[test]
fn derived_keys_and_subkeys_are_as_the_reference_derives_them() {
    for purpose in Purpose::ALL {
        let derived = mac::derive(&secret(), &salt(APP, purpose));
        assert_eq!(hex(&*derived), answer(&format!("derived {}", purpose.name())));
    }
    for name in ["fingerprint", "seal", "csrf", "limit"] {
        let derived = mac::derive(&secret(), &subkey(name, APP));
        assert_eq!(hex(&*derived), answer(&format!("subkey {name}")));
    }
}

#[test]
fn fingerprints_are_as_the_reference_makes_them() {
    for purpose in Purpose::ALL {
        let expected = answer(&format!("fingerprint {}", purpose.name()));
        assert_eq!(keys().fingerprint(purpose, &MARKS), expected);
    }
    assert_eq!(keys().changed(&MARKS), answer("fingerprint password-changed"));
    assert_eq!(keys().invitation(&MARKS), answer("fingerprint invitation"));
    let nobody_yet = Marks { password: None, ..MARKS };
    assert_eq!(keys().invitation(&nobody_yet), answer("fingerprint invitation null-password"));
    let reset = |marks: Marks<'_>| keys().fingerprint(Purpose::PasswordReset, &marks);
    assert_eq!(reset(Marks { password: None, ..MARKS }), answer("fingerprint null-password"));
    assert_eq!(reset(Marks { password: Some(""), ..MARKS }), answer("fingerprint empty-password"));
    assert_eq!(reset(Marks { recovery_stamp: Some("7"), ..MARKS }), answer("fingerprint stamped"));
}

#[test]
fn tokens_are_as_the_reference_makes_them_and_open() {
    for purpose in Purpose::ALL {
        let claims = Claims {
            user_id: "42".to_owned(),
            fingerprint: keys().fingerprint(purpose, &MARKS),
            lifetime: None,
            return_to: None,
        };
        let token = keys().mint(purpose, issued_at(), &claims);
        assert_eq!(token.expose(), answer(&format!("token {}", purpose.name())));
        let opened = keys()
            .open(purpose, token.expose(), issued_at(), purpose.lifetime())
            .expect("a good token");
        assert_eq!((&opened.claims, opened.issued_at), (&claims, issued_at()));
        assert!(opened.fingerprint_matches(&MARKS));
    }
}

#[test]
fn a_token_with_every_claim_is_as_the_reference_makes_it() {
    let claims = Claims {
        user_id: "zoë".to_owned(),
        fingerprint: "AAAA".to_owned(),
        lifetime: Some(259_200),
        return_to: Some("https://app.example.com/é?a=1&b=<2>".to_owned()),
    };
    let token = keys().mint(Purpose::PasswordReset, issued_at(), &claims);
    assert_eq!(token.expose(), answer("token full"));
}

#[test]
fn csrf_values_and_limiter_keys_are_as_the_reference_makes_them() {
    assert_eq!(keys().csrf(b"message"), answer("csrf"));
    assert_eq!(hex(&keys().limiter_key(b"message")), answer("limit"));
}
