//! The compare-and-swap, for which alone a link works once.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, UpdateStatement};

use time::OffsetDateTime;

use crate::account::{Account, Condition, Test};
use crate::random::Random;
use crate::recovery::{NewPassword, StoreError};

use super::catalogue::Shape;
use super::columns::Write;
use super::id::Id;
use super::mapping::Mapping;

impl Mapping {
    /// Writes the hash, and what goes with it, into the row that still is as it was read: found by
    /// its key, compared byte for byte, NULL with NULL.
    ///
    /// # Errors
    /// [`StoreError::Misfit`] for a column that cannot hold what it would get.
    pub(super) fn swap(
        &self,
        shape: &Shape,
        id: &Id,
        was: &Account,
        new: &NewPassword,
        random: &Random,
    ) -> Result<UpdateStatement, StoreError> {
        let column = self.columns.id.as_str();
        let mut update = Query::update();
        update.table(self.table.reference()).value(Alias::new(&self.columns.password), &new.hash);
        if let (Some(column), Some(stamp)) = (&self.columns.recovery_stamp, &new.recovery_stamp) {
            update.value(Alias::new(column), stamp);
        }
        for (column, write) in &self.columns.writes {
            update.value(Alias::new(column), self.written(shape, column, write, new, random)?);
        }
        if new.confirms {
            self.make_confirmed(&mut update, shape, was, new.at)?;
        }
        update.and_where(self.dialect.is_id(column, shape.data_type(column), id));
        self.where_unchanged(&mut update, self.columns.unchanged(was));
        Ok(update)
    }

    /// Makes the address confirmed, in the row that still has it and still is active: found by its
    /// key, compared byte for byte, NULL with NULL.
    ///
    /// # Errors
    /// [`StoreError::Misfit`] where there is nothing to write, or a column that cannot hold it.
    pub(super) fn confirm(
        &self,
        shape: &Shape,
        id: &Id,
        was: &Account,
        at: OffsetDateTime,
    ) -> Result<UpdateStatement, StoreError> {
        let column = self.columns.id.as_str();
        let mut update = Query::update();
        update.table(self.table.reference());
        self.make_confirmed(&mut update, shape, was, at)?;
        update.and_where(self.dialect.is_id(column, shape.data_type(column), id));
        self.where_unchanged(&mut update, self.columns.unconfirmed(was));
        Ok(update)
    }

    /// Writes the time of a login into the row that still is as it was read, as
    /// [`Mapping::swap`] does.
    ///
    /// # Errors
    /// [`StoreError::Misfit`] where there is no such column, or it cannot tell one second from the next.
    pub(super) fn advance_login(
        &self,
        shape: &Shape,
        id: &Id,
        was: &Account,
        at: OffsetDateTime,
    ) -> Result<UpdateStatement, StoreError> {
        let Some(last_login) = &self.columns.last_login else {
            let problem = "the table has no column for the last login, by which a link works once";
            return Err(StoreError::Misfit(problem.to_owned()));
        };
        let data_type = shape.data_type(last_login).unwrap_or_default();
        let value = self.dialect.second(data_type, shape.max_chars(last_login), was, at);
        let value = value.ok_or_else(|| {
            StoreError::Misfit(format!(
                "the column {last_login:?} of type {data_type:?} cannot tell one second from the \
                 next, by which a login link works once: it wants a time, integer or text column"
            ))
        })?;
        let column = self.columns.id.as_str();
        let mut update = Query::update();
        update
            .table(self.table.reference())
            .value(Alias::new(last_login), value)
            .and_where(self.dialect.is_id(column, shape.data_type(column), id));
        self.where_unchanged(&mut update, self.columns.not_logged_in(was));
        Ok(update)
    }

