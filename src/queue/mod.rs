//! Where jobs wait between the answer and the work.

mod memory;

pub use memory::{Backlog, MemoryQueue, Ticket};
