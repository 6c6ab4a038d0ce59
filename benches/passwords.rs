//! What a password costs: `cargo bench --bench passwords` prints the time of hashing and verifying
//! one in each format, at the cost that is recommended for new rows.

use divan::Bencher;
use regain::password::{Argon2Cost, Password, Scheme};
use regain::random::Random;

/// As `hashing.argon2` has it where nothing is set.
const COST: Argon2Cost = Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };

fn main() {
    divan::main();
}

fn parts(family: &str) -> (Scheme, Password, Random) {
    let scheme = Scheme::argon2id(COST).ok().and_then(|scheme| scheme.writing(family).ok());
    let Some(scheme) = scheme else { panic!("{family} can be written") };
    let password = Password::new("correct horse battery staple".to_owned());
    (scheme, password, Random::repeatable(1))
}

#[divan::bench(args = Scheme::names(), sample_count = 10, sample_size = 1)]
fn hash(bencher: Bencher<'_, '_>, family: &str) {
    let (scheme, password, random) = parts(family);
    bencher.bench(|| assert!(scheme.hash(&password, None, &random).is_ok()));
}

#[divan::bench(args = Scheme::names(), sample_count = 10, sample_size = 1)]
fn verify(bencher: Bencher<'_, '_>, family: &str) {
    let (scheme, password, random) = parts(family);
    let Ok(stored) = scheme.hash(&password, None, &random) else { panic!("it can be hashed") };
    bencher.bench(|| assert!(scheme.verifies(&password, &stored)));
}
