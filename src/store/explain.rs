//! The plans of the statements, by which an operator sees whether indexes are used.

use sea_orm::{ConnectionTrait, Statement, StatementBuilder};

use crate::account::{Account, Identifier};
use crate::recovery::{NewPassword, StoreError};

use super::id::IdKind;
use super::{PAGE, UsersTable, answer, errors};

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
        let (shape, mapping) = self.fitted().await?;
        let mut plans = Vec::new();
        for (name, nobody) in
            [("find by address", "nobody@regain.invalid"), ("find by name", "nobody")]
        {
            let select = Identifier::parse(nobody).ok();
            let select = select.and_then(|nobody| mapping.find(shape, &nobody));
            if let Some(mut select) = select {
                plans.push(self.plan(name, select.limit(PAGE)).await?);
            }
        }
        let nobody = nobody(shape.id);
        if let Some(id) = shape.id.parse(&nobody.id) {
            plans.push(self.plan("read", &mapping.read(shape, &id)).await?);
            let new = NewPassword {
                hash: String::new(),
                recovery_stamp: None,
                at: time::OffsetDateTime::UNIX_EPOCH,
            };
            let swap = mapping.swap(shape, &id, &nobody, &new, &self.random)?;
            plans.push(self.plan("swap", &swap).await?);
        }
        Ok(plans)
    }

    async fn plan(
        &self,
        name: &'static str,
        statement: &impl StatementBuilder,
    ) -> Result<Plan, StoreError> {
        let backend = self.mapping.dialect.backend();
        let (explain, at) = self.mapping.dialect.explain();
        let built = statement.build(&backend);
        let sql = format!("{explain} {}", built.sql);
        let values = built.values.map(|values| values.0).unwrap_or_default();
        let explain = Statement::from_sql_and_values(backend, sql, values);
        let rows = answer(self.database.query_all_raw(explain)).await?;
        let lines: Result<Vec<String>, _> =
            rows.iter().map(|row| row.try_get_by_index(at)).collect();
        let text = lines.map_err(|error| errors::store_error(&error))?.join("\n");
        Ok(Plan { statement: name, text })
    }
}

fn nobody(kind: IdKind) -> Account {
    let id = match kind {
        IdKind::Integer => "0",
        IdKind::Uuid => "00000000-0000-0000-0000-000000000000",
        IdKind::Text => "nobody",
    };
    Account {
        id: id.to_owned(),
        email: Some(String::new()),
        username: None,
        display_name: None,
        password: Some(String::new()),
        recovery_stamp: None,
        last_login: None,
        locale: None,
        active: vec![],
        confirmed: vec![],
    }
}
