//! The users table of an application, wherever it is and whatever its columns are called.
//!
//! Nothing is known of it before the configuration is read, so that statements are built at
//! run time; `dialect.rs` is the one file that knows what the engines do differently.

mod catalogue;
mod charset;
mod columns;
mod connect;
mod dialect;
mod errors;
mod examine;
mod explain;
mod find;
mod id;
mod key;
mod layout;
mod mapping;
mod people;
mod pools;
mod read;
mod swap;
mod table;
mod tls;
mod traced;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::sea_query::{SelectStatement, UpdateStatement};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use time::OffsetDateTime;
use tokio::sync::RwLock;

use crate::account::{Account, Identifier, Needs};
use crate::config::UsersSettings;
use crate::random::Random;
use crate::recovery::{Accounts, NewPassword, StoreError, Swap};

use catalogue::Shape;
use mapping::Mapping;

pub use connect::{PoolSettings, StoreConfigError};
pub use examine::{Addresses, LookUp, Privileges};
pub use explain::Plan;
pub use key::Key;
pub use layout::{Layout, Relation, TextColumn};
pub use people::People;
pub use pools::Pools;
use pools::{Opened, Part};
pub use traced::TracedTable;

/// How long a statement may take. The wait for a lock (`connect.rs`) ends much sooner, by the
/// server's own doing, so that what is given up here is a connection that went dead.
const STATEMENT_MAX: Duration = Duration::from_secs(10);

/// How many rows of one address are read at a time, and how often: strangers of a collation and
/// closed accounts in any number must not hide the one that is meant.
const PAGE: u64 = 100;
const PAGES: u64 = 100;

/// A users table behind a pool of connections, which are made when they are first needed.
pub struct UsersTable {
    database: DatabaseConnection,
    part: Part,
    mapping: Mapping,
    /// The table as it is, and the mapping that fits it: read at first use, because the database
    /// may be down at the start, and again by each [`Accounts::ping`], because tables change.
    fitted: RwLock<Option<Arc<(Shape, Mapping)>>>,
    random: Random,
}

impl UsersTable {
    /// Takes the database's pool, or prepares one, without connecting; it must be called inside a
    /// Tokio runtime. The URL is what `settings.database` resolves to.
    ///
    /// # Errors
    /// [`StoreConfigError`]: what is wrong with the URL or the settings, and the cure.
    pub fn connect(
        url: &str,
        settings: &UsersSettings,
        pools: &mut Pools,
        random: &Random,
    ) -> Result<Self, StoreConfigError> {
        let Opened { database, dialect, part } =
            pools.open(url, settings.tls, settings.connections)?;
        let mapping = Mapping::new(dialect, settings)?;
        Ok(Self { database, part, mapping, fitted: RwLock::default(), random: random.clone() })
    }

