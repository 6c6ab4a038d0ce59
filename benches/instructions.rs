//! What tests/instructions/run counts: `instructions CASE CALLS` does a thing so many times and
//! measures nothing; Valgrind counts. `instructions CASE CALLS EVERY` does every so manieth twice, to
//! show that it would be noticed. Without a case it names those that there are.

mod sample;

use std::hint::black_box;
use std::time::Duration;

use futures_util::FutureExt as _;
use regain::clock::Clock;
use regain::config::{LimitSettings, Rate};
use regain::http::AskBody;
use regain::http::body::Members;
use regain::limits::{MemoryLimits, Rates};
use regain::recovery::{Door, Limits as _};
use sample::{MARKS, RESET, claims, keys};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-18 12:00 UTC);
const ASK: &[u8] = br#"{"identifier":"ada@example.com","locale":"pt-BR"}"#;

/// What is done so many times.
type Call = Box<dyn Fn()>;
type Make = fn() -> Call;

const CASES: [(&str, Make); 4] = [
    ("token-open", token_open),
    ("fingerprint", fingerprint),
    ("ask-json", ask_json),
    ("limiter-take", limiter_take),
];

#[expect(clippy::print_stdout, reason = "the names are the answer")]
fn main() {
    let mut arguments = std::env::args().skip(1);
    let case = arguments.next();
    let mut number = || arguments.next().and_then(|number| number.parse::<u32>().ok());
    let Some((_, call)) = CASES.iter().find(|(name, _)| Some(*name) == case.as_deref()) else {
        return CASES.iter().for_each(|(name, _)| println!("{name}"));
    };
    let (calls, every) = (number().unwrap_or(1), number().unwrap_or(u32::MAX));
    let call = call();
    for n in 1..=calls {
        call();
        if n.is_multiple_of(every) {
            call();
        }
    }
}

fn token_open() -> Call {
    let keys = keys(0..1);
    let token = keys.mint(RESET, NOW, &claims(&keys));
    let open = move || keys.open(RESET, black_box(token.expose()), NOW, RESET.lifetime());
    Box::new(move || assert!(open().is_ok()))
}

fn fingerprint() -> Call {
    let keys = keys(0..1);
    Box::new(move || drop(black_box(keys.fingerprint(RESET, black_box(&MARKS)))))
}

fn ask_json() -> Call {
    Box::new(|| assert!(Members::read::<AskBody>(black_box(ASK)).is_ok()))
}

fn limiter_take() -> Call {
    let per_client = Rate { events: u32::MAX, period: Duration::from_hours(1) };
    let settings = LimitSettings { per_client, ..LimitSettings::default() };
    let limits = MemoryLimits::new(Rates::new(&settings, [], []), Clock::fixed(NOW));
    let take = move || limits.client("default", Door::Ask, black_box("192.0.2.1")).now_or_never();
    Box::new(move || assert!(matches!(take(), Some(Ok(_)))))
}
