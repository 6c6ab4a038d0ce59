//! The compare-and-swap: who wins, and against what.

use regain::account::Account;
use regain::recovery::{Accounts, Swap};

use super::{MAPPING, add, find, open, read, to, users};
use crate::databases::{self, Engine, engines};

#[tokio::test]
async fn a_swap_wins_once_and_touches_no_other_row() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        add(&database, 2, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, &to("new")).await, Ok(Swap::Won), "{engine:?}");
        assert_eq!(table.swap_password(&ada, &to("newer")).await, Ok(Swap::Lost), "{engine:?}");
        assert_eq!(read(&table, "1").await.password.as_deref(), Some("new"));
        assert_eq!(read(&table, "2").await.password.as_deref(), Some("old"));
    }
}

#[tokio::test]
async fn matched_rows_are_counted_and_not_changed_ones() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "same").await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, &to("same")).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test]
async fn a_swap_loses_when_any_column_it_rests_on_has_changed() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        let off = if engine == Engine::Postgres { "false" } else { "0" };
        let changes = [
            "id = 1000 + id".to_owned(),
            "email = 'eve@example.com'".to_owned(),
            "email = 'Ada@example.com'".to_owned(),
            "email = 'ada@example.com '".to_owned(),
            "email = NULL".to_owned(),
            "password = 'OLD'".to_owned(),
            "password = 'old '".to_owned(),
            "password = ''".to_owned(),
            "password = NULL".to_owned(),
            "stamp = 'S'".to_owned(),
            "stamp = NULL".to_owned(),
            format!("active = {off}"),
            "active = NULL".to_owned(),
            "deleted_at = '2026-01-01 00:00:00'".to_owned(),
        ];
        for (id, change) in (1..).zip(changes) {
            add(&database, id, "ada@example.com", "old").await;
            let ada = read(&table, &id.to_string()).await;
            database.execute(&format!("UPDATE users SET {change} WHERE id = {id}")).await;
            let lost = table.swap_password(&ada, &to("new")).await;
            assert_eq!(lost, Ok(Swap::Lost), "{engine:?} {change}");
        }
        assert_eq!(database.text("SELECT id FROM users WHERE password = 'new'").await, None);
    }
}

#[tokio::test]
async fn null_is_compared_with_null_and_with_nothing_else() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        for (id, column) in (1..).zip(["email", "password", "stamp", "active"]) {
            add(&database, id, "ada@example.com", "old").await;
            let set = |value| format!("UPDATE users SET {column} = {value} WHERE id = {id}");
            database.execute(&set("NULL")).await;
            let null = read(&table, &id.to_string()).await;
            let value = match (column, engine) {
                ("active", Engine::Postgres) => "false",
                ("active", _) => "0",
                _ => "''",
            };
            database.execute(&set(value)).await;
            let swapped = table.swap_password(&null, &to("new")).await;
            assert_eq!(swapped, Ok(Swap::Lost), "{engine:?} {column}");
            database.execute(&set("NULL")).await;
            let swapped = table.swap_password(&null, &to("new")).await;
            assert_eq!(swapped, Ok(Swap::Won), "{engine:?} {column}");
        }
    }
}

