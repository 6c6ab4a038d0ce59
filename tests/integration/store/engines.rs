//! Kinds of keys, names, schemas, and databases that are down or busy.

use std::time::Duration;

use regain::account::{Account, Identifier, Needs};
use regain::recovery::{Accounts, StoreError, Swap};
use regain::token::Purpose;

use super::{MAPPING, add, find, open, open_url, read, to, users};
use crate::databases::{self, Engine, engines};

#[tokio::test]
async fn keys_may_be_uuids_or_text_and_mean_one_row_byte_for_byte() {
    let uuid = "0b5f9a0e-3f5f-4c6e-8a57-2f3c1d9e7a10";
    for engine in engines() {
        let types = match engine {
            Engine::Sqlite => vec!["uuid", "char(36) COLLATE NOCASE", "TEXT"],
            Engine::Postgres => vec!["uuid", "char(36)", "varchar(40)", "text"],
            Engine::MariaDb => vec!["uuid", "char(36)", "varchar(40)"],
        };
        for id_type in types {
            let database = databases::create(engine).await;
            database
                .execute(&format!(
                    "CREATE TABLE users (id {id_type} PRIMARY KEY, email varchar(99), \
                     password varchar(99))"
                ))
                .await;
            let insert = format!("INSERT INTO users VALUES ('{uuid}', 'a@b.example', 'h')");
            database.execute(&insert).await;
            let table = open(&database, "");
            let account = read(&table, uuid).await;
            assert_eq!(account.id, uuid, "{engine:?} {id_type}");
            for other in [&uuid.to_uppercase(), &uuid.replace('-', ""), &format!("{uuid} ")] {
                assert_eq!(table.read(other).await.unwrap(), None, "{engine:?} {id_type} {other}");
            }
            let swapped = table.swap_password(&account, &to("new")).await.unwrap();
            assert_eq!(swapped, Swap::Won, "{engine:?} {id_type}");
            let shouted = Account { id: uuid.to_uppercase(), ..read(&table, uuid).await };
            let swapped = table.swap_password(&shouted, &to("newer")).await.unwrap();
            assert_eq!(swapped, Swap::Lost, "{engine:?} {id_type}");
        }
    }
}

