//! One pool of connections for each database, however many applications keep their users there.

use sea_orm::DatabaseConnection;
use zeroize::Zeroizing;

use super::connect::{self, PoolSettings, StoreConfigError};
use super::dialect::Dialect;
use crate::config::Tls;

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
}

impl Pools {
    /// No pools yet; each that is opened will be of this size.
    #[must_use]
    pub const fn new(settings: PoolSettings) -> Self {
        Self { settings, opened: vec![] }
    }

    /// The pool of a database, made at the first call for it.
    pub(super) fn open(
        &mut self,
        url: &str,
        tls: Tls,
    ) -> Result<(DatabaseConnection, Dialect), StoreConfigError> {
        let mut known = self.opened.iter();
        if let Some(pool) = known.find(|pool| pool.url.as_str() == url && pool.tls == tls) {
            return Ok((pool.database.clone(), pool.dialect));
        }
        let (database, dialect) = connect::open(url, tls, &self.settings)?;
        let url = Zeroizing::new(url.to_owned());
        self.opened.push(Pool { url, tls, database: database.clone(), dialect });
        Ok((database, dialect))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_same_url_said_the_same_way_is_one_pool() {
        let mut pools = Pools::new(PoolSettings::default());
        let mut open = |url, tls| pools.open(url, tls).map(drop);
        let (shop, other) = ("postgres://shop@127.0.0.1/users", "postgres://blog@127.0.0.1/users");
        for (url, tls) in
            [(shop, Tls::Verify), (shop, Tls::Verify), (other, Tls::Verify), (shop, Tls::Off)]
        {
            open(url, tls).unwrap();
        }
        assert!(open("oracle://h/d", Tls::Verify).is_err());
        assert_eq!(pools.opened.len(), 3, "another user is another pool, and so is other TLS");
    }
}