    /// Waits for the answer to a statement, which holds a connection meanwhile.
    async fn answer<T>(
        &self,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, StoreError> {
        let _held = self.part.take().await?;
        answer(statement).await
    }

    async fn fitted(&self) -> Result<Arc<(Shape, Mapping)>, StoreError> {
        let known = self.fitted.read().await.clone();
        match known {
            Some(fitted) => Ok(fitted),
            None => self.fit().await,
        }
    }

    /// Looks at the table anew.
    async fn fit(&self) -> Result<Arc<(Shape, Mapping)>, StoreError> {
        let dialect = self.mapping.dialect;
        let rows = self.answer(self.database.query_all_raw(dialect.catalogue(&self.mapping.table)));
        let (mut shape, mapping, absent) = Shape::read(&self.mapping, &rows.await?)?;
        if dialect.hides_columns() {
            for name in &absent {
                self.refuse_hidden(name).await?;
            }
            for name in &self.mapping.columns.second_factor {
                if !shape.second_factor.contains(name) && self.hides(name).await? {
                    shape.second_factor.push(format!("{name} (hidden from this user)"));
                }
            }
        }
        let fitted = Arc::new((shape, mapping));
        *self.fitted.write().await = Some(fitted.clone());
        Ok(fitted)
    }

    /// An optional column that this user may not see must not count as absent: the condition on
    /// it would be gone.
    async fn refuse_hidden(&self, name: &str) -> Result<(), StoreError> {
        if self.hides(name).await? {
            return Err(StoreError::Misfit(format!(
                "the optional column {name:?} is not there, or this user may not see it: grant \
                 SELECT on the whole table, or name in users what is there and nothing else"
            )));
        }
        Ok(())
    }

    /// Whether a column that was not seen may be there all the same.
    async fn hides(&self, name: &str) -> Result<bool, StoreError> {
        let column = self.mapping.dialect.quote(name);
        self.denied(&format!("SELECT {column} FROM {} WHERE 1 = 0", self.quoted())).await
    }

    async fn accounts(
        &self,
        mapping: &Mapping,
        select: &SelectStatement,
    ) -> Result<Vec<Account>, StoreError> {
        let statement = mapping.dialect.sent(select);
        let rows = self.answer(self.database.query_all_raw(statement)).await?;
        mapping.accounts(&rows)
    }

    /// The accounts of this address or name: at most `limit`, those that are as they must be first.
    async fn find_by_address_or_name(
        &self,
        identifier: &Identifier,
        needs: &Needs,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(mut select) = mapping.find(shape, identifier) else {
            return Ok(vec![]);
        };
        let (mut eligible, mut others) = (vec![], vec![]);
        for page in 0..PAGES {
            let rows = self.accounts(mapping, select.limit(PAGE).offset(page * PAGE)).await?;
            let last = (rows.len() as u64) < PAGE;
            let meant = rows.into_iter().filter(|row| mapping.is_meant(identifier, row));
            let (good, bad): (Vec<_>, Vec<_>) = meant.partition(|row| row.fits(needs).is_ok());
            eligible.extend(good);
            others.extend(bad.into_iter().take(limit.saturating_sub(others.len())));
            if last || eligible.len() >= limit {
                break;
            }
        }
        eligible.append(&mut others);
        eligible.truncate(limit);
        Ok(eligible)
    }

    async fn carry_out(&self, update: &UpdateStatement) -> Result<Swap, StoreError> {
        match self.answer(self.database.execute(update)).await?.rows_affected() {
            0 => Ok(Swap::Lost),
            1 => Ok(Swap::Won),
            _ => Err(self.mapping.id_not_unique()),
        }
    }

    /// Refuses a text that the column would cut off (MySQL may do so without a word). What is
    /// known of the column is looked up again first: somebody may have widened it since.
    async fn refuse_too_long(&self, column: &str, text: &str) -> Result<(), StoreError> {
        if self.fitted().await?.0.refuse_too_long(column, text).is_ok() {
            return Ok(());
        }
        self.fit().await?.0.refuse_too_long(column, text)
    }

    /// The same for a stamp, where there is such a column.
    async fn refuse_long_stamp(&self, stamp: Option<&str>) -> Result<(), StoreError> {
        match (&self.mapping.columns.recovery_stamp, stamp) {
            (Some(column), Some(stamp)) => self.refuse_too_long(column, stamp).await,
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Accounts for UsersTable {
    async fn find(
        &self,
        identifier: &Identifier,
        needs: &Needs,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        let found = self.find_by_address_or_name(identifier, needs, limit).await?;
        match identifier {
            // The name goes first: where names are numbers as ids are, whoever asks by a name would
            // else have a stranger mailed, too. Whose id is a name of somebody else asks by name or
            // address.
            Identifier::Principal(id) if found.is_empty() => {
                Ok(self.read(id.as_str()).await?.into_iter().collect())
            }
            _ => Ok(found),
        }
    }

    async fn read(&self, id: &str) -> Result<Option<Account>, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, id) else {
            return Ok(None);
        };
        let accounts = self.accounts(mapping, &mapping.read(shape, &key)).await?;
        let mut meant = accounts.into_iter().filter(|account| account.id == id);
        match (meant.next(), meant.next()) {
            (Some(_), Some(_)) => Err(self.mapping.id_not_unique()),
            (account, _) => Ok(account),
        }
    }

    async fn swap_password(&self, was: &Account, new: &NewPassword) -> Result<Swap, StoreError> {
        self.refuse_too_long(&self.mapping.columns.password, &new.hash).await?;
        self.refuse_long_stamp(new.recovery_stamp.as_deref()).await?;
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, &was.id) else {
            return Ok(Swap::Lost);
        };
        self.carry_out(&mapping.swap(shape, &key, was, new, &self.random)?).await
    }

    async fn confirm(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, &was.id) else {
            return Ok(Swap::Lost);
        };
        self.carry_out(&mapping.confirm(shape, &key, was, at)?).await
    }

    async fn advance_login(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, &was.id) else {
            return Ok(Swap::Lost);
        };
        self.carry_out(&mapping.advance_login(shape, &key, was, at)?).await
    }

    async fn renew_stamp(&self, id: &str, stamp: &str) -> Result<bool, StoreError> {
        self.refuse_long_stamp(Some(stamp)).await?;
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, id) else {
            return Ok(false);
        };
        let update = mapping.stamp(shape, (&key, id), Some(stamp), None)?;
        Ok(self.answer(self.database.execute(&update)).await?.rows_affected() > 0)
    }

    async fn second_factor(&self) -> Result<Vec<String>, StoreError> {
        if self.mapping.columns.second_factor.is_empty() {
            return Ok(vec![]);
        }
        Ok(self.fit().await?.0.second_factor.clone())
    }

    async fn swap_stamp(&self, was: &Account, stamp: Option<&str>) -> Result<Swap, StoreError> {
        self.refuse_long_stamp(stamp).await?;
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(key) = shape.parse_id(&mapping.columns.id, &was.id) else {
            return Ok(Swap::Lost);
        };
        self.carry_out(&mapping.stamp(shape, (&key, &was.id), stamp, Some(was))?).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let fitted = self.fit().await?;
        let (_, mapping) = &*fitted;
        self.answer(self.database.query_all(&mapping.nothing())).await?;
        Ok(())
    }
}

/// Waits for the database, but not for ever: a lock may be held or a network cut in two.
async fn answer<T>(statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, StoreError> {
    match tokio::time::timeout(STATEMENT_MAX, statement).await {
        Ok(result) => result.map_err(|error| errors::store_error(&error)),
        Err(_) => {
            Err(StoreError::Unreachable(format!("no answer within {} s", STATEMENT_MAX.as_secs())))
        }
    }
}