#[tokio::test]
async fn every_type_of_column_is_swapped_as_it_was_read() {
    for engine in engines() {
        let database = databases::create(engine).await;
        let (columns, values) = match engine {
            Engine::Sqlite => {
                ("a blob, b real, c boolean, d datetime", "x'414243', 0.1, 1, '2026'")
            }
            Engine::Postgres => (
                "a char(9), b double precision, c bigint, d timestamptz",
                "'ab ', 0.1, 1, '2026-01-02 03:04:05.678+02'",
            ),
            Engine::MariaDb => (
                "a char(9), b varbinary(9), c bit(1), d datetime(6)",
                "'ab ', 'Ab ', b'1', '2026-01-02 03:04:05.678'",
            ),
        };
        let create = "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(99), \
                      password varchar(99), ";
        database.execute(&format!("{create}{columns})")).await;
        let insert = format!("INSERT INTO users VALUES (1, 'a@b.example', 'h', {values})");
        database.execute(&insert).await;
        let table = open(
            &database,
            "recovery_stamp = 'a'\nlast_login = 'd'\n\
             active = [{ column = 'b', is = 'not-null' }, 'c', { column = 'd', is = 'not-null' }]",
        );
        let account = read(&table, "1").await;
        assert_eq!(account.eligible(), Ok(()), "{engine:?} {:?}", account.active);
        assert_eq!(table.swap_password(&account, &to("n")).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test]
async fn a_hash_too_long_for_its_column_is_refused_before_writing() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        let hash = "x".repeat(255);
        if engine == Engine::Sqlite {
            assert_eq!(table.swap_password(&ada, &to(&hash)).await, Ok(Swap::Won));
            continue;
        }
        let refused = table.swap_password(&ada, &to(&hash)).await.unwrap_err().to_string();
        assert!(refused.contains("255") && refused.contains("254"), "{engine:?} {refused}");
        assert!(!refused.contains("xx"), "{refused}");
        assert_eq!(read(&table, "1").await, ada, "{engine:?}");
        let widen = match engine {
            Engine::Postgres => "ALTER TABLE users ALTER password TYPE varchar(300)",
            _ => "ALTER TABLE users MODIFY password varchar(300)",
        };
        database.execute(widen).await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, &to(&hash)).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_swaps_at_once_exactly_one_wins() {
    for engine in engines() {
        let database = users(engine).await;
        let tables = [open(&database, MAPPING), open(&database, MAPPING)];
        add(&database, 1, "ada@example.com", "round 0").await;
        for round in 0..50 {
            let ada = read(&tables[0], "1").await;
            let [one, two] = [format!("{round} one"), format!("{round} two")];
            let (to_one, to_two) = (to(&one), to(&two));
            let (first, second) = tokio::join!(
                tables[0].swap_password(&ada, &to_one),
                tables[1].swap_password(&ada, &to_two)
            );
            let outcomes = [first, second].map(Result::unwrap);
            let won = outcomes.iter().filter(|&&outcome| outcome == Swap::Won).count();
            assert_eq!(won, 1, "{engine:?} {outcomes:?}");
            let winner = if outcomes[0] == Swap::Won { one } else { two };
            assert_eq!(read(&tables[1], "1").await.password, Some(winner), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn mariadb_latin1_columns_are_read_and_compared_whole() {
    if !Engine::MariaDb.is_there() {
        return;
    }
    let database = databases::create(Engine::MariaDb).await;
    database
        .execute(
            "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), password varchar(99), \
             stamp varchar(99)) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        )
        .await;
    database.execute("INSERT INTO users VALUES (1, 'jürgen@example.com', 'AbC', 'é€')").await;
    let table = open(&database, "recovery_stamp = 'stamp'");
    assert_eq!(find(&table, "jürgen@example.com").await, ["1"]);
    assert!(find(&table, "jurgen@example.com").await.is_empty());
    assert!(find(&table, "иван@example.com").await.is_empty());
    let was = read(&table, "1").await;
    assert_eq!(was.recovery_stamp.as_deref(), Some("é€"));
    let other_case = Account { password: Some("aBc".to_owned()), ..was.clone() };
    assert_eq!(table.swap_password(&other_case, &to("new")).await, Ok(Swap::Lost));
    let other_accent = Account { recovery_stamp: Some("e€".to_owned()), ..was.clone() };
    assert_eq!(table.swap_password(&other_accent, &to("new")).await, Ok(Swap::Lost));
    assert_eq!(table.swap_password(&was, &to("new")).await, Ok(Swap::Won));
}

#[tokio::test]
async fn a_key_that_is_not_unique_is_never_swapped() {
    for engine in engines() {
        let database = users(engine).await;
        add(&database, 1, "ada@example.com", "h").await;
        add(&database, 2, "eve@example.com", "h").await;
        database.execute("UPDATE users SET login = 'same'").await;
        let table = open(&database, "id = 'login'");
        let error = table.read("same").await.unwrap_err();
        assert!(error.to_string().contains("not unique"), "{engine:?} {error}");
    }
}
