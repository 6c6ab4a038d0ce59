//! Tokens and sealed texts as strangers send them, and tokens that carry a signature that holds over
//! whatever there may be: what itsdangerous could sign, and Regain itself never would.
//!
//! The first byte says what the rest is, the second for which purpose, when, and for how long.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use regain::random::Random;
use regain::token::{ApplicationKeys, Claims, MAX_TOKEN_BYTES, Marks, Opened, Purpose, base64url};
use regain_fuzz::{SECRETS, keyring, now};
use serde_json::{Map, Value};
use sha2::Sha256;
use time::OffsetDateTime;

static KEYS: LazyLock<ApplicationKeys> = LazyLock::new(|| keyring().application("default"));
static STRANGERS: LazyLock<ApplicationKeys> = LazyLock::new(|| keyring().application("other"));
/// By purpose, and then by secret.
static SIGNERS: LazyLock<[[Hmac<Sha256>; SECRETS.len()]; Purpose::ALL.len()]> =
    LazyLock::new(|| {
        Purpose::ALL.map(|purpose| SECRETS.map(|(_, secret)| signer(purpose, secret)))
    });
static RANDOM: LazyLock<Random> = LazyLock::new(|| Random::repeatable(3));

/// How far into the future a token may be made, in seconds.
const LEEWAY: i64 = 60;

/// When a token is opened, and for how long it is good.
#[derive(Clone, Copy)]
struct Situation {
    purpose: Purpose,
    now: OffsetDateTime,
    lifetime: Duration,
}

fuzz_target!(|data: &[u8]| {
    let [kind, situation, rest @ ..] = data else { return };
    let situation = Situation::of(*situation);
    match kind % 5 {
        0 => as_it_is(situation, rest),
        1 => signed_message(situation, rest),
        2 => signed_payload(situation, rest),
        3 => minted(situation, rest),
        _ => sealed(rest),
    }
});

impl Situation {
    fn of(byte: u8) -> Self {
        let purpose = Purpose::ALL[usize::from(byte & 3)];
        let now = match byte >> 2 & 7 {
            0..4 => now(),
            4 => now() + Duration::from_secs(3600),
            5 => OffsetDateTime::UNIX_EPOCH,
            6 => OffsetDateTime::from_unix_timestamp(253_402_300_799).expect("the last second"),
            _ => OffsetDateTime::from_unix_timestamp(-377_705_116_800).expect("the first second"),
        };
        let lifetime = match byte >> 5 {
            0..4 => purpose.lifetime(),
            4 => Duration::ZERO,
            5 => Duration::from_millis(1999),
            6 => Duration::from_secs(u64::from(u32::MAX)),
            _ => Duration::MAX,
        };
        Self { purpose, now, lifetime }
    }

    fn open(self, token: &str) -> Option<Opened> {
        KEYS.open(self.purpose, token, self.now, self.lifetime).ok()
    }
}

/// A text that nobody signed anew: none of ours, unless it is one of the seeds.
fn as_it_is(situation: Situation, text: &[u8]) {
    let Ok(text) = std::str::from_utf8(text) else { return };
    for purpose in Purpose::ALL {
        let situation = Situation { purpose, ..situation };
        let _any_age = KEYS.claims(purpose, text, situation.now);
        if let Some(opened) = situation.open(text) {
            holds(situation, text, &opened);
        }
    }
}

/// Whatever stands before the signature, signed.
fn signed_message(situation: Situation, message: &[u8]) {
    let [key, message @ ..] = message else { return };
    let Ok(message) = std::str::from_utf8(message) else { return };
    signed(situation, usize::from(*key) % SECRETS.len(), message);
}

/// Whatever the payload is, spelled and signed as it has to be.
fn signed_payload(situation: Situation, payload: &[u8]) {
    let [seconds, payload @ ..] = payload else { return };
    let issued_at = situation.now.unix_timestamp() - i64::from(*seconds) + LEEWAY + 1;
    let payload = base64url::encode(payload);
    signed(situation, 0, &format!("{payload}.{}", spelled_time(issued_at)));
}

fn signed(situation: Situation, key: usize, message: &str) {
    let signature = base64url::encode(&tag(situation.purpose, key, message));
    let text = format!("{message}.{signature}");
    if let Some(opened) = situation.open(&text) {
        holds(situation, &text, &opened);
    }
}

