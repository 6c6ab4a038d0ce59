//! The users table, in every engine.

use std::collections::BTreeSet;
use std::time::Duration;

use regain::account::{Account, Identifier};
use regain::config::UsersSettings;
use regain::recovery::{Accounts, StoreError, Swap};
use regain::store::{PoolSettings, UsersTable};

use crate::databases::{self, Engine, TestDatabase, engines};

/// A table as an application might have made it: keys by number, a flag, a stamp.
async fn users(engine: Engine) -> TestDatabase {
    let database = databases::create(engine).await;
    let (key, text) = match engine {
        Engine::Sqlite => ("INTEGER PRIMARY KEY", "TEXT COLLATE NOCASE"),
        Engine::Postgres => ("integer PRIMARY KEY", "varchar(254)"),
        Engine::MariaDb => {
            ("integer PRIMARY KEY", "varchar(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        }
    };
    let boolean = if engine == Engine::Sqlite { "integer" } else { "boolean" };
    database
        .execute(&format!(
            "CREATE TABLE users (id {key}, email {text}, login {text}, password {text}, \
             stamp {text}, active {boolean}, deleted_at timestamp NULL)"
        ))
        .await;
    database.execute("CREATE INDEX users_email ON users (email)").await;
    database.execute("CREATE INDEX users_login ON users (login)").await;
    database
}

async fn add(database: &TestDatabase, id: u32, email: &str, password: &str) {
    database
        .execute(&format!(
            "INSERT INTO users (id, email, login, password, stamp, active) \
             VALUES ({id}, '{email}', 'u{id}', '{password}', 's', {})",
            if database.engine == Engine::Postgres { "true" } else { "1" }
        ))
        .await;
}

const MAPPING: &str = "
    username = 'login'
    recovery_stamp = 'stamp'
    active = ['active', { column = 'deleted_at', is = 'null' }]
";

/// The table with the usual mapping and what is said besides.
fn open(database: &TestDatabase, mapping: &str) -> UsersTable {
    open_url(&database.url, mapping)
}

fn open_url(url: &str, mapping: &str) -> UsersTable {
    let pool = PoolSettings { acquire_timeout: Duration::from_secs(2), ..PoolSettings::default() };
    UsersTable::connect(url, &settings(mapping), &pool).unwrap()
}

fn settings(mapping: &str) -> UsersSettings {
    toml::from_str(&format!("database = 'given apart'\n{mapping}")).unwrap()
}

async fn find(table: &UsersTable, text: &str) -> Vec<String> {
    let identifier = Identifier::parse(text).unwrap();
    let accounts = table.find(&identifier, 5).await.unwrap();
    accounts.into_iter().map(|account| account.id).collect()
}

async fn read(table: &UsersTable, id: &str) -> Account {
    table.read(id).await.unwrap().unwrap_or_else(|| panic!("no account {id}"))
}

#[tokio::test]
async fn a33_a_look_alike_address_finds_only_its_own_account() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "mike@example.com", "h").await;
        add(&database, 2, "Kim@Example.com", "h").await;
        for text in ["mıke@example.com", "m\u{ff49}ke@example.com", "\u{212A}im@example.com"] {
            assert!(find(&table, text).await.is_empty(), "{engine:?} {text}");
        }
        assert_eq!(find(&table, "MIKE@example.com").await, ["1"], "{engine:?}");
        assert_eq!(find(&table, "Kim@Example.com").await, ["2"], "{engine:?}");
    }
}

#[tokio::test]
async fn a34_what_a_collation_takes_for_equal_is_compared_again() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "usér@example.com", "h").await;
        add(&database, 2, "user@example.com ", "h").await;
        add(&database, 3, "User@example.com", "h").await;
        add(&database, 4, "user@example.com", "h").await;
        let found = find(&table, "user@example.com").await;
        assert!(found.contains(&"4".to_owned()), "{engine:?} {found:?}");
        let meant = |id: &String| id == "3" || id == "4";
        assert!(found.iter().all(meant), "{engine:?} {found:?}");
        assert_eq!(find(&table, "usér@example.com").await, ["1"], "{engine:?}");
        add(&database, 5, "e@example.com", "h").await;
        database.execute("UPDATE users SET login = 'Ada' WHERE id = 5").await;
        assert_eq!(find(&table, "Ada").await, ["5"], "{engine:?}");
        assert!(find(&table, "ada").await.is_empty(), "{engine:?}");
    }
}

