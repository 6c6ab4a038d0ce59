//! What a token costs: `cargo bench --bench token` prints nanoseconds for each operation.

mod measure;

use std::hint::black_box;
use std::time::Duration;

use measure::measure;
use regain::random::Random;
use regain::token::{ApplicationKeys, Claims, Keyring, Marks, Purpose, Secret, base64url};
use time::OffsetDateTime;

const RESET: Purpose = Purpose::PasswordReset;
const CALLS: u32 = 20_000;

const MARKS: Marks<'_> = Marks {
    user_id: "42",
    email: Some("ada@example.com"),
    password: Some(
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhh",
    ),
    recovery_stamp: None,
    last_login: None,
};

fn main() {
    let (one, eight) = (keys(1), keys(8));
    let now = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_795_000_000);
    let claims = Claims {
        user_id: "42".to_owned(),
        fingerprint: one.fingerprint(RESET, &MARKS),
        lifetime: None,
        return_to: None,
    };
    let minted = one.mint(RESET, now, &claims);
    let good = minted.expose();
    let bad = keys(9).mint(RESET, now, &claims).expose().to_owned();
    let lifetime = RESET.lifetime();
    let Ok(opened) = one.open(RESET, good, now, lifetime) else { panic!("the token is good") };
    assert!(one.open(RESET, &bad, now, lifetime).is_err() && opened.fingerprint_matches(&MARKS));

    measure("open, good, with JSON", CALLS, || one.open(RESET, black_box(good), now, lifetime));
    measure("open, bad MAC, 1 key", CALLS, || one.open(RESET, black_box(&bad), now, lifetime));
    measure("open, bad MAC, 8 keys", CALLS, || eight.open(RESET, black_box(&bad), now, lifetime));
    measure("open, not a token", CALLS, || {
        one.open(RESET, black_box("not-a-token"), now, lifetime)
    });
    measure("mint", CALLS, || one.mint(RESET, now, black_box(&claims)));
    measure("fingerprint", CALLS, || one.fingerprint(RESET, black_box(&MARKS)));
    measure("fingerprint_matches", CALLS, || opened.fingerprint_matches(black_box(&MARKS)));
    measure("csrf", CALLS, || one.csrf(black_box(b"message")));
    measure("limiter_key", CALLS, || one.limiter_key(black_box(b"192.0.2.1")));
}

/// As many keys as said; nine stands for one key that is in no other ring.
fn keys(count: u64) -> ApplicationKeys {
    let numbers = if count == 9 { 9..10 } else { 0..count };
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