/// What a token that opens has to be.
fn holds(situation: Situation, text: &str, opened: &Opened) {
    let Situation { purpose, now, lifetime } = situation;
    let parts: Vec<&str> = text.split('.').collect();
    let [payload, timestamp, signature] = parts[..] else { panic!("not three parts: {text}") };
    assert!(text.len() <= MAX_TOKEN_BYTES);
    for part in [payload, timestamp, signature] {
        let bytes = base64url::decode(part).expect("what opens is base64url");
        assert_eq!(base64url::encode(&bytes), part, "another spelling of the same");
    }

    // A keyholder's signature, over the time that it says.
    let (message, _) = text.rsplit_once('.').expect("three parts");
    let signed = |key| base64url::encode(&tag(purpose, key, message)) == signature;
    let key = (0..SECRETS.len()).find(|key| signed(*key)).expect("a signature of nobody's");
    let issued_at = opened.issued_at.unix_timestamp();
    assert_eq!(spelled_time(issued_at), timestamp);

    // What it says is what its JSON says, and that is all.
    let json = base64url::decode(payload).expect("base64url");
    let said: Map<String, Value> = serde_json::from_slice(&json).expect("what opens is an object");
    let claims = &opened.claims;
    assert!(said["u"] == *claims.user_id && said["f"] == *claims.fingerprint);
    assert!(!claims.user_id.is_empty());
    assert_eq!(said.get("t").map(|t| t.as_u64()), claims.lifetime.map(|t| Some(t.into())));
    assert_eq!(said.get("r").and_then(Value::as_str), claims.return_to.as_deref());
    assert_eq!(said.len(), 2 + ["t", "r"].iter().filter(|name| said.contains_key(**name)).count());

    // It is of its time.
    let lifetime = claims.lifetime.map_or(lifetime.as_secs(), u64::from);
    let age = now.unix_timestamp() - issued_at;
    assert!(age >= -LEEWAY && u64::try_from(age).unwrap_or(0) <= lifetime, "{age} s old");
    let end = issued_at.saturating_add(i64::try_from(lifetime).unwrap_or(i64::MAX));
    let last = 253_402_300_799;
    assert_eq!(opened.expires_at.unix_timestamp(), end.min(last));

    // Made again, it opens to the same; and is the same to the byte, where it was written as we write.
    let again = KEYS.mint(purpose, opened.issued_at, claims);
    let reopened = situation.open(again.expose()).expect("what was opened and made again opens");
    assert_eq!(reopened.claims, *claims);
    assert_eq!((reopened.issued_at, reopened.expires_at), (opened.issued_at, opened.expires_at));
    if key == 0 && again.expose().starts_with(&format!("{payload}.")) {
        assert_eq!(again.expose(), text);
    }
    assert_eq!(situation.open(again.expose()), Some(reopened));

    only_so(situation, text);
    one_spelling(situation, payload, timestamp);
}

/// The same payload and the same time spelled otherwise open nothing, though their signature holds.
fn one_spelling(situation: Situation, payload: &str, timestamp: &str) {
    let padded = |text: &str| text.to_owned() + &"=".repeat((4 - text.len() % 4) % 4);
    let mut bytes = base64url::decode(timestamp).expect("base64url");
    bytes.insert(0, 0);
    let standard = |text: &str| text.replace('-', "+").replace('_', "/");
    for (one, two) in [
        (left_over(payload), timestamp.to_owned()),
        (payload.to_owned(), left_over(timestamp)),
        (padded(payload), padded(timestamp)),
        (payload.to_owned() + "=", timestamp.to_owned()),
        (payload.to_owned(), timestamp.to_owned() + "\n"),
        (payload.to_owned(), base64url::encode(&bytes)),
        (standard(payload), standard(timestamp)),
    ] {
        let message = format!("{one}.{two}");
        let signature = base64url::encode(&tag(situation.purpose, 0, &message));
        let same = one == payload && two == timestamp;
        let opened = situation.open(&format!("{message}.{signature}"));
        assert!(same || opened.is_none(), "{message} is another spelling of {payload}.{timestamp}");
    }
}

