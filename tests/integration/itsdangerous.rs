//! Regain's tokens against Python's itsdangerous, thousands of times each way.
//!
//! `REGAIN_TEST_PYTHON` names a Python that has itsdangerous installed. What is compared is the
//! public API on this side and `tests/python/itsdangerous_peer.py` on the other.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;
use std::time::Duration;

use regain::random::Random;
use regain::token::{ApplicationKeys, Claims, Keyring, Opened, Purpose, Secret, base64url};
use serde_json::{Value, json};
use time::OffsetDateTime;

const ROUNDS: usize = 10_000;
/// How far into the future Regain accepts what itsdangerous calls expired, in seconds.
const LEEWAY: i64 = 60;

#[test]
fn what_we_mint_itsdangerous_loads() {
    let Some(mut peer) = Peer::start() else { return };
    let mut chance = Chance::new(1);
    let (mut loaded, mut refused) = (0, 0);
    for _ in 0..ROUNDS {
        let case = Case::draw(&mut chance);
        let token = case.keys.mint(case.purpose, at(case.issued_at), &case.claims);
        let answer = peer.loads(&case, token.expose(), case.lifetime);
        if case.fits_itsdangerous() {
            assert_eq!(answer["payload"], case.payload(), "{answer}");
            assert_eq!(answer["timestamp"], case.issued_at);
            loaded += 1;
        } else {
            assert_eq!(answer["error"], "SignatureExpired", "{answer}");
            refused += 1;
        }
    }
    report(format_args!("ours: {loaded} loaded there, {refused} expired there"));
    assert!(loaded > ROUNDS / 3 && refused > ROUNDS / 10);
}

#[test]
fn what_itsdangerous_mints_opens_here_exactly_when_it_would_load_there() {
    let Some(mut peer) = Peer::start() else { return };
    let mut chance = Chance::new(2);
    let (mut opened, mut leeway, mut refused) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let case = Case::draw(&mut chance);
        let token = peer.dumps(&case, false);
        let ours = case.keys.mint(case.purpose, at(case.issued_at), &case.claims);
        assert_eq!(token, ours.expose(), "the same bytes, not only the same meaning");
        let theirs = peer.loads(&case, &token, case.lifetime)["ok"] == true;
        assert_eq!(theirs, case.fits_itsdangerous());
        if let Some(found) = case.open(&token) {
            assert_eq!(found.claims, case.claims);
            assert_eq!(found.issued_at, at(case.issued_at));
            assert!(theirs || (-LEEWAY..0).contains(&case.age()), "age {}", case.age());
            opened += 1;
            leeway += usize::from(!theirs);
        } else {
            assert!(!theirs, "age {} of {}", case.age(), case.lifetime);
            refused += 1;
        }
    }
    report(format_args!(
        "theirs: {opened} opened here, {leeway} of them by the leeway, {refused} refused"
    ));
    assert!(opened > ROUNDS / 3 && leeway > 0 && refused > ROUNDS / 10);
}

#[test]
fn a18_what_itsdangerous_compresses_is_refused_here() {
    let Some(mut peer) = Peer::start() else { return };
    let mut chance = Chance::new(3);
    let (mut compressed, mut plain) = (0, 0);
    for round in 0..2_000 {
        let mut case = Case::draw(&mut chance);
        case.now = case.issued_at;
        if round % 2 == 0 {
            case.claims.return_to = Some("https://app.example.com/".repeat(1 + round % 20));
        }
        let token = peer.dumps(&case, true);
        assert_eq!(peer.loads(&case, &token, case.lifetime)["ok"], true);
        let opened = case.open(&token).is_some();
        assert_eq!(opened, !token.starts_with('.'), "{token}");
        if opened {
            plain += 1;
        } else {
            compressed += 1;
        }
    }
    report(format_args!("compressing: {compressed} refused, {plain} left plain and opened"));
    assert!(compressed > 800 && plain > 100);
}

#[test]
fn a16_whatever_we_accept_of_a_mutated_token_it_accepts_too() {
    let Some(mut peer) = Peer::start() else { return };
    let mut chance = Chance::new(4);
    let (mut both, mut only_there, mut nowhere) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let case = Case::draw(&mut chance);
        let token = case.keys.mint(case.purpose, at(case.issued_at), &case.claims);
        let mutated = chance.mutate(token.expose());
        let there = peer.loads(&case, &mutated, case.lifetime)["ok"] == true;
        let here = case.open(&mutated);
        assert!(here.is_none() || mutated == token.expose(), "{mutated:?}");
        assert!(here.is_none() || there || case.age() < 0, "{mutated:?}");
        match (here.is_some(), there) {
            (true, _) => both += 1,
            (false, true) => only_there += 1,
            (false, false) => nowhere += 1,
        }
    }
    report(format_args!(
        "mutated: {nowhere} refused by both, {only_there} accepted there only, {both} accepted here"
    ));
    assert!(nowhere > ROUNDS * 9 / 10);
}

