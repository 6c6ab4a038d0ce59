//! The journeys, and the few ports through which they reach the outside world.

mod job;
mod letter;
mod ports;

pub use job::{About, Job, MailJob};
pub use letter::{Letter, Message};
pub use ports::{Accounts, Jobs, Limits, QueueFull, SendError, Sender, StoreError, Swap, TryAfter};
