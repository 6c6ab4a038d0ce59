//! How often and how much: the door's allowance per client, the mail budget per account, the
//! pace per application and per mail provider. Which rate is whose says `rates.rs`.
//!
//! The `governor` crate would do, but for one thing: its keyed map cannot be bounded without
//! forgetting keys that are still to wait.

mod gcra;
mod memory;
mod rates;
mod redis;

pub use memory::MemoryLimits;
pub use rates::Rates;
pub use redis::RedisLimits;