#[test]
fn a19_whatever_we_accept_that_was_rightly_signed_it_accepts_with_the_same_meaning() {
    let Some(mut peer) = Peer::start() else { return };
    let mut chance = Chance::new(5);
    let (mut both, mut only_there, mut nowhere) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let case = Case::draw(&mut chance);
        let token = peer.sign(&case, &chance.message(&case));
        let answer = peer.loads(&case, &token, case.lifetime);
        match (case.open(&token), answer["ok"] == true) {
            (Some(found), there) => {
                assert!(there || case.age() < 0, "{token:?} {answer}");
                if there {
                    assert_eq!(answer["timestamp"], found.issued_at.unix_timestamp());
                    assert_eq!(answer["payload"]["u"], found.claims.user_id);
                }
                both += 1;
            }
            (None, true) => only_there += 1,
            (None, false) => nowhere += 1,
        }
    }
    report(format_args!(
        "rightly signed nonsense: {nowhere} refused by both, {only_there} accepted there only, \
         {both} accepted here"
    ));
    assert!(both > 100 && only_there > 100 && nowhere > 100);
}

#[test]
fn the_python_reference_still_prints_the_vectors_that_are_tested() {
    let Some(python) = crate::python::interpreter() else { return };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/token_reference.py");
    let printed = Command::new(python).arg(script).output().unwrap();
    assert!(printed.status.success());
    assert_eq!(
        String::from_utf8(printed.stdout).unwrap(),
        include_str!("../python/token_vectors.txt")
    );
}

/// One token's circumstances.
struct Case {
    keys: ApplicationKeys,
    /// Oldest first and the signing one last, as itsdangerous wants them.
    secrets: Vec<String>,
    salt: String,
    purpose: Purpose,
    claims: Claims,
    issued_at: i64,
    now: i64,
    lifetime: i64,
}

impl Case {
    fn draw(chance: &mut Chance) -> Self {
        let secrets: Vec<_> = (0..=chance.below(8)).map(|_| chance.secret()).collect();
        let app = ["default", "shop", "a", "a-shop-with-a-longer-name"][chance.pick(4)];
        let purpose = Purpose::ALL[chance.pick(4)];
        let issued_at = match chance.below(10) {
            0 => 1 + chance.below(300),
            1 => 253_402_300_799 - chance.below(100_000),
            _ => 1_500_000_000 + chance.below(1_000_000_000),
        };
        let lifetime = [60, 900, 1800, 86_400, 1 + chance.below(1_000_000)][chance.pick(5)];
        let age = match chance.below(8) {
            0 => lifetime,
            1 => lifetime + 1,
            2 => -chance.below(LEEWAY + 2),
            3 => lifetime + chance.below(1_000_000),
            _ => chance.below(lifetime + 1),
        };
        Self {
            keys: keyring(&secrets, chance.pick(8)).application(app),
            secrets,
            salt: format!("{app}/{}", purpose.salt()),
            purpose,
            claims: Claims {
                user_id: chance.text(1, 40),
                fingerprint: chance.text(0, 40),
                lifetime: None,
                return_to: (chance.below(3) == 0).then(|| chance.text(0, 200)),
            },
            issued_at,
            now: (issued_at + age).min(253_402_300_799),
            lifetime,
        }
    }

    fn age(&self) -> i64 {
        self.now - self.issued_at
    }

    fn fits_itsdangerous(&self) -> bool {
        (0..=self.lifetime).contains(&self.age())
    }

    fn open(&self, token: &str) -> Option<Opened> {
        let lifetime = Duration::from_secs(self.lifetime.unsigned_abs());
        self.keys.open(self.purpose, token, at(self.now), lifetime).ok()
    }

    fn payload(&self) -> Value {
        let mut payload = json!({ "u": self.claims.user_id, "f": self.claims.fingerprint });
        if let Some(target) = &self.claims.return_to {
            payload["r"] = json!(target);
        }
        payload
    }
}

/// The same secrets in any order, the last of them signing.
fn keyring(secrets: &[String], turn: usize) -> Keyring {
    let signing = secrets.len() - 1;
    let mut named: Vec<_> = secrets
        .iter()
        .enumerate()
        .map(|(number, secret)| (number.to_string(), Secret::parse(secret.as_bytes()).unwrap()))
        .collect();
    named.rotate_left(turn % secrets.len());
    Keyring::new(&signing.to_string(), named).unwrap()
}

/// The Python process at the other end.
/// itsdangerous itself.
struct Peer(crate::peer::Peer);