/// The same bytes in base64url with a bit set that belongs to none of them, where there is such a bit.
fn left_over(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = text.as_bytes().to_vec();
    let last = bytes.last_mut().filter(|_| text.len() % 4 != 0);
    if let Some(last) = last {
        let value = ALPHABET.iter().position(|c| c == last).expect("base64url");
        *last = ALPHABET[value | 1];
    }
    String::from_utf8(bytes).expect("ASCII")
}

/// For no other purpose, no other application, and with no character changed.
fn only_so(situation: Situation, text: &str) {
    for purpose in Purpose::ALL.into_iter().filter(|purpose| *purpose != situation.purpose) {
        assert_eq!(Situation { purpose, ..situation }.open(text), None);
    }
    let Situation { purpose, now, lifetime } = situation;
    assert!(STRANGERS.open(purpose, text, now, lifetime).is_err());
    let at = text.bytes().map(usize::from).sum::<usize>() % text.len();
    let mut changed = text.as_bytes().to_vec();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("ASCII");
    assert_eq!(situation.open(&changed), None, "one character is another one");
    for longer in [format!("{text}="), format!("{text} "), format!(".{text}"), format!("{text}.")] {
        assert_eq!(situation.open(&longer), None);
    }
}

/// Any claims, made by us: they open to themselves.
fn minted(situation: Situation, said: &[u8]) {
    let Ok(said) = std::str::from_utf8(said) else { return };
    let mut lines = said.splitn(4, '\n');
    let mut next = || lines.next().unwrap_or_default().to_owned();
    let (lifetime, user_id, fingerprint) = (next().parse().ok(), next(), next());
    let return_to = Some(next()).filter(|return_to| !return_to.is_empty());
    let marks = Marks {
        user_id: &user_id,
        email: Some(&fingerprint),
        password: return_to.as_deref(),
        recovery_stamp: return_to.as_deref(),
        last_login: None,
    };
    let genuine = KEYS.fingerprint(situation.purpose, &marks);
    for fingerprint in [&fingerprint, &genuine] {
        let claims = Claims {
            user_id: user_id.clone(),
            fingerprint: fingerprint.clone(),
            lifetime,
            return_to: return_to.clone(),
        };
        let token = KEYS.mint(situation.purpose, situation.now, &claims);
        let text = token.expose();
        // Nothing is made before the first second of 1970, which is then written instead.
        let in_time = situation.now.unix_timestamp() >= 1 - LEEWAY;
        let good = !user_id.is_empty() && text.len() <= MAX_TOKEN_BYTES && in_time;
        let opened = situation.open(text);
        assert_eq!(opened.is_some(), good, "{claims:?} {} bytes", text.len());
        let Some(opened) = opened else { continue };
        assert_eq!(opened.claims, claims);
        assert_eq!(opened.fingerprint_matches(&marks), *fingerprint == genuine);
        holds(situation, text, &opened);
    }
}

/// A text that nobody sealed, and one that was sealed just now.
fn sealed(rest: &[u8]) {
    if let Ok(text) = std::str::from_utf8(rest) {
        assert_eq!(KEYS.unseal("cookie", text), None);
        assert!(!KEYS.csrf_matches(b"message", text) || text == KEYS.csrf(b"message"));
    }
    let sealed = KEYS.seal(&RANDOM, "cookie", rest);
    assert_eq!(KEYS.unseal("cookie", &sealed).as_deref().map(Vec::as_slice), Some(rest));
    assert_eq!(KEYS.unseal("job", &sealed), None);
    assert_eq!(STRANGERS.unseal("cookie", &sealed), None);
}

/// The bytes of a time without those in front that are 0, as itsdangerous writes them.
fn spelled_time(seconds: i64) -> String {
    let bytes = seconds.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    base64url::encode(&bytes[first..])
}

/// itsdangerous with SHA-256 and `key_derivation="hmac"`: the salt makes the key.
fn signer(purpose: Purpose, secret: &str) -> Hmac<Sha256> {
    let mut derive = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    derive.update(format!("default/{}", purpose.salt()).as_bytes());
    Hmac::new_from_slice(&derive.finalize().into_bytes()).expect("any length")
}

fn tag(purpose: Purpose, key: usize, message: &str) -> [u8; 32] {
    let mut mac = SIGNERS[purpose as usize][key].clone();
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}
