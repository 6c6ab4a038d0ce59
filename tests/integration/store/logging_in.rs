//! The compare-and-swap of the last login, in columns of every kind.

use regain::recovery::{Accounts, StoreError, Swap};
use time::OffsetDateTime;

use super::{open, read};
use crate::databases::{self, Engine, TestDatabase, engines};

fn at(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap()
}

/// A type on each engine, what stands there before, and what then does.
fn kinds(engine: Engine) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut kinds = vec![
        ("bigint", "NULL", "1800000000"),
        ("bigint", "1700000000", "1800000000"),
        ("bigint", "1700000000123", "1800000000000"),
        ("varchar(40)", "NULL", "2027-01-15 08:00:00.000000"),
        ("varchar(40)", "'2026-01-01T00:00:00Z'", "2027-01-15T08:00:00Z"),
        ("varchar(40)", "'2026-01-01 00:00:00.123456+02:00'", "2027-01-15 10:00:00.000000+02:00"),
        ("varchar(19)", "'2026-01-01 00:00:00'", "2027-01-15 08:00:00"),
    ];
    kinds.extend(match engine {
        Engine::Sqlite => vec![
            ("datetime", "'2026-01-01 00:00:00.123456'", "2027-01-15 08:00:00.000000"),
            ("timestamp", "1700000000", "1800000000"),
        ],
        Engine::Postgres => vec![
            ("timestamptz", "NULL", "2027-01-15 08:00:00+00"),
            ("timestamptz", "'2026-01-01 00:00:00.123456+05:30'", "2027-01-15 08:00:00+00"),
            ("timestamp", "'2026-01-01 00:00:00.5'", "2027-01-15 08:00:00"),
            ("timestamp(0)", "'2026-01-01 00:00:00'", "2027-01-15 08:00:00"),
            ("integer", "1700000000", "1800000000"),
        ],
        Engine::MariaDb => vec![
            ("datetime", "'2026-01-01 00:00:00'", "2027-01-15 08:00:00"),
            ("datetime(6)", "'2026-01-01 00:00:00.123456'", "2027-01-15 08:00:00.000000"),
            ("timestamp NULL", "'2026-01-01 00:00:00'", "2027-01-15 08:00:00"),
            ("int", "NULL", "1800000000"),
        ],
    });
    kinds
}

async fn table(engine: Engine, data_type: &str, before: &str) -> TestDatabase {
    let database = databases::create(engine).await;
    database
        .execute(&format!(
            "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), \
             password varchar(99), seen {data_type})"
        ))
        .await;
    for id in [1, 2] {
        let insert = format!("INSERT INTO users VALUES ({id}, 'a@b.example', 'h', {before})");
        database.execute(&insert).await;
    }
    database
}

#[tokio::test]
async fn a_login_is_written_in_the_columns_own_kind_and_only_over_what_was_read() {
    for engine in engines() {
        for (data_type, before, after) in kinds(engine) {
            let database = table(engine, data_type, before).await;
            let users = open(&database, "last_login = 'seen'");
            let ada = read(&users, "1").await;
            let case = format!("{engine:?} {data_type} {before}");
            let swap = users.advance_login(&ada, at(1_800_000_000)).await;
            assert_eq!(swap, Ok(Swap::Won), "{case}");
            let swap = users.advance_login(&ada, at(1_800_000_000)).await;
            assert_eq!(swap, Ok(Swap::Lost), "{case}");
            let now = read(&users, "1").await;
            let last = now.last_login.clone().unwrap();
            assert_eq!(last.as_read(), after, "{case}");
            assert_eq!(last.mark(), "2027-01-15 08:00:00", "{case}");
            let other = read(&users, "2").await;
            assert_eq!(other.last_login, ada.last_login, "{case}: others stay");

            let swap = users.advance_login(&now, at(1_800_000_001)).await;
            assert_eq!(swap, Ok(Swap::Won), "{case}: and a second later");
            let later = read(&users, "1").await.last_login.unwrap();
            assert_eq!(later.mark(), "2027-01-15 08:00:01", "{case}");
        }
    }
}

#[tokio::test]
async fn a_column_that_cannot_tell_one_second_from_the_next_is_refused() {
    for engine in engines() {
        let narrow = ("varchar(19)", "NULL");
        let day = ("date", "'2026-01-01'");
        for (data_type, before) in [narrow, day] {
            if engine == Engine::Sqlite {
                continue; // It keeps whatever is written.
            }
            let database = table(engine, data_type, before).await;
            let users = open(&database, "last_login = 'seen'");
            let ada = read(&users, "1").await;
            let refused = users.advance_login(&ada, at(1_800_000_000)).await.unwrap_err();
            assert!(matches!(refused, StoreError::Misfit(_)), "{engine:?} {data_type} {refused}");
            assert!(refused.to_string().contains("\"seen\""), "{engine:?} {refused}");
        }
        let database = table(engine, "bigint", "NULL").await;
        let users = open(&database, "");
        let ada = read(&users, "1").await;
        let refused = users.advance_login(&ada, at(1_800_000_000)).await.unwrap_err();
        assert!(refused.to_string().contains("no column"), "{engine:?} {refused}");
    }
}

#[tokio::test]
async fn a56_a57_what_was_changed_since_it_was_read_logs_nobody_in() {
    for engine in engines() {
        let database = super::users(engine).await;
        let mapping = format!("{} last_login = 'seen'", super::MAPPING);
        database.execute("ALTER TABLE users ADD seen bigint").await;
        let users = open(&database, &mapping);
        let off = if engine == Engine::Postgres { "false" } else { "0" };
        let changes = [
            "id = 1000 + id".to_owned(),
            "email = 'Ada@example.com'".to_owned(),
            "password = 'OLD'".to_owned(),
            "password = NULL".to_owned(),
            "stamp = 't'".to_owned(),
            "seen = 1".to_owned(),
            format!("active = {off}"),
            "deleted_at = '2026-01-01 00:00:00'".to_owned(),
        ];
        for (id, change) in (1..).zip(changes) {
            super::add(&database, id, "ada@example.com", "old").await;
            let ada = read(&users, &id.to_string()).await;
            database.execute(&format!("UPDATE users SET {change} WHERE id = {id}")).await;
            let swap = users.advance_login(&ada, at(1_800_000_000)).await;
            assert_eq!(swap, Ok(Swap::Lost), "{engine:?} {change}");
        }
        let written = database.text("SELECT email FROM users WHERE seen = 1800000000").await;
        assert_eq!(written, None, "{engine:?}");
    }
}
