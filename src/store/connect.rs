//! From a URL to a pool of connections, none of which is made yet.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::DatabaseConnection;
use sea_orm::sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{
    ConnectOptions, Connection as _, Database, Executor as _, MySql, Postgres, Sqlite,
};
use thiserror::Error;

use crate::config::{MOST_CONNECTIONS, Tls};

use super::dialect::Dialect;
use super::tls::{self, Asked};

/// How long a statement waits for a lock of somebody else's, in every engine. The server keeps
/// to it itself, so that no statement that was given up here is carried out there later; nor one
/// that takes long for another reason, where the engine has a limit for that.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);
const POSTGRES_LIMITS: &str = "SET lock_timeout = '2s'; SET statement_timeout = '8s'";
const MYSQL_LIMITS: &str = "SET innodb_lock_wait_timeout = 2, lock_wait_timeout = 2";
/// MariaDB's own; MySQL does not know it, and goes without.
const MARIADB_LIMIT: &str = "SET max_statement_time = 8";

/// A connection is asked whether it lives when it is given back; one that rested for so long is asked again
/// before it is used. Whatever has less behind it saves a third of its ways to the server.
const ASKED_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How many connections there may be, and how long to wait for one.
#[derive(Clone, Copy, Debug)]
pub struct PoolSettings {
    /// The most connections at one time.
    pub max_connections: u32,
    /// How long a statement waits for a connection.
    pub acquire_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self { max_connections: MOST_CONNECTIONS, acquire_timeout: Duration::from_secs(3) }
    }
}

/// What is wrong with where the users table is said to be. It never repeats the URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreConfigError {
    /// Neither PostgreSQL nor MySQL nor `SQLite`.
    #[error(
        "users.database is of no known kind: begin it with postgres://, mysql:// or sqlite://, without a \
         driver such as +psycopg2"
    )]
    Scheme,
    /// The URL of a known kind has a mistake in it.
    #[error(
        "users.database cannot be read: write it as {0}, with reserved characters in names and \
         passwords percent-encoded"
    )]
    Url(&'static str),
    /// A connection would leave the machine without verified TLS.
    #[error(
        "users.database reaches {host} without verified TLS: say {cure} in the URL or leave it \
         out, or say users.tls = \"off\" where the network itself is protected"
    )]
    Unprotected {
        /// The host that would be connected to.
        host: String,
        /// What the URL must say.
        cure: &'static str,
    },
    /// Not the name of a table.
    #[error("users.table is {0:?}: write table or schema.table")]
    Table(String),
    /// Not the name of a column.
    #[error("a column under users is called {0:?}: give its name or leave the key out")]
    Column(String),
}

/// Reads the URL and makes a lazy pool; statements are never logged, since they carry values.
pub(super) fn open(
    url: &str,
    tls: Tls,
    pool: &PoolSettings,
) -> Result<(DatabaseConnection, Dialect), StoreConfigError> {
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "postgres" | "postgresql" => {
            let options = postgres(url, tls)?;
            let pool = sized::<Postgres>(pool).after_connect(|connection, _| {
                Box::pin(async { connection.execute(POSTGRES_LIMITS).await.map(drop) })
            });
            Ok((pool.connect_lazy_with(options).into(), Dialect::Postgres))
        }
        "mysql" | "mariadb" => {
            let options = mysql(url, tls)?;
            let pool = sized::<MySql>(pool).after_connect(|connection, _| {
                Box::pin(async {
                    let _unknown_to_mysql = connection.execute(MARIADB_LIMIT).await;
                    connection.execute(MYSQL_LIMITS).await.map(drop)
                })
            });
            Ok((pool.connect_lazy_with(options).into(), Dialect::MySql))
        }
        "sqlite" => {
            let options = sqlite(url)?;
            let pool: PoolOptions<Sqlite> =
                if is_in_memory(url) { in_memory(pool) } else { sized(pool) };
            Ok((pool.connect_lazy_with(options).into(), Dialect::Sqlite))
        }
        _ => Err(StoreConfigError::Scheme),
    }
}

fn postgres(url: &str, tls: Tls) -> Result<PgConnectOptions, StoreConfigError> {
    let form = StoreConfigError::Url("postgres://user:password@host:5432/database");
    let options = PgConnectOptions::from_str(url).map_err(|_| form)?;
    let options = options.disable_statement_logging();
    let asked = match (tls::asks(url, &["sslmode", "ssl-mode"]), options.get_ssl_mode()) {
        (false, _) => Asked::Nothing,
        (true, PgSslMode::VerifyFull) => Asked::Verified,
        (true, _) => Asked::Weaker,
    };
    let host = options.get_socket().map_or(options.get_host(), |_| "/");
    if tls::must_set(host, tls, asked, "sslmode=verify-full")? {
        return Ok(options.ssl_mode(PgSslMode::VerifyFull));
    }
    Ok(options)
}

