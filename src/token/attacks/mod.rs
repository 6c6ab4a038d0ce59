//! The numbered attacks on tokens, against the whole stack.

use std::time::Duration;

use time::OffsetDateTime;

use super::{
    ApplicationKeys, Claims, Keyring, Marks, Opened, Purpose, Secret, TokenError, base64url,
};
use crate::random::Random;

mod keys;
mod parsing;

const RESET: Purpose = Purpose::PasswordReset;
const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const ISSUED_AT: i64 = 1_795_000_000;

fn secret(seed: u8) -> Secret {
    let random = Random::repeatable(u64::from(seed) << 32);
    Secret::parse(base64url::encode(&random.bytes::<32>()).as_bytes()).expect("strong")
}

/// A ring of the secrets named by these letters, the first of them signing.
fn ring(names: &str) -> Keyring {
    let secrets = names.bytes().map(|name| (char::from(name).to_string(), secret(name)));
    Keyring::new(&names[..1], secrets).expect("a keyring")
}

fn keys(names: &str, app: &str) -> ApplicationKeys {
    ring(names).application(app)
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a time")
}

fn claims() -> Claims {
    let fingerprint = keys("a", "shop").fingerprint(RESET, &marks());
    Claims { user_id: "42".into(), fingerprint, lifetime: None, return_to: None }
}

fn marks() -> Marks<'static> {
    Marks {
        user_id: "42",
        email: Some("ada@example.com"),
        password: Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA"),
        recovery_stamp: None,
        last_login: Some("1790000000"),
    }
}

fn token() -> String {
    keys("a", "shop").mint(RESET, at(ISSUED_AT), &claims()).expose().to_owned()
}

fn open(token: &str) -> Result<Opened, TokenError> {
    keys("a", "shop").open(RESET, token, at(ISSUED_AT + 60), HALF_AN_HOUR)
}