impl Peer {
    fn start() -> Option<Self> {
        crate::peer::Peer::python("itsdangerous_peer.py").map(Self)
    }

    fn loads(&mut self, case: &Case, token: &str, max_age: i64) -> Value {
        let ask = json!({ "op": "loads", "token": token, "max_age": max_age });
        self.call(case, case.now, ask)
    }

    fn dumps(&mut self, case: &Case, compress: bool) -> String {
        let ask = json!({ "op": "dumps", "payload": case.payload(), "compress": compress });
        let answer = self.call(case, case.issued_at, ask);
        answer["token"].as_str().unwrap().to_owned()
    }

    fn sign(&mut self, case: &Case, message: &str) -> String {
        let ask = json!({ "op": "sign", "message": message });
        let answer = self.call(case, case.issued_at, ask);
        answer["token"].as_str().unwrap().to_owned()
    }

    fn call(&mut self, case: &Case, now: i64, mut ask: Value) -> Value {
        ask["secrets"] = json!(case.secrets);
        ask["salt"] = json!(case.salt);
        ask["now"] = json!(now);
        self.0.call(&ask)
    }
}

/// The same dice in every run.
struct Chance(Random);

impl Chance {
    fn new(seed: u64) -> Self {
        Self(Random::repeatable(seed << 32))
    }

    fn pick(&mut self, of: usize) -> usize {
        usize::try_from(u32::from_be_bytes(self.0.bytes())).unwrap() % of
    }

    fn below(&mut self, limit: i64) -> i64 {
        i64::from(u32::from_be_bytes(self.0.bytes())) % limit
    }

    /// From 43 characters to more than a block of SHA-256, which HMAC treats differently.
    fn secret(&mut self) -> String {
        let bytes: [u8; 96] = self.0.bytes();
        base64url::encode(&bytes[..32 + self.pick(65)])
    }

    /// Text with whatever JSON and UTF-8 treat specially.
    fn text(&mut self, fewest: usize, most: usize) -> String {
        const CHARACTERS: &str = "aZ09-_./:?&<>'\"\\ \n\t\u{0}\u{1f}\u{7f}\u{85}éß\u{2028}字😀";
        let characters: Vec<_> = CHARACTERS.chars().collect();
        let length = fewest + self.pick(most - fewest + 1);
        (0..length).map(|_| characters[self.pick(characters.len())]).collect()
    }

    /// One to three small changes, at random or where they are most likely to be overlooked.
    fn mutate(&mut self, token: &str) -> String {
        const CHARACTERS: &[u8] = b"ABYZabyz0189-_=+/. \n\0";
        let mut text = token.as_bytes().to_vec();
        for _ in 0..=self.pick(3) {
            let place = self.pick(text.len());
            let character = CHARACTERS[self.pick(CHARACTERS.len())];
            match self.pick(8) {
                0 => text.insert(place, character),
                1 if text.len() > 1 => drop(text.remove(place)),
                2 => text.truncate(place.max(1)),
                3 => text.push(character),
                4 => text.rotate_left(place),
                5 => *text.last_mut().unwrap() = character,
                6 => *text.last_mut().unwrap() ^= 1,
                _ => text[place] = character,
            }
        }
        String::from_utf8(text).unwrap()
    }

    /// A payload and a timestamp to be signed, each more or less as it should be.
    fn message(&mut self, case: &Case) -> String {
        let payload = match self.pick(9) {
            0 => r#" {"u":"42","f":"AAAA"}"#.to_owned(),
            1 => r#"{"u":"42","u":"43","f":"AAAA"}"#.to_owned(),
            2 => r#"{"u":"42","f":"AAAA","x":1}"#.to_owned(),
            3 => r#"{"u":42,"f":"AAAA"}"#.to_owned(),
            4 => r#"["42","AAAA"]"#.to_owned(),
            5 => r#"{"f":"AAAA", "u":"\u0034\u0032" }"#.to_owned(),
            6 => self.text(0, 30),
            _ => case.payload().to_string(),
        };
        let mut payload = base64url::encode(payload.as_bytes());
        let bytes = match self.pick(6) {
            0 => self.0.bytes::<9>()[..self.pick(10)].to_vec(),
            1 => case.issued_at.to_be_bytes().to_vec(),
            _ => case.issued_at.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect(),
        };
        let mut timestamp = base64url::encode(&bytes);
        match self.pick(8) {
            0 => payload.push('='),
            1 => timestamp.push('='),
            2 => timestamp.push('\n'),
            _ => {}
        }
        format!("{payload}.{timestamp}")
    }
}

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

#[expect(clippy::print_stderr, reason = "the counts are the result")]
fn report(counts: std::fmt::Arguments<'_>) {
    eprintln!("itsdangerous, {counts}");
}
