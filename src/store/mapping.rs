//! A users table as the configuration describes it, from which statements are built.

use sea_orm::QueryResult;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};

use crate::account::{Account, EmailMatch};
use crate::config::{EmailMatchSetting, UsersSettings};
use crate::recovery::StoreError;

use super::columns::Columns;
use super::dialect::Dialect;
use super::table::TableName;
use super::{StoreConfigError, errors};

/// Where an account's fields are, and in which dialect to ask for them.
#[derive(Clone, Debug)]
pub(super) struct Mapping {
    pub(super) dialect: Dialect,
    pub(super) table: TableName,
    pub(super) columns: Columns,
    pub(super) email_match: EmailMatch,
}

impl Mapping {
    pub(super) fn new(
        dialect: Dialect,
        settings: &UsersSettings,
    ) -> Result<Self, StoreConfigError> {
        Ok(Self {
            dialect,
            table: TableName::parse(&settings.table)?,
            columns: Columns::new(settings)?,
            email_match: match settings.email_match {
                EmailMatchSetting::AsciiLower => EmailMatch::AsciiLower,
                EmailMatchSetting::Exact => EmailMatch::Exact,
                EmailMatchSetting::Lower => EmailMatch::Lower,
            },
        })
    }

    /// Every mapped column as text, under the aliases `c0`, `c1` and so on; `c0` is the key.
    pub(super) fn select(&self) -> SelectStatement {
        let mut select = Query::select();
        for (at, name) in self.columns.names().into_iter().enumerate() {
            select.expr_as(self.dialect.text(name), Alias::new(format!("c{at}")));
        }
        select.from(self.table.reference());
        select
    }

    /// Asks for every column of no row: whether table, columns and privileges are there.
    pub(super) fn nothing(&self) -> SelectStatement {
        self.select().and_where(Expr::val(1).eq(0)).to_owned()
    }

    /// The accounts in the rows of a [`Mapping::select`].
    pub(super) fn accounts(&self, rows: &[QueryResult]) -> Result<Vec<Account>, StoreError> {
        rows.iter().filter_map(|row| self.account(row).transpose()).collect()
    }

    /// The account in such a row, if it has a key.
    pub(super) fn account(&self, row: &QueryResult) -> Result<Option<Account>, StoreError> {
        let width = self.columns.names().len();
        let values: Vec<Option<String>> = (0..width)
            .map(|at| row.try_get_by_index(at))
            .collect::<Result<_, _>>()
            .map_err(|error| errors::store_error(&error))?;
        Ok(self.columns.account(&values))
    }

    /// What to say when one key means several rows.
    pub(super) fn id_not_unique(&self) -> StoreError {
        StoreError::Misfit(format!(
            "the key {:?} is not unique: name the primary key in users.id",
            self.columns.id
        ))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::config::{ConditionSettings, OnResetSettings, SecretSource, Tls};
    use sea_orm::StatementBuilder;

    /// `users(id, email, password)` with one condition.
    pub(in crate::store) fn settings() -> UsersSettings {
        UsersSettings {
            database: SecretSource::Inline(String::new().into()),
            connections: None,
            preset: None,
            tls: Tls::Verify,
            table: "users".to_owned(),
            id: "id".to_owned(),
            email: "email".to_owned(),
            password: "password".to_owned(),
            username: None,
            display_name: None,
            last_login: None,
            mfa: vec![],
            recovery_stamp: None,
            locale: None,
            recovery_email: None,
            active: vec![ConditionSettings::True("is_active".to_owned())],
            confirmed: None,
            reset_confirms: false,
            invitation_confirms: false,
            on_reset: OnResetSettings::default(),
            optional: vec![],
            email_match: EmailMatchSetting::AsciiLower,
            scheme: "argon2id".to_owned(),
            scheme_new: "argon2id".to_owned(),
            pepper: None,
            password_salt: None,
        }
    }

    pub(in crate::store) fn mapping(dialect: Dialect) -> Mapping {
        Mapping::new(dialect, &settings()).unwrap()
    }

    /// The statement as it is sent, with placeholders.
    pub(in crate::store) fn sql(dialect: Dialect, statement: &impl StatementBuilder) -> String {
        statement.build(&dialect.backend()).sql
    }

    #[test]
    fn every_column_is_read_as_text() {
        let select = |dialect| sql(dialect, &mapping(dialect).select());
        assert_eq!(
            select(Dialect::Postgres),
            r#"SELECT CAST("id" AS text) AS "c0", CAST("email" AS text) AS "c1", CAST("password" AS text) AS "c2", CAST("is_active" AS text) AS "c3" FROM "users""#
        );
        assert_eq!(
            select(Dialect::MySql),
            "SELECT CONVERT(`id` USING utf8mb4) AS `c0`, CONVERT(`email` USING utf8mb4) AS `c1`, CONVERT(`password` USING utf8mb4) AS `c2`, CONVERT(`is_active` USING utf8mb4) AS `c3` FROM `users`"
        );
        assert_eq!(
            select(Dialect::Sqlite),
            r#"SELECT CAST("id" AS TEXT) AS "c0", CAST("email" AS TEXT) AS "c1", CAST("password" AS TEXT) AS "c2", CAST("is_active" AS TEXT) AS "c3" FROM "users""#
        );
    }

    #[test]
    fn schemas_and_odd_names_are_quoted() {
        let mut settings = settings();
        settings.table = "app.us\"er`".to_owned();
        settings.active.clear();
        settings.email = "e mail?$1".to_owned();
        let select = |dialect| sql(dialect, &Mapping::new(dialect, &settings).unwrap().select());
        assert_eq!(
            select(Dialect::Postgres),
            r#"SELECT CAST("id" AS text) AS "c0", CAST("e mail?$1" AS text) AS "c1", CAST("password" AS text) AS "c2" FROM "app"."us""er`""#
        );
        assert!(select(Dialect::MySql).ends_with("FROM `app`.`us\"er```"));
    }
}