#[tokio::test]
async fn columns_that_are_padded_with_spaces_are_found_read_and_written() {
    for engine in engines() {
        let database = databases::create(engine).await;
        database
            .execute(
                "CREATE TABLE users (id char(9) PRIMARY KEY, email char(99), login char(99), \
                 password char(99))",
            )
            .await;
        let insert = "INSERT INTO users VALUES ('k1', 'Ada@example.com', 'ada', 'h')";
        database.execute(insert).await;
        for users in ["username = 'login'", "username = 'login'\nemail_match = 'lower'"] {
            let table = open(&database, users);
            for typed in ["Ada@example.com", "ada"] {
                assert_eq!(find(&table, typed).await, ["k1"], "{engine:?} {users} {typed}");
            }
            let account = read(&table, "k1").await;
            assert_eq!(account.email.as_deref(), Some("Ada@example.com"), "{engine:?}");
            let swapped = table.swap_password(&account, &to("new")).await.unwrap();
            assert_eq!(swapped, Swap::Won, "{engine:?} {users}");
            assert_eq!(read(&table, "k1").await.password.as_deref(), Some("new"), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_key_of_bytes_and_a_missing_column_are_told_with_the_cure() {
    for engine in engines() {
        let database = databases::create(engine).await;
        let bytes = match engine {
            Engine::Sqlite => "blob",
            Engine::Postgres => "bytea",
            Engine::MariaDb => "binary(16)",
        };
        database
            .execute(&format!(
                "CREATE TABLE users (id {bytes} PRIMARY KEY, email varchar(99), \
                 password varchar(99))"
            ))
            .await;
        for (mapping, named) in [
            ("", "users.id"),
            ("id = 'email'\nlocale = 'lang'", "\"lang\""),
            ("table = 'no'", "no"),
        ] {
            let error = open(&database, mapping).read("1").await.unwrap_err();
            assert!(matches!(error, StoreError::Misfit(_)), "{engine:?} {error}");
            assert!(error.to_string().contains(named), "{engine:?} {error}");
        }
    }
}

#[tokio::test]
async fn a84_a_database_that_is_down_is_unreachable_and_found_when_it_is_up() {
    let database = databases::create(Engine::Sqlite).await;
    let missing = database.url.replace(".sqlite?mode=rwc", "-late.sqlite");
    let path = missing.strip_prefix("sqlite://").unwrap().to_owned();
    let table = open_url(&missing, "");
    assert!(matches!(table.ping().await, Err(StoreError::Unreachable(_))));
    let up = sea_orm::Database::connect(format!("{missing}?mode=rwc")).await.unwrap();
    for sql in [
        "CREATE TABLE users (id integer PRIMARY KEY, email text, password text)",
        "INSERT INTO users VALUES (1, 'ada@example.com', 'h')",
    ] {
        sea_orm::ConnectionTrait::execute_unprepared(&up, sql).await.unwrap();
    }
    assert_eq!(find(&table, "ada@example.com").await, ["1"]);
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn a84_a_closed_port_is_unreachable_and_no_password_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for scheme in ["postgres", "mysql"] {
        let table = open_url(&format!("{scheme}://u:s3cret@127.0.0.1:{port}/d"), "");
        let ask = Identifier::parse("ada@example.com").unwrap();
        let needs = Needs::to_use(Purpose::PasswordReset);
        let errors =
            [table.ping().await.unwrap_err(), table.find(&ask, &needs, 5).await.unwrap_err()];
        for error in errors {
            assert!(matches!(error, StoreError::Unreachable(_)), "{scheme} {error}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_locked_sqlite_file_is_waited_for() {
    let database = users(Engine::Sqlite).await;
    let table = open(&database, MAPPING);
    add(&database, 1, "ada@example.com", "old").await;
    let ada = read(&table, "1").await;
    let options = sea_orm::ConnectOptions::new(&database.url).max_connections(1).to_owned();
    let writer = sea_orm::Database::connect(options).await.unwrap();
    let run = |sql| sea_orm::ConnectionTrait::execute_unprepared(&writer, sql);
    run("BEGIN IMMEDIATE").await.unwrap();
    let new = to("new");
    let (swapped, ()) = tokio::join!(table.swap_password(&ada, &new), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        run("COMMIT").await.unwrap();
    });
    assert_eq!(swapped, Ok(Swap::Won));
    run("BEGIN IMMEDIATE").await.unwrap();
    let ada = read(&table, "1").await;
    let busy = table.swap_password(&ada, &to("newer")).await;
    assert!(matches!(busy, Err(StoreError::Busy(_))), "{busy:?}");
}

#[tokio::test]
async fn a84_a_row_that_stays_locked_is_given_up_by_the_server_and_never_written_later() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        let other = sea_orm::Database::connect(&database.url).await.unwrap();
        let lock = sea_orm::TransactionTrait::begin(&other).await.unwrap();
        let update = "UPDATE users SET stamp = stamp WHERE id = 1";
        sea_orm::ConnectionTrait::execute_unprepared(&lock, update).await.unwrap();
        let given_up = table.swap_password(&ada, &to("new")).await;
        assert!(matches!(given_up, Err(StoreError::Busy(_))), "{engine:?} {given_up:?}");
        assert_eq!(find(&table, "ada@example.com").await, ["1"], "{engine:?}");
        lock.rollback().await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(read(&table, "1").await.password.as_deref(), Some("old"), "{engine:?}");
    }
}

#[tokio::test]
async fn an_optional_column_that_is_hidden_does_not_count_as_absent() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = databases::create(engine).await;
        database
            .execute(
                "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), \
                 password varchar(99), is_active boolean)",
            )
            .await;
        database.execute("INSERT INTO users VALUES (1, 'ada@example.com', 'h', false)").await;
        let optional = "active = ['is_active']\noptional = ['is_active']";
        let grants = ["SELECT (id, email, password), UPDATE (password)"];
        let (_, url) = crate::check::limited(&database, &grants).await;
        let refused = open_url(&url, optional).read("1").await;
        assert!(matches!(refused, Err(StoreError::Misfit(_))), "{engine:?} {refused:?}");
        let all = open(&database, optional).read("1").await.unwrap().unwrap();
        assert!(all.eligible().is_err(), "{engine:?}: the account is disabled");
    }
}

#[tokio::test]
async fn a_column_that_comes_or_goes_is_seen_by_the_next_look() {
    for engine in engines() {
        let database = databases::create(engine).await;
        database
            .execute(
                "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), \
                 password varchar(99))",
            )
            .await;
        database.execute("INSERT INTO users VALUES (1, 'ada@example.com', 'h')").await;
        let deleted =
            "active = [{ column = 'deleted_at', is = 'null' }]\noptional = ['deleted_at']";
        let table = open(&database, deleted);
        assert!(read(&table, "1").await.active.is_empty(), "{engine:?}");
        database.execute("ALTER TABLE users ADD COLUMN deleted_at varchar(30)").await;
        database.execute("UPDATE users SET deleted_at = '2026-01-01'").await;
        table.ping().await.unwrap();
        assert!(read(&table, "1").await.eligible().is_err(), "{engine:?}: soft-deleted since");
        // SQLite drops what the connection knows of, and reading tells it.
        database.text("SELECT deleted_at FROM users").await;
        database.execute("ALTER TABLE users DROP COLUMN deleted_at").await;
        table.ping().await.unwrap();
        assert!(read(&table, "1").await.eligible().is_ok(), "{engine:?}");
    }
}

#[tokio::test]
async fn a84_a_table_that_stays_locked_is_given_up_by_mariadb_and_never_written_later() {
    if !Engine::MariaDb.is_there() {
        return;
    }
    let database = users(Engine::MariaDb).await;
    let table = open(&database, MAPPING);
    add(&database, 1, "ada@example.com", "old").await;
    let ada = read(&table, "1").await;
    let options = sea_orm::ConnectOptions::new(&database.url).max_connections(1).to_owned();
    let other = sea_orm::Database::connect(options).await.unwrap();
    let run = |sql| sea_orm::ConnectionTrait::execute_unprepared(&other, sql);
    run("LOCK TABLES users WRITE").await.unwrap();
    let given_up = table.swap_password(&ada, &to("new")).await;
    assert!(matches!(given_up, Err(StoreError::Busy(_))), "{given_up:?}");
    run("UNLOCK TABLES").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(read(&table, "1").await.password.as_deref(), Some("old"));
}

#[tokio::test]
async fn tables_and_columns_may_have_odd_names() {
    for engine in engines() {
        let database = databases::create(engine).await;
        let quote = if engine == Engine::MariaDb { '`' } else { '"' };
        let q = |name: &str| format!("{quote}{name}{quote}");
        database
            .execute(&format!(
                "CREATE TABLE {} (id integer PRIMARY KEY, {} varchar(99), {} varchar(99), {} \
                 varchar(99))",
                q("user"),
                q("e mail?"),
                q("select"),
                q("$1")
            ))
            .await;
        let insert = format!("INSERT INTO {} VALUES (1, 'ada@example.com', 'h', 'n')", q("user"));
        database.execute(&insert).await;
        let table = open(
            &database,
            "table = 'user'\nemail = 'e mail?'\npassword = 'select'\nusername = '$1'",
        );
        assert_eq!(find(&table, "ada@example.com").await, ["1"], "{engine:?}");
        assert_eq!(find(&table, "n").await, ["1"], "{engine:?}");
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, &to("new")).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test]
async fn postgres_tables_are_found_by_schema_and_search_path() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let database = databases::create(Engine::Postgres).await;
    for (schema, id) in [("public", 1), ("app", 2), ("\"Odd.er\"", 3)] {
        database.execute(&format!("CREATE SCHEMA IF NOT EXISTS {schema}")).await;
        let id_type = if id == 1 { "varchar(9)" } else { "integer" };
        let create =
            format!("CREATE TABLE {schema}.users (id {id_type}, email text, password text)");
        database.execute(&create).await;
        let insert = format!("INSERT INTO {schema}.users VALUES ({id}, 'ada@example.com', 'h')");
        database.execute(&insert).await;
    }
    assert_eq!(find(&open(&database, ""), "ada@example.com").await, ["1"]);
    let in_app = open(&database, "table = 'app.users'");
    assert_eq!(find(&in_app, "ada@example.com").await, ["2"]);
    let ada = read(&in_app, "2").await;
    assert_eq!(in_app.swap_password(&ada, &to("new")).await, Ok(Swap::Won));
    let by_path = open_url(&format!("{}?options[search_path]=app", database.url), "");
    assert_eq!(find(&by_path, "ada@example.com").await, ["2"]);
}
