//! What counting a request costs, in the process: `cargo bench --bench limiter` prints the time of
//! taking one from the allowance of a client, among ever more of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use divan::{Bencher, Divan};
use futures_util::FutureExt as _;
use regain::clock::Clock;
use regain::config::{LimitSettings, Rate};
use regain::limits::{MemoryLimits, Rates};
use regain::recovery::{Door, Limits as _};

/// As many as are counted at a time.
const MOST: usize = 100_000;

fn main() {
    Divan::default().min_time(Duration::from_millis(500)).config_with_args().main();
}

/// Limits that count and never refuse.
fn generous() -> MemoryLimits {
    let per_client = Rate { events: u32::MAX, period: Duration::from_hours(1) };
    limits(&LimitSettings { per_client, ..LimitSettings::default() })
}

fn limits(settings: &LimitSettings) -> MemoryLimits {
    MemoryLimits::new(Rates::new(settings, [], []), Clock::system())
}

#[divan::bench(args = [1, 1_000, MOST])]
fn take_among_clients(bencher: Bencher<'_, '_>, clients: usize) {
    let limits = generous();
    let clients: Vec<_> =
        (0..clients).map(|n| format!("2001:db8:{:x}:{:x}::", n >> 16, n & 0xffff)).collect();
    let take = |client: &str| limits.client("default", Door::Ask, client).now_or_never();
    assert!(clients.iter().all(|client| matches!(take(client), Some(Ok(_)))));
    // Far apart, so that the next one is not in the cache already.
    let next = AtomicUsize::new(0);
    bencher.bench(|| {
        let n = next.fetch_add(7_919, Ordering::Relaxed) % clients.len();
        take(&clients[n])
    });
}

#[divan::bench]
fn refuse_a_client_too_many(bencher: Bencher<'_, '_>) {
    // By which nobody is forgotten as soon as this is over.
    let limits = limits(&LimitSettings::default());
    let take = |client: &str| limits.client("default", Door::Ask, client).now_or_never();
    for n in 0..MOST {
        assert!(matches!(take(&n.to_string()), Some(Ok(_))));
    }
    assert!(matches!(take("new"), Some(Err(_))));
    bencher.bench(|| take("new"));
}

/// One client after another, each of a thread of its own, as requests come in.
#[divan::bench(threads = [1, 2])]
fn take_by_threads(bencher: Bencher<'_, '_>) {
    let limits = generous();
    bencher.bench(|| limits.client("default", Door::Ask, "192.0.2.1").now_or_never());
}
