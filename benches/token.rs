//! What a token costs: `cargo bench --bench token` prints nanoseconds for each operation.

use std::hint::black_box;
use std::time::{Duration, Instant};

use regain::random::Random;
use regain::token::{ApplicationKeys, Claims, Keyring, Marks, Purpose, Secret, base64url};
use time::OffsetDateTime;

const RESET: Purpose = Purpose::PasswordReset;
const ROUNDS: u32 = 20;
const CALLS_PER_ROUND: u32 = 20_000;

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
    assert!(
        one.open(RESET, &bad, now, lifetime).is_err() && one.fingerprint_matches(&opened, &MARKS)
    );

    measure("open, good, with JSON", || one.open(RESET, black_box(good), now, lifetime));
    measure("open, bad MAC, 1 key", || one.open(RESET, black_box(&bad), now, lifetime));
    measure("open, bad MAC, 8 keys", || eight.open(RESET, black_box(&bad), now, lifetime));
    measure("open, not a token", || one.open(RESET, black_box("not-a-token"), now, lifetime));
    measure("mint", || one.mint(RESET, now, black_box(&claims)));
    measure("fingerprint", || one.fingerprint(RESET, black_box(&MARKS)));
    measure("fingerprint_matches", || one.fingerprint_matches(&opened, black_box(&MARKS)));
    measure("csrf", || one.csrf(black_box(b"message")));
    measure("limiter_key", || one.limiter_key(black_box(b"192.0.2.1")));
}

/// Prints the best and the median round, since other work on the machine only ever adds.
#[expect(clippy::disallowed_methods, reason = "measuring is what a benchmark reads the clock for")]
#[expect(clippy::print_stdout, reason = "the table is the result")]
fn measure<T>(name: &str, mut call: impl FnMut() -> T) {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..CALLS_PER_ROUND {
                black_box(call());
            }
            start.elapsed().as_nanos() / u128::from(CALLS_PER_ROUND)
        })
        .collect();
    rounds.sort_unstable();
    println!("{name:<24} best {:>6} ns   median {:>6} ns", rounds[0], rounds[rounds.len() / 2]);
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
