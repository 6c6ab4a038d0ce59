//! What a database's errors mean. Of their texts only what cannot hold a value is kept: codes,
//! and the messages that name a missing or forbidden table or column.

use std::io::ErrorKind;

use sea_orm::sqlx::error::DatabaseError;
use sea_orm::sqlx::mysql::MySqlDatabaseError;
use sea_orm::sqlx::postgres::PgDatabaseError;
use sea_orm::sqlx::sqlite::SqliteError;
use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::recovery::StoreError;

/// Sorts an error into the three that callers tell apart.
pub(super) fn store_error(error: &DbErr) -> StoreError {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => sqlx_error(error),
        DbErr::ConnectionAcquire(_) => no_connection(),
        DbErr::Conn(_) | DbErr::Exec(_) | DbErr::Query(_) => {
            StoreError::Unreachable("the driver failed".to_owned())
        }
        _ => unreadable(),
    }
}

/// Whether the database says that this user may not.
pub(super) fn is_denied(error: &DbErr) -> bool {
    is(error, &["42501"], &[1142, 1143])
}

/// Whether this user may see how a table is read, but not how the view is that was asked for.
pub(super) fn hides_plan(error: &DbErr) -> bool {
    is(error, &[], &[1345])
}

/// Whether it is one of PostgreSQL's with these codes or one of MySQL's with these numbers.
fn is(error: &DbErr, codes: &[&str], numbers: &[u16]) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) =
        error
    else {
        return false;
    };
    let sqlx::Error::Database(error) = error.as_ref() else { return false };
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        return codes.contains(&error.code());
    }
    let mysql = error.try_downcast_ref::<MySqlDatabaseError>();
    mysql.is_some_and(|error| numbers.contains(&error.number()))
}

fn sqlx_error(error: &sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Database(error) => database_error(error.as_ref()),
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => no_connection(),
        sqlx::Error::Io(error) => StoreError::Unreachable(io(error.kind())),
        sqlx::Error::Tls(error) => StoreError::Unreachable(format!("TLS: {error}")),
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => unreadable(),
        _ => StoreError::Unreachable("the connection failed".to_owned()),
    }
}

fn database_error(error: &(dyn DatabaseError + 'static)) -> StoreError {
    let message = error.message();
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        return postgres(error.code(), message);
    }
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        return mysql(error.number(), message);
    }
    let code = error.try_downcast_ref::<SqliteError>().and_then(DatabaseError::code);
    sqlite(code.and_then(|code| code.parse().ok()).unwrap_or_default(), message)
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn postgres(code: &str, message: &str) -> StoreError {
    let named = format!("SQLSTATE {code}");
    match code {
        "40001" | "40P01" | "55P03" | "57014" => StoreError::Busy(named),
        // Distributed engines cannot always say whether they carried it out: CockroachDB's "result is ambiguous".
        "40003" => StoreError::Unreachable(named),
        "42P01" | "42703" | "42501" | "3F000" => StoreError::Misfit(format!("{named}: {message}")),
        "25006" => StoreError::Misfit(format!("{named}: read-only, name the primary")),
        _ => match code.get(..2).unwrap_or_default() {
            // Connection, login, missing database, exhaustion, shutting down, system, internal.
            "28" => StoreError::Unreachable(login_refused(&named)),
            "3D" => StoreError::Unreachable(no_database(&named)),
            "08" | "53" | "57" | "58" | "XX" => StoreError::Unreachable(named),
            _ => StoreError::Misfit(named),
        },
    }
}

/// <https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference>
fn mysql(number: u16, message: &str) -> StoreError {
    let named = format!("error {number}");
    match number {
        // Lock wait, deadlock, changed since read, definition changed, NOWAIT.
        1205 | 1213 | 1020 | 1412 | 3572
        // TiDB's, rolled back: <https://docs.pingcap.com/tidb/stable/error-codes>
        | 8002 | 8005 | 8022 | 8028 | 9004 | 9007 => StoreError::Busy(named),
        // No such table, column or database; no privilege on a table or column.
        1146 | 1054 | 1142 | 1143 => StoreError::Misfit(format!("{named}: {message}")),
        1290 | 1792 | 1836 => StoreError::Misfit(format!("{named}: read-only, name the primary")),
        1045 | 1698 => StoreError::Unreachable(login_refused(&named)),
        // 1044: not for this user, or not there.
        1044 | 1049 => StoreError::Unreachable(no_database(&named)),
        // Connections, shutting down, network, killed, time-outs; of TiDB that its parts do not answer, or
        // cannot say whether they did.
        1040
        | 1043
        | 1053
        | 1077..=1081
        | 1129
        | 1130
        | 1152..=1161
        | 1184
        | 1203
        | 1226
        | 1317
        | 1927
        | 1969
        | 2000..=2999
        | 3024
        | 8501
        | 9001..=9003
        | 9005 => StoreError::Unreachable(named),
        _ => StoreError::Misfit(named),
    }
}

