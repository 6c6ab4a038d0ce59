//! One pool of connections for each database, however many applications keep their users there, and
//! the part of it that each of them may hold.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

use super::connect::{self, PoolSettings, StoreConfigError};
use super::dialect::Dialect;
use crate::config::Tls;
use crate::recovery::StoreError;

/// The pools of one process. Tables whose database has the same URL, word for word, share one; a
/// pool goes when the last table that uses it does.
pub struct Pools {
    settings: PoolSettings,
    opened: Vec<Pool>,
}

struct Pool {
    url: Zeroizing<String>,
    /// What was said of TLS is part of what a connection is.
    tls: Tls,
    database: DatabaseConnection,
    dialect: Dialect,
    /// Of the tables that have an even part of it.
    parts: Vec<Arc<Semaphore>>,
}

/// Fewest connections of an even part, where there are as many.
const LEAST_PART: usize = 2;

impl Pool {
    /// Parts the connections evenly among the tables so far. Nobody holds any before all are known.
    fn part_evenly(&self, most: usize) {
        let each = (most / self.parts.len().max(1)).max(LEAST_PART).min(most);
        for part in &self.parts {
            part.forget_permits(part.available_permits().saturating_sub(each));
        }
    }
}

/// A database as one table may use it.
pub(super) struct Opened {
    pub(super) database: DatabaseConnection,
    pub(super) dialect: Dialect,
    pub(super) part: Part,
}

/// How many of a database's connections a table may hold at a time, so that statements of one
/// application which hang leave the others theirs.
pub(super) struct Part {
    permits: Arc<Semaphore>,
    patience: Duration,
}

impl Part {
    /// Waits until the table may hold one more connection, which it does until this is dropped; no
    /// longer than it would wait for the connection itself.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where all that it may hold are in use for that long.
    pub(super) async fn take(&self) -> Result<SemaphorePermit<'_>, StoreError> {
        let free = tokio::time::timeout(self.patience, self.permits.acquire()).await;
        let busy = || {
            let patience = self.patience.as_secs();
            StoreError::Busy(format!(
                "the connections that this application may hold were all in use for {patience} s"
            ))
        };
        free.ok().and_then(Result::ok).ok_or_else(busy)
    }
}

impl Pools {
    /// No pools yet; each that is opened will be of this size.
    #[must_use]
    pub const fn new(settings: PoolSettings) -> Self {
        Self { settings, opened: vec![] }
    }

    /// The pool of a database, made at the first call for it, and the part of it that one more table
    /// may hold: so many connections, or else an even part. All tables are opened before any is used.
    pub(super) fn open(
        &mut self,
        url: &str,
        tls: Tls,
        connections: Option<u32>,
    ) -> Result<Opened, StoreConfigError> {
        let most = self.settings.max_connections as usize;
        let mut known = self.opened.iter();
        let place = known.position(|pool| pool.url.as_str() == url && pool.tls == tls);
        let place = if let Some(place) = place {
            place
        } else {
            let (database, dialect) = connect::open(url, tls, &self.settings)?;
            let url = Zeroizing::new(url.to_owned());
            self.opened.push(Pool { url, tls, database, dialect, parts: vec![] });
            self.opened.len() - 1
        };
        let pool = &mut self.opened[place];
        let permits = connections.map_or(most, |said| (said as usize).clamp(1, most));
        let permits = Arc::new(Semaphore::new(permits));
        if connections.is_none() {
            pool.parts.push(permits.clone());
            pool.part_evenly(most);
        }
        let part = Part { permits, patience: self.settings.acquire_timeout };
        Ok(Opened { database: pool.database.clone(), dialect: pool.dialect, part })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_url_said_the_same_way_is_one_pool() {
        let mut pools = Pools::new(PoolSettings::default());
        let mut open = |url, tls| pools.open(url, tls, None).map(drop);
        let (shop, other) = ("postgres://shop@127.0.0.1/users", "postgres://blog@127.0.0.1/users");
        for (url, tls) in
            [(shop, Tls::Verify), (shop, Tls::Verify), (other, Tls::Verify), (shop, Tls::Off)]
        {
            open(url, tls).unwrap();
        }
        assert!(open("oracle://h/d", Tls::Verify).is_err());
        assert_eq!(pools.opened.len(), 3, "another user is another pool, and so is other TLS");
    }

    #[tokio::test]
    async fn tables_of_one_pool_have_an_even_part_of_it_or_what_is_said() {
        let parts = |said: &[Option<u32>]| {
            let mut pools = Pools::new(PoolSettings::default());
            let mut open = |said| {
                pools.open("postgres://shop@127.0.0.1/users", Tls::Verify, said).unwrap().part
            };
            let parts: Vec<_> = said.iter().map(|said| open(*said)).collect();
            parts.iter().map(|part| part.permits.available_permits()).collect::<Vec<_>>()
        };
        assert_eq!(parts(&[None]), [10]);
        assert_eq!(parts(&[None, None]), [5, 5]);
        assert_eq!(parts(&[None, None, None]), [3, 3, 3]);
        assert_eq!(parts(&[None; 7]), [2; 7]);
        assert_eq!(parts(&[Some(7), None, None]), [7, 5, 5]);
        assert_eq!(parts(&[Some(99)]), [10]);
    }
}
