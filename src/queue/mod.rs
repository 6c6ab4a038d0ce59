//! Where jobs wait between the answer and the work.

mod memory;
mod parcel;
mod redis;
mod source;

pub use memory::MemoryQueue;
pub use parcel::Parcels;
pub use redis::{DeadLetter, RedisQueue, RedisQueueSettings, Report};
pub use source::{Backlog, Queue, Ticket};
