//! What is counted and measured, one function for each thing that happens: so names and labels are
//! spelled in one place. Nothing is kept unless `app` installed a recorder.
//!
//! Labels are names of the configuration and words that stand here: never an address, an id, a
//! token, a path or anything else that somebody sent.

mod table;

use std::time::Duration;

use metrics::{counter, gauge};

pub use table::{ALL, Kind, Meter};

use super::Recovery;

impl Recovery {
    /// Lets what is counted begin at nought, so that the first event already is a rise.
    pub fn begin_counting(&self) {
        counter!(table::JOBS_LOST).increment(0);
    }

    /// Measures what is known only while somebody looks.
    pub fn measure(&self) {
        gauge!(table::READY).set(if self.health().takes_asks { 1.0 } else { 0.0 });
        gauge!(table::HASHING_PERMITS).set(number(self.hashing.permits()));
        gauge!(table::HASHING_IN_USE).set(number(self.hashing.in_use()));
    }
}

/// Measures how many jobs wait, of how many that may, and since when.
pub fn queue(waiting: usize, capacity: usize, oldest: Duration) {
    gauge!(table::QUEUE_DEPTH).set(number(waiting));
    gauge!(table::QUEUE_CAPACITY).set(number(capacity));
    gauge!(table::QUEUE_OLDEST_AGE).set(oldest);
}

/// Counts an accepted job that was dropped undone.
pub fn job_lost() {
    counter!(table::JOBS_LOST).increment(1);
}

/// Tells which version runs.
pub fn build() {
    gauge!(table::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

fn number(of: usize) -> f64 {
    u32::try_from(of).unwrap_or(u32::MAX).into()
}
