//! A users table whose every use has its span: in its place where somebody traces.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::UsersTable;
use crate::account::{Account, Identifier, Needs};
use crate::recovery::trace::{self, Span};
use crate::recovery::{Accounts, NewPassword, StoreError, Swap};

/// A users table that tells what it is used for, how long that takes and what comes of it. No statement is
/// told, and no value.
pub struct TracedTable {
    table: UsersTable,
    /// The table's name, with its schema where it has one.
    name: String,
    /// The engine, as the conventions of OpenTelemetry have it.
    system: &'static str,
}

impl TracedTable {
    /// The same table, traced.
    #[must_use]
    pub fn new(table: UsersTable) -> Self {
        let (name, system) = (table.mapping.table.plain(), table.mapping.dialect.system());
        Self { table, name, system }
    }

    fn span(&self, operation: &'static str, what: &'static str) -> Span {
        let span = trace::call(format!("{operation} {}", self.name));
        span.text("db.system.name", self.system);
        span.text("db.operation.name", operation);
        span.text("db.collection.name", &self.name);
        span.text("regain.use", what);
        span
    }

    async fn traced<T>(
        &self,
        (operation, what): (&'static str, &'static str),
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let span = self.span(operation, what);
        let done = span.around(work).await;
        if let Err(error) = &done {
            span.failed(error.word());
        }
        done
    }

    async fn swapped(
        &self,
        what: &'static str,
        work: impl Future<Output = Result<Swap, StoreError>>,
    ) -> Result<Swap, StoreError> {
        let span = self.span("UPDATE", what);
        let done = span.around(work).await;
        match &done {
            Ok(Swap::Won) => span.text("regain.outcome", "won"),
            Ok(Swap::Lost) => span.text("regain.outcome", "lost"),
            Err(error) => span.failed(error.word()),
        }
        done
    }
}

#[async_trait]
impl Accounts for TracedTable {
    async fn find(
        &self,
        identifier: &Identifier,
        needs: &Needs,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        self.traced(("SELECT", "find"), self.table.find(identifier, needs, limit)).await
    }

    async fn read(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.traced(("SELECT", "read"), self.table.read(id)).await
    }

    async fn swap_password(&self, was: &Account, new: &NewPassword) -> Result<Swap, StoreError> {
        self.swapped("swap_password", self.table.swap_password(was, new)).await
    }

    async fn confirm(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        self.swapped("confirm", self.table.confirm(was, at)).await
    }

    async fn advance_login(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        self.swapped("advance_login", self.table.advance_login(was, at)).await
    }

    async fn renew_stamp(&self, id: &str, stamp: &str) -> Result<bool, StoreError> {
        self.traced(("UPDATE", "renew_stamp"), self.table.renew_stamp(id, stamp)).await
    }

    async fn second_factor(&self) -> Result<Vec<String>, StoreError> {
        let looking = self.table.second_factor();
        if self.table.mapping.columns.second_factor.is_empty() {
            // Then nobody is asked.
            return looking.await;
        }
        self.traced(("SELECT", "second_factor"), looking).await
    }

    async fn swap_stamp(&self, was: &Account, stamp: Option<&str>) -> Result<Swap, StoreError> {
        self.swapped("swap_stamp", self.table.swap_stamp(was, stamp)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.table.ping().await
    }
}
