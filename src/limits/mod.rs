//! How often and how much: the door's allowance per client, the mail budget per account, the
//! pace per application.
//!
//! The `governor` crate would do, but for one thing: its keyed map cannot be bounded without
//! forgetting keys that are still to wait.

mod gcra;
mod memory;

pub use memory::MemoryLimits;

use std::time::Duration;

use crate::config::{LimitSettings, Span};

/// Refuses a mail budget that refills more slowly than links die: a mailbox must always be able
/// to hold a live link.
///
/// # Errors
/// What is wrong, with the numbers that say so.
pub fn check(settings: &LimitSettings, shortest_link: Duration) -> Result<(), String> {
    let interval = settings.mails_per_account.interval();
    if !settings.enabled || interval <= shortest_link {
        return Ok(());
    }
    Err(format!(
        "lets an account have a mail every {} only, but the shortest link lives {}",
        Span(interval),
        Span(shortest_link)
    ))
}
