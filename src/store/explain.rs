//! The plans of the statements, by which an operator sees whether indexes are used.

use sea_orm::sea_query::{Expr, ExprTrait, UpdateStatement};
use sea_orm::{ConnectionTrait, DbBackend, Statement, StatementBuilder};

use crate::account::{Account, Identifier};
use crate::recovery::{NewPassword, StoreError};

use super::id::IdKind;
use super::{PAGE, UsersTable, answer, errors};

/// What finding an account by its address is called.
pub(super) const BY_ADDRESS: &str = "find by address";
/// What finding an account by its user name is called.
pub(super) const BY_NAME: &str = "find by name";
/// What reading a row by its key is called.
pub(super) const BY_KEY: &str = "read";

/// How the database would carry out one statement.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the statement is for: `find by address`, `find by name`, `read`, `swap`.
    pub statement: &'static str,
    /// The plan in the database's own words.
    pub text: String,
}

impl UsersTable {
    /// The plan of every statement, for an address, a name and a key that nobody has.
    ///
    /// # Errors
    /// [`StoreError`] as for the statements themselves.
    pub async fn explain(&self) -> Result<Vec<Plan>, StoreError> {
        let mut plans = self.explain_reading(&self.database).await?;
        plans.extend(self.explain_writing().await?);
        Ok(plans)
    }

    /// The plans of what is read.
    pub(super) async fn explain_reading(
        &self,
        on: &impl ConnectionTrait,
    ) -> Result<Vec<Plan>, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let mut plans = Vec::new();
        for (name, nobody) in [(BY_ADDRESS, "nobody@regain.invalid"), (BY_NAME, "nobody")] {
            let select = Identifier::parse(nobody).ok();
            let select = select.and_then(|nobody| mapping.find(shape, &nobody));
            if let Some(mut select) = select {
                plans.push(self.plan(on, name, select.limit(PAGE)).await?);
            }
        }
        if let Some(id) = shape.id.parse(nobody_id(shape.id)) {
            plans.push(self.plan(on, BY_KEY, &mapping.read(shape, &id)).await?);
        }
        Ok(plans)
    }

    /// The plan of what is written, where nobody's key can be a key at all.
    async fn explain_writing(&self) -> Result<Option<Plan>, StoreError> {
        let Some(swap) = self.swap_of_nobody().await? else { return Ok(None) };
        Ok(Some(self.plan(&self.database, "swap", &swap).await?))
    }

    /// Has the database look at the statement that writes, for no row.
    pub(super) async fn rehearse_writing(&self) -> Result<(), StoreError> {
        let Some(mut swap) = self.swap_of_nobody().await? else { return Ok(()) };
        let (rehearsal, backend) =
            (self.mapping.dialect.rehearsal(), self.mapping.dialect.backend());
        swap.and_where(Expr::val(1).eq(0));
        let statement = preceded(rehearsal, &swap, backend);
        answer(self.database.query_all_raw(statement)).await.map(drop)
    }

    async fn swap_of_nobody(&self) -> Result<Option<UpdateStatement>, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let Some(id) = shape.id.parse(nobody_id(shape.id)) else { return Ok(None) };
        let new = NewPassword {
            hash: String::new(),
            recovery_stamp: None,
            confirms: false,
            at: time::OffsetDateTime::UNIX_EPOCH,
        };
        mapping.swap(shape, &id, &nobody(shape.id), &new, &self.random).map(Some)
    }

    async fn plan(
        &self,
        on: &impl ConnectionTrait,
        name: &'static str,
        statement: &impl StatementBuilder,
    ) -> Result<Plan, StoreError> {
        let backend = self.mapping.dialect.backend();
        let (explain, at) = self.mapping.dialect.explain();
        let rows = answer(on.query_all_raw(preceded(explain, statement, backend))).await?;
        let lines: Result<Vec<String>, _> =
            rows.iter().map(|row| row.try_get_by_index(at)).collect();
        let text = lines.map_err(|error| errors::store_error(&error))?.join("\n");
        Ok(Plan { statement: name, text })
    }
}

/// A statement with a word before it.
fn preceded(word: &str, statement: &impl StatementBuilder, backend: DbBackend) -> Statement {
    let built = statement.build(&backend);
    let values = built.values.map(|values| values.0).unwrap_or_default();
    Statement::from_sql_and_values(backend, format!("{word} {}", built.sql), values)
}

const fn nobody_id(kind: IdKind) -> &'static str {
    match kind {
        IdKind::Integer => "0",
        IdKind::Uuid => "00000000-0000-0000-0000-000000000000",
        IdKind::Text => "nobody",
    }
}

fn nobody(kind: IdKind) -> Account {
    Account {
        id: nobody_id(kind).to_owned(),
        email: Some(String::new()),
        username: None,
        display_name: None,
        password: Some(String::new()),
        recovery_stamp: None,
        last_login: None,
        locale: None,
        active: vec![],
        confirmed: vec![],
        recovery_email: None,
    }
}
