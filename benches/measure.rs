//! How benchmarks measure.

use std::hint::black_box;
use std::time::Instant;

const ROUNDS: u32 = 20;

/// Prints the best and the median round of so many calls, since other work on the machine only ever adds.
#[expect(clippy::disallowed_methods, reason = "measuring is what a benchmark reads the clock for")]
#[expect(clippy::print_stdout, reason = "the table is the result")]
pub fn measure<T>(name: &str, calls: u32, mut call: impl FnMut() -> T) {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..calls {
                black_box(call());
            }
            start.elapsed().as_nanos() / u128::from(calls)
        })
        .collect();
    rounds.sort_unstable();
    println!("{name:<36} best {:>6} ns   median {:>6} ns", rounds[0], rounds[rounds.len() / 2]);
}
