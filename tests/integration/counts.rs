//! What the process counts for its operators, read as an exporter would.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Counters and gauges by name; those with different labels are told apart.
#[derive(Clone, Debug, Default)]
struct Counts(Arc<Mutex<BTreeMap<Key, Arc<AtomicU64>>>>);

impl Counts {
    fn cell(&self, key: &Key) -> Arc<AtomicU64> {
        Arc::clone(self.0.lock().unwrap().entry(key.clone()).or_default())
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.cell(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.cell(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

fn counts() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    COUNTS.get_or_init(|| {
        let counts = Counts::default();
        metrics::set_global_recorder(counts.clone()).expect("nobody else records");
        counts
    })
}

/// Begins to count, before what is to be counted is made.
pub fn begin() {
    counts();
}

/// The sum of a counter over its labels.
pub fn total(name: &str) -> u64 {
    let counts = counts().0.lock().unwrap();
    let named = counts.iter().filter(|(key, _)| key.name() == name);
    named.map(|(_, count)| count.load(Ordering::SeqCst)).sum()
}