    /// Writes what makes those conditions hold that do not.
    fn make_confirmed(
        &self,
        update: &mut UpdateStatement,
        shape: &Shape,
        was: &Account,
        at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let mut nothing = true;
        for Condition { column, test } in was.unconfirmed() {
            let data_type = shape.data_type(column).unwrap_or_default();
            let found = match test {
                Test::True => self.dialect.truth(data_type, true),
                Test::False => self.dialect.truth(data_type, false),
                Test::Null => Some(Expr::null()),
                Test::NotNull => self.dialect.moment(data_type, at),
                // What is not on a list may mean anything, and is not to be written over.
                Test::In(_) => None,
            };
            let value = found.ok_or_else(|| {
                StoreError::Misfit(format!(
                    "the column {column:?} of type {data_type:?} cannot hold what confirms an \
                     address: true and false want a boolean or a whole number, not-null a time, \
                     date, integer or text column, and a list of values cannot be confirmed"
                ))
            })?;
            update.value(Alias::new(column), value);
            nothing = false;
        }
        if nothing {
            let problem = "the table has no column that says whether an address is confirmed";
            return Err(StoreError::Misfit(problem.to_owned()));
        }
        Ok(())
    }

    fn where_unchanged(&self, update: &mut UpdateStatement, columns: Vec<(&str, Option<&str>)>) {
        for (column, value) in columns {
            update.and_where(match value {
                Some(value) => self.dialect.is_bytewise(column, value),
                None => Expr::col(Alias::new(column)).is_null(),
            });
        }
    }

    /// Writes another recovery stamp into the row of this key, whatever else it holds; or only if it
    /// still has the stamp that `was` says, compared byte for byte, NULL with NULL.
    ///
    /// # Errors
    /// [`StoreError::Misfit`] where the table has no such column.
    pub(super) fn stamp(
        &self,
        shape: &Shape,
        (id, text): (&Id, &str),
        stamp: Option<&str>,
        was: Option<&Account>,
    ) -> Result<UpdateStatement, StoreError> {
        let column = self.columns.id.as_str();
        let Some(stamped) = &self.columns.recovery_stamp else {
            let problem = "the table has no recovery stamp, without which no link is revoked and \
                           none is the newest";
            return Err(StoreError::Misfit(problem.to_owned()));
        };
        let mut update = Query::update();
        update
            .table(self.table.reference())
            .value(Alias::new(stamped), stamp)
            .and_where(self.dialect.is_id(column, shape.data_type(column), id));
        let was = was.map(|was| (stamped.as_str(), was.recovery_stamp.as_deref()));
        let unchanged = [(column, Some(text))].into_iter().chain(was);
        self.where_unchanged(&mut update, unchanged.collect());
        Ok(update)
    }

