//! The queue as it is set: in the process or in Redis.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::{DeadLetter, MemoryQueue, RedisQueue, memory, redis};
use crate::recovery::{Job, Jobs, Later, QueueFull};
use crate::redis::Trouble;

/// Where jobs wait. Clones share it.
#[derive(Clone)]
pub enum Queue {
    /// In the process.
    Memory(Arc<MemoryQueue>),
    /// In Redis.
    Redis(Arc<RedisQueue>),
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Jobs that wait for a worker or are put off; in Redis, those that are being done too.
    pub waiting: usize,
    /// Jobs that may wait before asks are refused.
    pub capacity: usize,
    /// For how long the oldest of those that could be done now has waited.
    pub age: Duration,
}

/// Says that a job is being done, until it is dropped.
pub enum Ticket {
    /// In the process, which has it no more whatever becomes of it.
    Memory(memory::Ticket),
    /// In Redis, which has it until it is done.
    Redis(redis::Ticket),
}

impl Queue {
    /// What takes jobs in.
    #[must_use]
    pub fn jobs(&self) -> Arc<dyn Jobs> {
        match self {
            Self::Memory(queue) => Arc::clone(queue) as Arc<dyn Jobs>,
            Self::Redis(queue) => Arc::clone(queue) as Arc<dyn Jobs>,
        }
    }

    /// Every queue that workers are needed for: this one, and the one that stands in for it.
    #[must_use]
    pub fn sources(&self) -> Vec<Self> {
        let instead = match self {
            Self::Memory(_) => None,
            Self::Redis(queue) => queue.fallback().map(|memory| Self::Memory(Arc::clone(memory))),
        };
        std::iter::once(self.clone()).chain(instead).collect()
    }

    /// The next job, and the ticket to hold while it is done; `None` once the queue is closed and
    /// no more jobs come.
    pub async fn take(&self) -> Option<(Job, Ticket)> {
        Some(match self {
            Self::Memory(queue) => {
                let (job, ticket) = queue.take().await?;
                (job, Ticket::Memory(ticket))
            }
            Self::Redis(queue) => {
                let (job, ticket) = queue.take().await?;
                (job, Ticket::Redis(ticket))
            }
        })
    }

    /// Begins to stop: what is in the process is done now, what is in Redis is left there.
    pub fn close(&self) {
        match self {
            Self::Memory(queue) => queue.close(),
            Self::Redis(queue) => queue.close(),
        }
    }

    /// Resolves when this process has nothing left to do.
    pub async fn drained(&self) {
        match self {
            Self::Memory(queue) => queue.drained().await,
            Self::Redis(queue) => queue.drained().await,
        }
    }

    /// How many jobs would be lost, or given out again, if the process ended now.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        match self {
            Self::Memory(queue) => queue.unfinished(),
            Self::Redis(queue) => queue.unfinished(),
        }
    }

    /// What becomes of jobs that are not done, for the log.
    #[must_use]
    pub const fn if_not_done(&self) -> &'static str {
        match self {
            Self::Memory(_) => "jobs lost",
            Self::Redis(_) => "jobs are given out again",
        }
    }

    /// How much waits, and for how long: in Redis, at the last look, and in the process beside it.
    #[must_use]
    pub fn backlog(&self, now: OffsetDateTime) -> Backlog {
        match self {
            Self::Memory(queue) => queue.backlog(now),
            Self::Redis(queue) => queue.backlog(now),
        }
    }

    /// The last jobs that were given up, newest first: by this process, or in Redis by any, and then
    /// those that went through the process meanwhile.
    ///
    /// # Errors
    /// [`Trouble`] when Redis cannot be asked.
    pub async fn given_up(&self) -> Result<Vec<DeadLetter>, Trouble> {
        match self {
            Self::Memory(queue) => Ok(queue.given_up()),
            Self::Redis(queue) => {
                let mut letters = queue.report().await?.dead;
                letters.extend(queue.fallback().into_iter().flat_map(|memory| memory.given_up()));
                Ok(letters)
            }
        }
    }

    /// Looks at what others may change, again and again; it never ends.
    pub async fn watch(&self) {
        match self {
            Self::Memory(_) => std::future::pending().await,
            Self::Redis(queue) => queue.watch().await,
        }
    }
}

impl Ticket {
    /// The job is done but for what is left of it, which takes its place.
    ///
    /// # Errors
    /// [`QueueFull`] when that found no room, or it is not known whether it did.
    pub async fn done(self, left: Vec<Later>) -> Result<(), QueueFull> {
        match self {
            Self::Memory(ticket) => ticket.done(left).await,
            Self::Redis(ticket) => ticket.done(left).await,
        }
    }
}