/// <https://sqlite.org/rescode.html>: the low byte is the primary code.
fn sqlite(code: i32, message: &str) -> StoreError {
    let named = format!("SQLite code {code}");
    let names_object = ["no such table: ", "no such column: "];
    match code & 0xff {
        5 | 6 => StoreError::Busy(named),
        // An interrupt, I/O, corruption, a full disk, a file that cannot be opened or is none.
        14 => StoreError::Unreachable(format!(
            "{named}: there is no such file, or it may not be opened: check users.database"
        )),
        9 | 10 | 11 | 13 | 26 => StoreError::Unreachable(named),
        8 => StoreError::Misfit(format!("{named}: read-only")),
        1 if names_object.iter().any(|start| message.starts_with(start)) => {
            StoreError::Misfit(format!("{named}: {message}"))
        }
        _ => StoreError::Misfit(named),
    }
}

fn login_refused(code: &str) -> String {
    format!(
        "the login is refused ({code}): check user and password in users.database, reserved \
         characters percent-encoded"
    )
}

fn no_database(code: &str) -> String {
    format!(
        "there is no such database, or not for this user ({code}): check its name in users.database"
    )
}

/// A name that is not found has no kind of its own.
fn io(kind: ErrorKind) -> String {
    match kind {
        ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::TimedOut => kind.to_string(),
        other => format!(
            "{other}: check that the host in users.database is right and reached from here, \
             reserved characters percent-encoded"
        ),
    }
}

fn no_connection() -> StoreError {
    let text = "no connection was to be had in time: check host and port in users.database, and \
                that the server is up";
    StoreError::Unreachable(text.to_owned())
}

fn unreadable() -> StoreError {
    StoreError::Misfit("a value cannot be read as text in UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "invalid input syntax for type integer: \"ada@example.com\"";

    #[test]
    fn locks_and_deadlocks_are_busy() {
        for error in [
            postgres("40001", VALUE),
            postgres("40P01", VALUE),
            postgres("55P03", VALUE),
            mysql(1205, VALUE),
            mysql(1213, VALUE),
            mysql(9007, VALUE),
            sqlite(5, VALUE),
            sqlite(6, VALUE),
            sqlite(517, VALUE),
        ] {
            assert!(matches!(error, StoreError::Busy(_)), "{error}");
        }
    }

    #[test]
    fn lost_connections_are_unreachable() {
        for error in [
            postgres("57P01", VALUE),
            postgres("08006", VALUE),
            postgres("28P01", VALUE),
            postgres("40003", VALUE),
            mysql(1053, VALUE),
            mysql(1045, VALUE),
            mysql(9005, VALUE),
            sqlite(14, VALUE),
            sqlx_error(&sqlx::Error::PoolTimedOut),
            store_error(&DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)),
            sqlx_error(&sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into())),
        ] {
            assert!(matches!(error, StoreError::Unreachable(_)), "{error}");
            assert!(!error.to_string().contains("ada"), "{error}");
        }
    }

    #[test]
    fn only_messages_that_name_objects_are_kept() {
        let missing = postgres("42703", "column \"mail\" does not exist").to_string();
        assert!(missing.contains("\"mail\""), "{missing}");
        let missing = sqlite(1, "no such column: mail").to_string();
        assert!(missing.contains("mail"), "{missing}");
        for error in [postgres("22P02", VALUE), mysql(1366, VALUE), sqlite(1, VALUE)] {
            assert!(matches!(error, StoreError::Misfit(_)), "{error}");
            assert!(!error.to_string().contains("ada"), "{error}");
        }
    }
}
