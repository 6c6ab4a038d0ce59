//! What confirms an address, in columns of every kind.

use regain::recovery::{Accounts, StoreError, Swap};
use time::OffsetDateTime;

use super::{open, read};
use crate::databases::{self, Engine, engines};

fn at() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap()
}

/// A condition, the type of its column on each engine, what stands there, and what then does.
fn kinds(engine: Engine) -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let time = "is = 'not-null'";
    let mut kinds = vec![
        ("is = 'true'", "integer", "0", "1"),
        ("is = 'true'", "varchar(9)", "'false'", "true"),
        ("is = 'false'", "smallint", "1", "0"),
        ("is = 'null'", "varchar(9)", "'pending'", "NULL"),
        (time, "bigint", "NULL", "1800000000"),
        (time, "varchar(40)", "NULL", "2027-01-15 08:00:00.000000"),
    ];
    kinds.extend(match engine {
        Engine::Sqlite => vec![
            ("is = 'true'", "boolean", "0", "1"),
            (time, "datetime", "NULL", "2027-01-15 08:00:00.000000"),
        ],
        Engine::Postgres => vec![
            ("is = 'true'", "boolean", "false", "true"),
            ("is = 'false'", "boolean", "NULL", "false"),
            (time, "timestamptz", "NULL", "2027-01-15 08:00:00+00"),
            (time, "timestamp", "NULL", "2027-01-15 08:00:00"),
            (time, "date", "NULL", "2027-01-15"),
        ],
        Engine::MariaDb => vec![
            ("is = 'true'", "boolean", "0", "1"),
            ("is = 'true'", "bit(1)", "b'0'", "\u{1}"),
            (time, "datetime", "NULL", "2027-01-15 08:00:00"),
            (time, "timestamp NULL", "NULL", "2027-01-15 08:00:00"),
            (time, "datetime(6)", "NULL", "2027-01-15 08:00:00.000000"),
        ],
    });
    kinds
}

#[tokio::test]
async fn an_address_is_confirmed_in_the_columns_own_kind_and_only_once() {
    for engine in engines() {
        for (test, data_type, before, after) in kinds(engine) {
            let database = databases::create(engine).await;
            database
                .execute(&format!(
                    "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), \
                     password varchar(99), proof {data_type})"
                ))
                .await;
            for id in [1, 2] {
                let insert =
                    format!("INSERT INTO users VALUES ({id}, 'a@b.example', 'h', {before})");
                database.execute(&insert).await;
            }
            let users = open(&database, &format!("confirmed = {{ column = 'proof', {test} }}"));
            let ada = read(&users, "1").await;
            let case = format!("{engine:?} {test} {data_type}");
            assert!(!ada.is_confirmed(), "{case}");
            assert_eq!(users.confirm(&ada, at()).await, Ok(Swap::Won), "{case}");
            assert_eq!(users.confirm(&ada, at()).await, Ok(Swap::Lost), "{case}");
            let now = read(&users, "1").await;
            assert!(now.is_confirmed(), "{case}");
            let written = now.confirmed[0].1.clone().unwrap_or_else(|| "NULL".to_owned());
            assert_eq!(written, after, "{case}");
            assert!(!read(&users, "2").await.is_confirmed(), "{case}: others stay");
        }
    }
}

#[tokio::test]
async fn a57_what_was_changed_since_it_was_read_is_not_confirmed() {
    for engine in engines() {
        let database = super::users(engine).await;
        let mapping = format!(
            "{} confirmed = {{ column = 'login', is = 'null' }}",
            super::MAPPING.replace("username = 'login'", "")
        );
        let users = open(&database, &mapping);
        let off = if engine == Engine::Postgres { "false" } else { "0" };
        let changes = [
            "id = 1000 + id".to_owned(),
            "email = 'Ada@example.com'".to_owned(),
            "email = 'ada@example.com '".to_owned(),
            "email = NULL".to_owned(),
            format!("active = {off}"),
            "deleted_at = '2026-01-01 00:00:00'".to_owned(),
        ];
        for (id, change) in (1..).zip(changes) {
            super::add(&database, id, "ada@example.com", "old").await;
            let ada = read(&users, &id.to_string()).await;
            database.execute(&format!("UPDATE users SET {change} WHERE id = {id}")).await;
            assert_eq!(users.confirm(&ada, at()).await, Ok(Swap::Lost), "{engine:?} {change}");
        }
        super::add(&database, 90, "ada@example.com", "old").await;
        let ada = read(&users, "90").await;
        database.execute("UPDATE users SET password = 'new', stamp = 't' WHERE id = 90").await;
        assert_eq!(
            users.confirm(&ada, at()).await,
            Ok(Swap::Won),
            "{engine:?}: all the same to it"
        );
        assert_eq!(read(&users, "90").await.password.as_deref(), Some("new"));
    }
}

#[tokio::test]
async fn a_column_that_cannot_hold_it_and_a_table_without_one_are_told() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = databases::create(engine).await;
        let create = "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), \
                      password varchar(99), proof decimal(9))";
        database.execute(create).await;
        database.execute("INSERT INTO users VALUES (1, 'a@b.example', 'h', NULL)").await;
        for (mapping, named) in [
            ("confirmed = { column = 'proof', is = 'not-null' }", "\"proof\""),
            ("confirmed = 'proof'", "\"proof\""),
            ("confirmed = { column = 'proof', in = ['1'] }", "a list of values"),
            ("confirmed = 'absent'\noptional = ['absent']", "no column"),
        ] {
            let users = open(&database, mapping);
            let ada = read(&users, "1").await;
            let refused = users.confirm(&ada, at()).await.unwrap_err();
            assert!(matches!(refused, StoreError::Misfit(_)), "{engine:?} {mapping} {refused}");
            assert!(refused.to_string().contains(named), "{engine:?} {refused}");
        }
    }
}
