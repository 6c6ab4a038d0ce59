//! What a reset writes beside the password: sessions die and locks open in the same statement.

use regain::recovery::{Accounts, StoreError, Swap};

use super::{open, read, to};
use crate::databases::{self, Engine, engines};

/// Every kind of write, on a column of each kind that takes it.
const ON_RESET: &str = "
    recovery_stamp = 'stamp'
    on_reset.set = { failed_attempts = 0, state = 'open', locked = false }
    on_reset.null = ['locked_at']
    on_reset.now = ['updated_at', 'changed_on', 'changed_secs', 'changed_text']
    on_reset.random = ['session_token', 'short_token', 'session_uuid']
    on_reset.increment = ['session_version', 'generation']
    optional = ['not_there', 'nor_this']
    locale = 'not_there'
";

async fn table(engine: Engine) -> databases::TestDatabase {
    let (moment, uuid, boolean) = match engine {
        Engine::Sqlite => ("datetime", "char(36)", "boolean"),
        Engine::Postgres => ("timestamptz", "uuid", "boolean"),
        Engine::MariaDb => ("datetime(6)", "uuid", "boolean"),
    };
    let database = databases::create(engine).await;
    database
        .execute(&format!(
            "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), password varchar(99), \
             stamp varchar(64), failed_attempts integer, state varchar(9), locked {boolean}, \
             locked_at {moment}, updated_at {moment}, changed_on date, changed_secs bigint, \
             changed_text varchar(40), session_token varchar(100), short_token char(24), \
             session_uuid {uuid}, session_version integer, generation bigint)"
        ))
        .await;
    let yes = if engine == Engine::Postgres { "true" } else { "1" };
    for id in [1, 2] {
        database
            .execute(&format!(
                "INSERT INTO users (id, email, password, stamp, failed_attempts, state, locked, \
                 locked_at, session_version) VALUES ({id}, 'ada@example.com', 'old', 's', 7, \
                 'shut', {yes}, '2026-01-01 00:00:00', 41)"
            ))
            .await;
    }
    database
}

#[tokio::test]
async fn everything_that_a_reset_changes_is_written_in_the_columns_own_kind() {
    for engine in engines() {
        let database = table(engine).await;
        let users = open(&database, ON_RESET);
        let ada = read(&users, "1").await;
        assert_eq!(users.swap_password(&ada, &to("new")).await, Ok(Swap::Won), "{engine:?}");

        let utc = if engine == Engine::Postgres { " AT TIME ZONE 'UTC'" } else { "" };
        let column = async |column: &str| {
            let text = if engine == Engine::MariaDb { "char" } else { "text" };
            let select = format!("SELECT CAST({column} AS {text}) FROM users WHERE id = 1");
            database.text(&select).await
        };
        assert_eq!(column("password").await.as_deref(), Some("new"), "{engine:?}");
        assert_eq!(column("stamp").await.as_deref(), Some("renewed"), "{engine:?}");
        assert_eq!(column("failed_attempts").await.as_deref(), Some("0"), "{engine:?}");
        assert_eq!(column("state").await.as_deref(), Some("open"), "{engine:?}");
        assert!(matches!(column("locked").await.as_deref(), Some("0" | "false")), "{engine:?}");
        assert_eq!(column("locked_at").await, None, "{engine:?}");
        let moment = column(&format!("updated_at{utc}")).await.unwrap();
        assert!(moment.starts_with("2027-01-15 08:00:00"), "{engine:?} {moment}");
        let day = column("changed_on").await.unwrap();
        assert!(day.starts_with("2027-01-15"), "{engine:?} {day}");
        assert_eq!(column("changed_secs").await.as_deref(), Some("1800000000"), "{engine:?}");
        let text = column("changed_text").await.unwrap();
        assert!(text.starts_with("2027-01-15 08:00:00"), "{engine:?} {text}");
        assert_eq!(column("session_token").await.map(|text| text.len()), Some(43), "{engine:?}");
        assert_eq!(column("short_token").await.map(|text| text.len() >= 24), Some(true));
        let uuid = column("session_uuid").await.unwrap();
        assert!(engine == Engine::Sqlite || uuid.len() == 36, "{engine:?} {uuid}");
        assert_eq!(column("session_version").await.as_deref(), Some("42"), "{engine:?}");
        assert_eq!(column("generation").await.as_deref(), Some("1"), "{engine:?}: NULL is nought");

        let other = "SELECT state FROM users WHERE id = 2 AND password = 'old'";
        assert_eq!(database.text(other).await.as_deref(), Some("shut"), "{engine:?}: others stay");
    }
}

#[tokio::test]
async fn a_swap_that_loses_writes_nothing_at_all() {
    for engine in engines() {
        let database = table(engine).await;
        let users = open(&database, ON_RESET);
        let ada = read(&users, "1").await;
        database.execute("UPDATE users SET password = 'changed' WHERE id = 1").await;
        assert_eq!(users.swap_password(&ada, &to("new")).await, Ok(Swap::Lost), "{engine:?}");
        let row = "SELECT state FROM users WHERE id = 1 AND failed_attempts = 7";
        assert_eq!(database.text(row).await.as_deref(), Some("shut"), "{engine:?}");
    }
}

#[tokio::test]
async fn a_column_that_cannot_hold_what_it_would_get_is_refused_before_writing() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = table(engine).await;
        for (mapping, named) in [
            ("on_reset.now = ['locked']", "locked"),
            ("on_reset.random = ['state']", "state"),
            ("on_reset.random = ['failed_attempts']", "failed_attempts"),
            ("on_reset.null = ['nowhere']", "nowhere"),
        ] {
            let users = open(&database, mapping);
            let refused = match users.read("1").await {
                Ok(ada) => users.swap_password(&ada.unwrap(), &to("new")).await.unwrap_err(),
                Err(error) => error,
            };
            // MariaDB's booleans are whole numbers, which hold a time well enough.
            if engine == Engine::MariaDb && named == "locked" {
                continue;
            }
            assert!(matches!(refused, StoreError::Misfit(_)), "{engine:?} {mapping} {refused}");
            assert!(refused.to_string().contains(named), "{engine:?} {refused}");
        }
    }
}
