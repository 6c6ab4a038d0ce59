//! How often and how much: the door's allowance per client, the mail budget per account, the
//! pace per application and per mail provider.
//!
//! The `governor` crate would do, but for one thing: its keyed map cannot be bounded without
//! forgetting keys that are still to wait.

mod gcra;
mod memory;
mod redis;

pub use memory::MemoryLimits;
pub use redis::RedisLimits;
