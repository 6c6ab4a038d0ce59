//! Whether it is as fast as it is meant to be, which is mostly said in how often another thing could
//! have been done meanwhile: numbers are of one machine, ratios of nearly all.

use std::fmt::Debug;
use std::hint::black_box;
use std::ops::RangeBounds;
use std::time::Instant;

const ROUNDS: u32 = 2_000;
const CALLS: u32 = 1_000;

/// What is measured: it does a thing so many times.
pub type Contestant<'a> = Box<dyn Fn(u32) + 'a>;

/// A thing to measure, and with it that its result is dropped.
pub fn contestant<'a, T>(call: impl Fn() -> T + 'a) -> Contestant<'a> {
    Box::new(move |times| {
        for _ in 0..times {
            black_box(call());
        }
    })
}

/// What each costs in nanoseconds: the best of its rounds, since other work on the machine only
/// ever adds. They take turns, so that none has the quiet moments for itself.
#[expect(clippy::disallowed_methods, reason = "measuring is what a benchmark reads the clock for")]
pub fn best<const N: usize>(contestants: &[Contestant<'_>; N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (contestant, best) in contestants.iter().zip(&mut best) {
            let start = Instant::now();
            contestant(CALLS);
            *best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        }
    }
    best
}

/// Says whether a goal is met.
#[expect(clippy::print_stdout, reason = "the table is the result")]
pub fn tell(what: &str, is: f64, goal: impl RangeBounds<f64> + Debug) {
    let met = if goal.contains(&is) { "met" } else { "MISSED" };
    println!("{what:<60} {is:>8.2}   goal {goal:?}: {met}");
}
