//! What a token costs: `cargo bench --bench token` prints the time of each operation, and in the end
//! how it stands beside one keyed HMAC. `benches/peers/` has the same beside other crates.

mod goals;
mod sample;

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::Duration;

use divan::{Bencher, Divan};
use goals::contestant;
use hmac::{Hmac, KeyInit as _, Mac as _};
use regain::token::ApplicationKeys;
use sample::{MARKS, RESET, claims, keys};
use sha2::Sha256;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-18 12:00 UTC);

static ONE: LazyLock<ApplicationKeys> = LazyLock::new(|| keys(0..1));
static EIGHT: LazyLock<ApplicationKeys> = LazyLock::new(|| keys(0..8));
static GOOD: LazyLock<String> = LazyLock::new(|| minted_by(&ONE));
/// Signed by a key that is in neither ring.
static BAD: LazyLock<String> = LazyLock::new(|| minted_by(&keys(9..10)));

fn main() {
    Divan::default().min_time(Duration::from_millis(500)).config_with_args().main();
    // Where a part was asked for, the goals were not.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        beside_one_hmac();
    }
}

fn minted_by(keys: &ApplicationKeys) -> String {
    keys.mint(RESET, NOW, &claims(keys)).expose().to_owned()
}

fn beside_one_hmac() {
    let (keys, token) = (&*ONE, GOOD.as_str());
    let Some((signed, _)) = token.rsplit_once('.') else { panic!("a token has three parts") };
    let Ok(key) = Hmac::<Sha256>::new_from_slice(&[7; 32]) else { panic!("any key will do") };
    let mac = || {
        let mut mac = key.clone();
        mac.update(black_box(signed.as_bytes()));
        mac.finalize()
    };
    let open = || keys.open(RESET, black_box(token), NOW, RESET.lifetime());
    assert!(open().is_ok());
    let [open, mac] = goals::best(&[contestant(open), contestant(mac)]);
    goals::tell("open, in ns", open, ..=450.0);
    goals::tell("open, in keyed HMACs over as many bytes", open / mac, ..=3.0);
}

fn open(bencher: Bencher<'_, '_>, keys: &ApplicationKeys, token: &str) {
    bencher.bench(|| drop(keys.open(RESET, black_box(token), NOW, RESET.lifetime())));
}

#[divan::bench]
fn open_good(bencher: Bencher<'_, '_>) {
    open(bencher, &ONE, &GOOD);
}

#[divan::bench]
fn open_good_with_8_keys(bencher: Bencher<'_, '_>) {
    open(bencher, &EIGHT, &GOOD);
}

#[divan::bench]
fn open_with_a_bad_mac(bencher: Bencher<'_, '_>) {
    open(bencher, &ONE, &BAD);
}

#[divan::bench]
fn open_with_a_bad_mac_and_8_keys(bencher: Bencher<'_, '_>) {
    open(bencher, &EIGHT, &BAD);
}

#[divan::bench]
fn open_no_token(bencher: Bencher<'_, '_>) {
    open(bencher, &ONE, "not-a-token");
}

#[divan::bench]
fn mint(bencher: Bencher<'_, '_>) {
    let claims = claims(&ONE);
    bencher.bench(|| drop(ONE.mint(RESET, NOW, black_box(&claims))));
}

#[divan::bench]
fn fingerprint(bencher: Bencher<'_, '_>) {
    bencher.bench(|| drop(ONE.fingerprint(RESET, black_box(&MARKS))));
}

#[divan::bench]
fn fingerprint_matches(bencher: Bencher<'_, '_>) {
    let opened = ONE.open(RESET, &GOOD, NOW, RESET.lifetime());
    let Ok(opened) = opened else { panic!("the token is good") };
    bencher.bench(|| opened.fingerprint_matches(black_box(&MARKS)));
}

#[divan::bench]
fn csrf(bencher: Bencher<'_, '_>) {
    bencher.bench(|| drop(ONE.csrf(black_box(b"message"))));
}

#[divan::bench]
fn limiter_key(bencher: Bencher<'_, '_>) {
    bencher.bench(|| ONE.limiter_key(black_box(b"192.0.2.1")));
}