    fn written(
        &self,
        shape: &Shape,
        column: &str,
        write: &Write,
        new: &NewPassword,
        random: &Random,
    ) -> Result<Expr, StoreError> {
        let data_type = shape.data_type(column).unwrap_or_default();
        let found = match write {
            Write::Fixed(value) => Some(self.dialect.fixed(data_type, value)),
            Write::Null => Some(Expr::null()),
            Write::Now => self.dialect.moment(data_type, new.at),
            Write::Random => self.dialect.random(data_type, shape.max_chars(column), random),
            Write::Increment => Some(self.dialect.increment(column)),
        };
        found.ok_or_else(|| {
            StoreError::Misfit(format!(
                "the column {column:?} of type {data_type:?} cannot hold what users.on_reset \
                 writes: a time wants a time, date, integer or text column, a random text one of \
                 22 characters or more or of UUIDs"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{ConditionSettings, FixedValue, OnResetSettings};
    use crate::store::catalogue::tests::shape;
    use crate::store::dialect::Dialect;
    use crate::store::mapping::tests::{mapping, settings, sql};

    fn swap(mapping: &Mapping, id_type: &str, row: &[Option<&str>]) -> String {
        let row: Vec<Option<String>> = row.iter().map(|value| value.map(str::to_owned)).collect();
        let was = mapping.columns.account(&row).unwrap();
        let shape = shape(mapping, id_type, "text");
        let id = shape.id.parse(&was.id).unwrap();
        let random = Random::repeatable(1);
        sql(mapping.dialect, &mapping.swap(&shape, &id, &was, &new(), &random).unwrap())
    }

    fn new() -> NewPassword {
        let at = time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        NewPassword {
            hash: "new".into(),
            recovery_stamp: Some("stamp".into()),
            confirms: false,
            at,
        }
    }

    const ROW: [Option<&str>; 4] = [Some("7"), Some("ada@example.com"), Some("old"), Some("1")];

    #[test]
    fn the_row_is_compared_bytewise_in_every_dialect() {
        assert_eq!(
            swap(&mapping(Dialect::Postgres), "int8", &ROW),
            r#"UPDATE "users" SET "password" = $1 WHERE "id" = $2 AND (CAST("id" AS text) COLLATE "C" = $3) AND (CAST("password" AS text) COLLATE "C" = $4) AND (CAST("email" AS text) COLLATE "C" = $5) AND (CAST("is_active" AS text) COLLATE "C" = $6)"#
        );
        assert_eq!(
            swap(&mapping(Dialect::MySql), "int", &ROW),
            "UPDATE `users` SET `password` = ? WHERE `id` = ? AND (CAST(CONVERT(`id` USING utf8mb4) AS BINARY) = CAST(? AS BINARY)) AND (CAST(CONVERT(`password` USING utf8mb4) AS BINARY) = CAST(? AS BINARY)) AND (CAST(CONVERT(`email` USING utf8mb4) AS BINARY) = CAST(? AS BINARY)) AND (CAST(CONVERT(`is_active` USING utf8mb4) AS BINARY) = CAST(? AS BINARY))"
        );
        assert_eq!(
            swap(&mapping(Dialect::Sqlite), "integer", &ROW),
            r#"UPDATE "users" SET "password" = ? WHERE "id" = ? AND (CAST("id" AS TEXT) = ? COLLATE BINARY) AND (CAST("password" AS TEXT) = ? COLLATE BINARY) AND (CAST("email" AS TEXT) = ? COLLATE BINARY) AND (CAST("is_active" AS TEXT) = ? COLLATE BINARY)"#
        );
    }

    #[test]
    fn a_newer_stamp_is_written_only_over_the_one_that_was_read() {
        let mut settings = settings();
        settings.recovery_stamp = Some("stamp".to_owned());
        let mapping = Mapping::new(Dialect::Postgres, &settings).unwrap();
        let shape = shape(&mapping, "int8", "text");
        let id = shape.id.parse("7").unwrap();
        let stamp = |stamp: Option<&str>| {
            let row = [Some("7"), None, None, stamp, None].map(|value| value.map(str::to_owned));
            let was = mapping.columns.account(&row).unwrap();
            let update = mapping.stamp(&shape, (&id, "7"), Some("newer"), Some(&was)).unwrap();
            sql(Dialect::Postgres, &update)
        };
        let update = r#"UPDATE "users" SET "stamp" = $1 WHERE "id" = $2 AND (CAST("id" AS text) COLLATE "C" = $3)"#;
        assert_eq!(
            stamp(Some("read")),
            format!(r#"{update} AND (CAST("stamp" AS text) COLLATE "C" = $4)"#)
        );
        assert_eq!(stamp(None), format!(r#"{update} AND "stamp" IS NULL"#));
        let whatever = mapping.stamp(&shape, (&id, "7"), Some("newer"), None).unwrap();
        assert_eq!(sql(Dialect::Postgres, &whatever), update);
    }

    #[test]
    fn null_is_compared_with_is_null() {
        let mut settings = settings();
        settings.recovery_stamp = Some("stamp".to_owned());
        let mapping = Mapping::new(Dialect::Sqlite, &settings).unwrap();
        let sql = swap(&mapping, "text", &[Some("a"), None, None, None, None]);
        for column in ["email", "password", "stamp", "is_active"] {
            assert!(sql.contains(&format!("\"{column}\" IS NULL")), "{sql}");
        }
    }

    /// A mapping with all that is written beside a password, and a row in it.
    fn written_beside() -> (Mapping, Account, Shape) {
        let mut settings = settings();
        settings.confirmed = Some(ConditionSettings::True("confirmed".to_owned()));
        settings.last_login = Some("last_login".to_owned());
        settings.on_reset = OnResetSettings {
            set: [("must_change".to_owned(), FixedValue::Boolean(false))].into(),
            null: vec!["locked_at".to_owned()],
            now: vec!["changed_at".to_owned()],
            increment: vec!["changes".to_owned()],
            ..OnResetSettings::default()
        };
        let mapping = Mapping::new(Dialect::Sqlite, &settings).unwrap();
        let value = |name: &&str| match *name {
            "id" => Some("7".to_owned()),
            "email" => Some("ada@example.com".to_owned()),
            "password" => Some("old".to_owned()),
            "is_active" => Some("1".to_owned()),
            "confirmed" => Some("0".to_owned()),
            _ => None,
        };
        let row: Vec<_> = mapping.columns.names().iter().map(value).collect();
        let was = mapping.columns.account(&row).unwrap();
        let shape = shape(&mapping, "integer", "integer");
        (mapping, was, shape)
    }

    /// What a statement writes, and where.
    fn halves(update: &UpdateStatement) -> (String, String) {
        let sql = sql(Dialect::Sqlite, update);
        let (set, condition) = sql.split_once(" WHERE ").unwrap();
        (set.to_owned(), condition.to_owned())
    }

    #[test]
    fn what_goes_with_a_password_is_written_with_it() {
        let (mapping, was, shape) = written_beside();
        let id = shape.id.parse("7").unwrap();
        let confirming = NewPassword { confirms: true, ..new() };
        let random = Random::repeatable(1);
        for (new, confirms) in [(new(), false), (confirming, true)] {
            let (set, _) = halves(&mapping.swap(&shape, &id, &was, &new, &random).unwrap());
            for column in ["password", "must_change", "locked_at", "changed_at", "changes"] {
                assert!(set.contains(&format!("\"{column}\" = ")), "{column}: {set}");
            }
            assert!(set.contains("\"locked_at\" = NULL"), "{set}");
            assert_eq!(set.contains("\"confirmed\" = "), confirms, "{set}");
        }
    }

    #[test]
    fn confirming_and_logging_in_write_one_column_each_into_the_row_as_it_was_read() {
        let (mapping, was, shape) = written_beside();
        let id = shape.id.parse("7").unwrap();
        let (set, condition) = halves(&mapping.confirm(&shape, &id, &was, new().at).unwrap());
        assert!(set.starts_with("UPDATE \"users\" SET \"confirmed\" = "), "{set}");
        assert!(!set.contains(','), "{set}");
        for column in ["id", "email", "is_active", "confirmed"] {
            assert!(condition.contains(&format!("CAST(\"{column}\" ")), "{column}: {condition}");
        }
        let (set, condition) = halves(&mapping.advance_login(&shape, &id, &was, new().at).unwrap());
        assert!(set.starts_with("UPDATE \"users\" SET \"last_login\" = "), "{set}");
        assert!(!set.contains(','), "{set}");
        for column in ["id", "email", "password", "is_active", "confirmed"] {
            assert!(condition.contains(&format!("CAST(\"{column}\" ")), "{column}: {condition}");
        }
        assert!(condition.contains("\"last_login\" IS NULL"), "{condition}");
    }

    #[test]
    fn what_there_is_no_column_for_is_told_and_not_written() {
        let mapping = mapping(Dialect::Sqlite);
        let row = ROW.map(|value| value.map(str::to_owned));
        let (was, shape) =
            (mapping.columns.account(&row).unwrap(), shape(&mapping, "integer", "text"));
        let id = shape.id.parse("7").unwrap();
        for refused in [
            mapping.confirm(&shape, &id, &was, new().at),
            mapping.advance_login(&shape, &id, &was, new().at),
            mapping.stamp(&shape, (&id, "7"), Some("newer"), Some(&was)),
        ] {
            assert!(matches!(refused, Err(StoreError::Misfit(_))), "{refused:?}");
        }
    }
}
