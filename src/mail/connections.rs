//! Connections to one mail server, kept for the next mail.
//!
//! lettre's own pool waits for answers without end, and takes a connection back that was given up
//! in the middle of a mail, whose late answers would then be taken for those of the next.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use tokio::sync::Semaphore;

use super::connection::{Connection, Server, Trouble};

/// How long a connection may rest before it is asked whether it is still there.
const FRESH: Duration = Duration::from_secs(5);
/// How long it may rest before it is not even asked: who is in between may have forgotten it by
/// then, and drops what is sent without a word. Longer than between two looks at the server.
const LONGEST_REST: Duration = Duration::from_secs(90);

/// A bounded number of connections, kept while they wait for a mail.
pub struct Connections {
    server: Server,
    most: usize,
    fresh: Duration,
    longest_rest: Duration,
    idle: Mutex<Vec<Connection>>,
    /// One for each mail that may be carried at a time.
    turns: Semaphore,
}

impl Connections {
    /// None yet, and at most so many.
    pub fn new(server: Server, most: usize) -> Self {
        Self {
            server,
            most,
            fresh: FRESH,
            longest_rest: LONGEST_REST,
            idle: Mutex::new(Vec::new()),
            turns: Semaphore::new(most.max(1)),
        }
    }

    /// Hands one mail over. A connection is kept only after it was told that its mail is taken.
    pub async fn send(&self, envelope: &Envelope, mail: &str) -> Result<(), Trouble> {
        // Never closed, so that there always is a turn in the end.
        let _turn = self.turns.acquire().await;
        let mut connection = self.announced(envelope).await?;
        connection.hand_over(mail).await?;
        self.keep(connection);
        Ok(())
    }

    /// A connection that waits for the mail. A kept one may have been closed while it rested, or
    /// still hold an answer to the mail before: that says nothing of the mail, of which nothing was
    /// sent yet.
    async fn announced(&self, envelope: &Envelope) -> Result<Connection, Trouble> {
        if let Some(mut kept) = self.kept_alive().await {
            match kept.announce(envelope).await {
                Ok(()) => return Ok(kept),
                Err(trouble) if trouble.is_the_end_of_the_connection() => {}
                Err(trouble) => return Err(trouble),
            }
        }
        let mut new = Connection::open(&self.server).await?;
        new.announce(envelope).await?;
        Ok(new)
    }

    /// Whether there is a connection to be had.
    pub async fn ping(&self) -> Result<(), Trouble> {
        if let Some(mut kept) = self.kept() {
            if kept.is_alive().await {
                self.keep(kept);
                return Ok(());
            }
            self.forget();
        }
        self.keep(Connection::open(&self.server).await?);
        Ok(())
    }

    /// A kept connection that was answered a moment ago, or still is.
    async fn kept_alive(&self) -> Option<Connection> {
        let mut kept = self.kept()?;
        if kept.rested() < self.fresh || kept.is_alive().await {
            return Some(kept);
        }
        self.forget();
        None
    }

    /// Where one that rested has gone silent, so have the others, most likely: each would cost the
    /// whole wait for an answer.
    fn forget(&self) {
        self.idle().retain(|kept| kept.rested() < self.fresh);
    }

    fn kept(&self) -> Option<Connection> {
        let mut idle = self.idle();
        idle.retain(|kept| kept.rested() < self.longest_rest);
        idle.pop()
    }

    fn keep(&self, mut connection: Connection) {
        if connection.all_is_read().is_ok() {
            let mut idle = self.idle();
            if idle.len() < self.most {
                idle.push(connection);
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
