//! What making a mail costs: `cargo bench --bench letter` prints nanoseconds for minting a token,
//! writing text and HTML around it, and making one message of them. Nothing is sent.

mod measure;

use std::hint::black_box;
use std::sync::Arc;

use measure::measure;
use regain::language::{Catalogue, Language};
use regain::mail::{Samples, Writer};
use regain::recovery::{Letter, LinkPattern, Message};
use regain::token::{ApplicationKeys, Claims, Keyring, Marks, Purpose, Secret};
use time::OffsetDateTime;

const RESET: Purpose = Purpose::PasswordReset;
const CALLS: u32 = 500;
const SECRET: &[u8] = b"bench-only-3f9c1d7a5b2e8046c9d1e7f3a5b8c2d4";

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
    let samples = Samples::default();
    let Some(pattern) = LinkPattern::parse(&samples.links[&RESET]) else { panic!("a pattern") };
    let keys = keys();
    let minted = |letter: &Letter| match &letter.message {
        Message::Link { kind, lifetime, .. } => {
            let link = link(&keys, &pattern, letter.now);
            let message = Message::Link { kind: *kind, link, lifetime: *lifetime };
            Letter { message, ..letter.clone() }
        }
        _ => letter.clone(),
    };
    let Ok(texts) = Catalogue::embedded() else { panic!("the texts are good") };
    let writer = Writer::new("default", &samples.title, &samples.from, Arc::new(texts), None);
    let Ok(writer) = writer else { panic!("the templates are good") };
    let whole = |letter: &Letter| {
        let Ok((_, message)) = writer.write(&minted(letter)) else { panic!("it can be written") };
        message.formatted()
    };
    for letter in samples.letters() {
        let (language, kind) = (letter.language, letter.message.kind());
        if language == Language::English || kind == "password_reset" {
            let size = whole(&letter).len();
            measure(&format!("{kind}, {}, {size} bytes", language.tag()), CALLS, || {
                whole(black_box(&letter))
            });
        }
    }
}

fn link(
    keys: &ApplicationKeys,
    pattern: &LinkPattern,
    now: OffsetDateTime,
) -> zeroize::Zeroizing<String> {
    let claims = Claims {
        user_id: MARKS.user_id.to_owned(),
        fingerprint: keys.fingerprint(RESET, &MARKS),
        lifetime: None,
        return_to: None,
    };
    pattern.fill(&keys.mint(RESET, now, &claims))
}

fn keys() -> ApplicationKeys {
    let Ok(secret) = Secret::parse(SECRET) else { panic!("the secret is strong") };
    let Ok(keyring) = Keyring::new("1", [("1".to_owned(), secret)]) else {
        panic!("the signing key is there")
    };
    keyring.application("default")
}
