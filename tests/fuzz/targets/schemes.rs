//! Stored passwords, whatever is in the column: told apart without fault, and no more work done for one
//! than the bounds that its format has.
#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use regain::password::{Argon2Cost, Family, Password, Prepare, Recognised, Scheme, recognise};
use regain::random::Random;

/// Longer ones are nobody's.
const LONGEST: usize = 512;
/// For a row that asks for more than may be: to read it takes microseconds.
const MOST_WORK: Duration = Duration::from_millis(50);

static ARGON2ID: LazyLock<Scheme> = LazyLock::new(|| {
    let cost = Argon2Cost { memory_kib: 8, iterations: 1, parallelism: 1 };
    Scheme::argon2id(cost).expect("a cost that can be")
});
static KEEP: LazyLock<Scheme> = LazyLock::new(|| Scheme::keep(ARGON2ID.clone()));
static PREPARED: LazyLock<Scheme> = LazyLock::new(|| {
    KEEP.clone()
        .prepared(Prepare::HmacSha512Base64("146585145368132386173505678016".to_owned().into()))
});
static RANDOM: LazyLock<Random> = LazyLock::new(|| Random::repeatable(5));

/// What verifying costs, by what a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Some microseconds.
    Little,
    /// Within the bounds, and so up to seconds: not done here.
    Much,
    /// Beyond them, so that none may be done.
    TooMuch,
}

fuzz_target!(|data: &[u8]| {
    let Ok(stored) = std::str::from_utf8(data) else { return };
    let password = Password::new("correct horse 🦀".to_owned());
    match recognise(stored) {
        Recognised::Unknown => {
            assert!(!KEEP.verifies(&password, stored));
            like_new(stored);
        }
        Recognised::Weak(name) => {
            assert!(!name.is_empty() && stored.len() <= LONGEST);
            assert!(!KEEP.verifies(&password, stored), "{name} is guessed too fast");
            like_new(stored);
        }
        Recognised::Strong(family) => {
            assert!(stored.len() <= LONGEST);
            strong(family, stored, &password);
        }
    }
});

/// What nobody can verify is written as new rows are.
fn like_new(stored: &str) {
    assert_eq!(KEEP.longest(Some(stored)), KEEP.longest(None));
    assert_eq!(KEEP.max_bytes(Some(stored)), KEEP.max_bytes(None));
}

fn strong(family: &dyn Family, stored: &str, password: &Password) {
    assert!(family.recognises(stored) && Scheme::names().any(|name| name == family.name()));
    let length = family.length(Some(stored));
    assert!((32..=LONGEST).contains(&length), "{length}");
    if family.name() != "argon2id" {
        assert_eq!(KEEP.longest(Some(stored)), length);
        assert_eq!(KEEP.max_bytes(Some(stored)), family.max_bytes());
    }
    match work(family.name(), stored) {
        // Of memory, libFuzzer's limit tells.
        Work::TooMuch => {
            let before = worked();
            assert!(!family.verifies(b"correct horse", stored), "{stored}");
            assert!(!PREPARED.verifies(password, stored), "{stored}");
            let worked = worked() - before;
            assert!(worked < MOST_WORK, "{worked:?} of work for {stored}");
        }
        Work::Little => {
            let _either_way = KEEP.verifies(password, stored);
            if family.name() == "argon2id" {
                written(stored, password);
            }
        }
        Work::Much => {}
    }
}

/// What is written beside a row that costs little, is of its kind, as long as it was said to be, and fits.
fn written(stored: &str, password: &Password) {
    let written = KEEP.hash(password, Some(stored), &RANDOM).expect("what can be read is written");
    assert_eq!(written.len(), KEEP.longest(Some(stored)));
    assert_eq!(written.split('$').nth(1), stored.split('$').nth(1));
    assert!(matches!(recognise(&written), Recognised::Strong(_)), "{written}");
    assert!(KEEP.verifies(password, &written), "{written}");
    assert!(!KEEP.verifies(&Password::new("incorrect horse".to_owned()), &written));
}

/// How long this thread had a processor, however many others want one.
fn worked() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(times.split(' ').next().and_then(|it| it.parse().ok()).expect("a number"))
}

/// What a row asks for, read once more and otherwise, held to the bounds of the design.
fn work(family: &str, stored: &str) -> Work {
    let part = |number| stored.split('$').nth(number).unwrap_or_default();
    let one = |text: &str| numbers(text)[0];
    match family {
        "argon2id" | "django-argon2" => {
            argon2(numbers(stored.split("m=").nth(1).unwrap_or_default()))
        }
        "scrypt" => {
            let [log_n, r, p] = numbers(&part(2).replace("ln=", ""));
            scrypt([1_u64.checked_shl(u32::try_from(log_n).unwrap_or(64)).unwrap_or(0), r, p])
        }
        "django-scrypt" => scrypt([one(part(1)), one(part(3)), one(part(4))]),
        "werkzeug-scrypt" => scrypt(numbers(&part(0).replace("scrypt:", ""))),
        "pbkdf2-sha256" | "pbkdf2-sha512" => pbkdf2(one(&part(2).replace("i=", ""))),
        "django-pbkdf2" => pbkdf2(one(part(1))),
        "werkzeug-pbkdf2" => pbkdf2(one(part(0).split(':').nth(2).unwrap_or_default())),
        name if name.contains("bcrypt") => {
            let cost = stored.rsplit('$').nth(1).unwrap_or_default();
            among(one(cost) <= 16, false)
        }
        name => panic!("nobody knows what {name} costs"),
    }
}

/// KiB, passes and lanes.
fn argon2([memory, passes, lanes]: [u64; 3]) -> Work {
    let filled = memory.saturating_mul(passes);
    let bounded = memory <= 1 << 20 && filled <= 4 << 20 && lanes <= 64;
    among(bounded, memory <= 64 && filled <= 192 && lanes <= 4)
}

/// N, r and p.
fn scrypt([n, r, p]: [u64; 3]) -> Work {
    let memory = n.saturating_mul(128).saturating_mul(r);
    let work = memory.saturating_mul(p);
    let sensible = n.is_power_of_two() && n > 1 && (1..=64).contains(&r) && (1..=64).contains(&p);
    among(sensible && memory <= 1 << 30 && work <= 4 << 30, work <= 1 << 15)
}

fn pbkdf2(iterations: u64) -> Work {
    among(iterations <= 10_000_000, iterations <= 1_000)
}

fn among(bounded: bool, little: bool) -> Work {
    match (bounded, little) {
        (false, _) => Work::TooMuch,
        (true, true) => Work::Little,
        (true, false) => Work::Much,
    }
}

/// The first three runs of digits in a text, each as large as it gets.
fn numbers(text: &str) -> [u64; 3] {
    let runs = text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty());
    let mut numbers = runs.map(|run| run.parse().unwrap_or(u64::MAX));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}