#[tokio::test]
async fn a34_strangers_before_the_one_that_is_meant_do_not_hide_it() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        for id in 1..=30 {
            add(&database, id, "usér@example.com", "h").await;
        }
        add(&database, 99, "user@example.com", "h").await;
        assert_eq!(find(&table, "user@example.com").await, ["99"], "{engine:?}");
        assert_eq!(find(&table, "usér@example.com").await.len(), 5, "{engine:?}");
    }
}

#[tokio::test]
async fn a44_wildcards_quotes_and_backslashes_are_literal() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "h").await;
        for text in ["%", "_", "u_", "' OR '1'='1", "u1' --", "\\", "u1\\", "\"", "`", "?", "$1"] {
            assert!(find(&table, text).await.is_empty(), "{engine:?} {text}");
        }
        for text in ["%@example.com", "ad_@example.com", "a'da@example.com"] {
            assert!(find(&table, text).await.is_empty(), "{engine:?} {text}");
        }
        let name = "o'br%_x";
        database.execute("UPDATE users SET login = 'o''br%_x' WHERE id = 1").await;
        assert_eq!(find(&table, name).await, ["1"], "{engine:?}");
    }
}

#[tokio::test]
async fn an_account_is_read_with_every_mapped_column() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 7, "ada@example.com", "hash").await;
        let ada = read(&table, "7").await;
        assert_eq!(ada.email.as_deref(), Some("ada@example.com"), "{engine:?}");
        assert_eq!(ada.password.as_deref(), Some("hash"), "{engine:?}");
        assert_eq!(ada.username.as_deref(), Some("u7"), "{engine:?}");
        assert_eq!(ada.recovery_stamp.as_deref(), Some("s"), "{engine:?}");
        assert_eq!(ada.eligible(), Ok(()), "{engine:?}");
        for id in ["8", "07", "+7", "7 ", "", "x", "7; DROP TABLE users", "9223372036854775807"] {
            assert_eq!(table.read(id).await.unwrap(), None, "{engine:?} {id:?}");
        }
        table.ping().await.unwrap();
    }
}

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
            let swapped = table.swap_password(&account, "new").await.unwrap();
            assert_eq!(swapped, Swap::Won, "{engine:?} {id_type}");
            let shouted = Account { id: uuid.to_uppercase(), ..read(&table, uuid).await };
            let swapped = table.swap_password(&shouted, "newer").await.unwrap();
            assert_eq!(swapped, Swap::Lost, "{engine:?} {id_type}");
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
async fn a_swap_wins_once_and_touches_no_other_row() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        add(&database, 2, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, "new").await, Ok(Swap::Won), "{engine:?}");
        assert_eq!(table.swap_password(&ada, "newer").await, Ok(Swap::Lost), "{engine:?}");
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
        assert_eq!(table.swap_password(&ada, "same").await, Ok(Swap::Won), "{engine:?}");
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
            let lost = table.swap_password(&ada, "new").await;
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
            let swapped = table.swap_password(&null, "new").await;
            assert_eq!(swapped, Ok(Swap::Lost), "{engine:?} {column}");
            database.execute(&set("NULL")).await;
            let swapped = table.swap_password(&null, "new").await;
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
        assert_eq!(table.swap_password(&account, "n").await, Ok(Swap::Won), "{engine:?}");
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
            assert_eq!(table.swap_password(&ada, &hash).await, Ok(Swap::Won));
            continue;
        }
        let refused = table.swap_password(&ada, &hash).await.unwrap_err().to_string();
        assert!(refused.contains("255") && refused.contains("254"), "{engine:?} {refused}");
        assert!(!refused.contains("xx"), "{refused}");
        assert_eq!(read(&table, "1").await, ada, "{engine:?}");
        let widen = match engine {
            Engine::Postgres => "ALTER TABLE users ALTER password TYPE varchar(300)",
            _ => "ALTER TABLE users MODIFY password varchar(300)",
        };
        database.execute(widen).await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_password(&ada, &hash).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test]