fn mysql(url: &str, tls: Tls) -> Result<MySqlConnectOptions, StoreConfigError> {
    let form = StoreConfigError::Url("mysql://user:password@host:3306/database");
    let options = MySqlConnectOptions::from_str(url).map_err(|_| form)?;
    // Values are compared as UTF-8 on both sides, whatever the URL would have.
    let options = options.disable_statement_logging().charset("utf8mb4");
    let asked = match (tls::asks(url, &["sslmode", "ssl-mode"]), options.get_ssl_mode()) {
        (false, _) => Asked::Nothing,
        (true, MySqlSslMode::VerifyIdentity) => Asked::Verified,
        (true, _) => Asked::Weaker,
    };
    let host = options.get_socket().map_or(options.get_host(), |_| "/");
    if tls::must_set(host, tls, asked, "ssl-mode=VERIFY_IDENTITY")? {
        return Ok(options.ssl_mode(MySqlSslMode::VerifyIdentity));
    }
    Ok(options)
}

fn sqlite(url: &str) -> Result<SqliteConnectOptions, StoreConfigError> {
    let form = StoreConfigError::Url("sqlite:///path/to/file?mode=rw");
    let options = SqliteConnectOptions::from_str(url).map_err(|_| form)?;
    Ok(options.disable_statement_logging().busy_timeout(LOCK_TIMEOUT))
}

fn sized<D: Database>(pool: &PoolSettings) -> PoolOptions<D> {
    PoolOptions::new()
        .max_connections(pool.max_connections)
        .acquire_timeout(pool.acquire_timeout)
        .test_before_acquire(false)
        .before_acquire(|connection: &mut D::Connection, how| {
            Box::pin(async move {
                if how.idle_for >= ASKED_AGAIN_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

/// One connection that is kept: with the last one the database would go.
fn in_memory<D: Database>(pool: &PoolSettings) -> PoolOptions<D> {
    sized(pool).max_connections(1).idle_timeout(None).max_lifetime(None)
}

fn is_in_memory(url: &str) -> bool {
    url.contains(":memory:") || url.contains("mode=memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> StoreConfigError {
        open(url, Tls::Verify, &PoolSettings::default()).unwrap_err()
    }

    #[test]
    fn postgres_off_the_machine_is_verified_unless_told_otherwise() {
        let mode = |url, tls| postgres(url, tls).unwrap().get_ssl_mode();
        let far = "postgres://u:p@db.example.com/app";
        assert!(matches!(mode(far, Tls::Verify), PgSslMode::VerifyFull));
        assert!(matches!(mode(far, Tls::Off), PgSslMode::Prefer));
        assert!(matches!(mode("postgres://u:p@127.0.0.1/app", Tls::Verify), PgSslMode::Prefer));
        assert!(matches!(
            mode("postgres:///app?host=/run/postgresql", Tls::Verify),
            PgSslMode::Prefer
        ));
        let smuggled = "postgres://u:p@127.0.0.1/app?host=db.example.com";
        assert!(matches!(mode(smuggled, Tls::Verify), PgSslMode::VerifyFull));
        let disguised = "postgres://u:p@db.example.com/app?ssl%6dode=disable";
        assert!(matches!(mode(disguised, Tls::Verify), PgSslMode::VerifyFull));
    }

    #[test]
    fn mysql_off_the_machine_is_verified_unless_told_otherwise() {
        let mode = |url, tls| mysql(url, tls).unwrap().get_ssl_mode();
        let far = "mysql://u:p@db.example.com/app";
        assert!(matches!(mode(far, Tls::Verify), MySqlSslMode::VerifyIdentity));
        assert!(matches!(mode(far, Tls::Off), MySqlSslMode::Preferred));
        assert!(matches!(mode("mysql://u:p@[::1]/app", Tls::Verify), MySqlSslMode::Preferred));
        let latin1 = mysql("mysql://u:p@127.0.0.1/app?charset=latin1", Tls::Verify).unwrap();
        assert_eq!(latin1.get_charset(), "utf8mb4");
    }

    #[test]
    fn weaker_tls_off_the_machine_is_refused_with_the_cure_and_without_the_password() {
        for (url, cure) in [
            ("postgres://u:s3cret@db.example.com/app?sslmode=require", "sslmode=verify-full"),
            ("postgres://u:s3cret@db.example.com/app?ssl-mode=verify-ca", "sslmode=verify-full"),
            ("mysql://u:s3cret@db.example.com/app?ssl-mode=REQUIRED", "ssl-mode=VERIFY_IDENTITY"),
            (
                "postgres://u:s3cret@db.example.com/a?sslmode=verify-full&sslmode=disable",
                "verify-full",
            ),
        ] {
            let text = refused(url).to_string();
            assert!(text.contains(cure) && text.contains("db.example.com"), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn unknown_and_broken_urls_are_refused_without_repeating_them() {
        for url in [
            "oracle://u:s3cret@h/d",
            "",
            "s3cret",
            "postgres://u:s3cret@h:port/d",
            "mysql://u:s3cret@h/d?ssl-mode=s3cret",
            "sqlite://f?s3cret=1",
        ] {
            let error = refused(url);
            assert!(matches!(error, StoreConfigError::Scheme | StoreConfigError::Url(_)));
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
    }
}
