//! Where jobs wait between the answer and the work.

mod dead;
mod memory;
mod parcel;
mod redis;
mod room;
mod source;

pub use dead::DeadLetter;
pub use memory::MemoryQueue;
pub use parcel::Parcels;
pub use redis::{RedisQueue, RedisQueueSettings, Report};
pub use room::Room;
pub use source::{Backlog, Queue, Ticket};