async fn a45_lookups_and_swaps_use_an_index() {
    for engine in engines() {
        let database = users(engine).await;
        let rows: Vec<String> = (1..=3000)
            .map(|id| format!("({id}, 'user{id}@example.com', 'u{id}', 'h', 's', NULL, NULL)"))
            .collect();
        database.execute(&format!("INSERT INTO users VALUES {}", rows.join(","))).await;
        let analyze = if engine == Engine::MariaDb { "ANALYZE TABLE users" } else { "ANALYZE" };
        database.execute(analyze).await;
        if engine == Engine::MariaDb {
            // What an application with another character set has.
            database
                .execute("ALTER TABLE users MODIFY login varchar(254) CHARACTER SET latin1")
                .await;
        }
        let plans = open(&database, MAPPING).explain().await.unwrap();
        let statements: Vec<&str> = plans.iter().map(|plan| plan.statement).collect();
        assert_eq!(statements, ["find by address", "find by name", "read", "swap"]);
        for plan in plans {
            let index = match (plan.statement, engine) {
                ("find by address", _) => "users_email",
                ("find by name", _) => "users_login",
                (_, Engine::Sqlite) => "INTEGER PRIMARY KEY",
                (_, Engine::Postgres) => "users_pkey",
                // The key of nobody is found to be missing while planning.
                ("read", Engine::MariaDb) => "Impossible WHERE",
                (_, Engine::MariaDb) => "PRIMARY",
            };
            assert!(plan.text.contains(index), "{engine:?} {}:\n{}", plan.statement, plan.text);
            let scan = ["Seq Scan", "SCAN users", "\"access_type\": \"ALL\""];
            assert!(!scan.iter().any(|scan| plan.text.contains(scan)), "{engine:?}\n{}", plan.text);
        }
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
            let (first, second) = tokio::join!(
                tables[0].swap_password(&ada, &one),
                tables[1].swap_password(&ada, &two)
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
        let errors = [table.ping().await.unwrap_err(), table.find(&ask, 5).await.unwrap_err()];
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
    let (swapped, ()) = tokio::join!(table.swap_password(&ada, "new"), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        run("COMMIT").await.unwrap();
    });
    assert_eq!(swapped, Ok(Swap::Won));
    run("BEGIN IMMEDIATE").await.unwrap();
    let ada = read(&table, "1").await;
    let busy = table.swap_password(&ada, "newer").await;
    assert!(matches!(busy, Err(StoreError::Busy(_))), "{busy:?}");
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
        assert_eq!(table.swap_password(&ada, "new").await, Ok(Swap::Won), "{engine:?}");
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
    assert_eq!(in_app.swap_password(&ada, "new").await, Ok(Swap::Won));
    let by_path = open_url(&format!("{}?options[search_path]=app", database.url), "");
    assert_eq!(find(&by_path, "ada@example.com").await, ["2"]);
}

#[tokio::test]
async fn a45_postgres_citext_and_char_columns_use_their_index() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let database = databases::create(Engine::Postgres).await;
    database.execute("CREATE EXTENSION citext").await;
    database
        .execute(
            "CREATE TABLE users (id char(8) PRIMARY KEY, email citext UNIQUE, \
             login char(30) UNIQUE, password text)",
        )
        .await;
    database
        .execute(
            "INSERT INTO users SELECT i, 'User' || i || '@Example.com', 'u' || i, 'h' \
             FROM generate_series(1, 3000) i",
        )
        .await;
    database.execute("ANALYZE").await;
    let table = open(&database, "username = 'login'");
    assert_eq!(find(&table, "user77@example.com").await, ["77"]);
    assert_eq!(find(&table, "u77").await, ["77"]);
    assert_eq!(read(&table, "77").await.email.as_deref(), Some("User77@Example.com"));
    for plan in table.explain().await.unwrap() {
        assert!(!plan.text.contains("Seq Scan"), "{}:\n{}", plan.statement, plan.text);
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
    assert_eq!(table.swap_password(&other_case, "new").await, Ok(Swap::Lost));
    let other_accent = Account { recovery_stamp: Some("e€".to_owned()), ..was.clone() };
    assert_eq!(table.swap_password(&other_accent, "new").await, Ok(Swap::Lost));
    assert_eq!(table.swap_password(&was, "new").await, Ok(Swap::Won));
}

#[tokio::test]
async fn lower_finds_any_stored_case() {
    for engine in engines() {
        let database = users(engine).await;
        add(&database, 1, "ADA@Example.Com", "h").await;
        let table = open(&database, "email_match = 'lower'");
        assert_eq!(find(&table, "ada@example.COM").await, ["1"], "{engine:?}");
        let exact = open(&database, "email_match = 'exact'");
        assert!(find(&exact, "ada@example.com").await.is_empty(), "{engine:?}");
        assert_eq!(find(&exact, "ADA@Example.Com").await, ["1"], "{engine:?}");
    }
}

#[tokio::test]
async fn a39_accounts_that_share_an_address_are_all_found_up_to_the_limit() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        for id in 1..=7 {
            add(&database, id, "both@example.com", "h").await;
        }
        let found = find(&table, "both@example.com").await;
        let distinct: BTreeSet<&String> = found.iter().collect();
        assert_eq!(distinct.len(), 5, "{engine:?}");
        assert_eq!(found, find(&table, "BOTH@example.com").await, "{engine:?}");
    }
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
