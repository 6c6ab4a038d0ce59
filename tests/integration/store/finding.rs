//! Finding accounts: who is meant, and by which index.

use std::collections::BTreeSet;

use regain::account::Identifier;
use regain::recovery::Accounts;

use super::{MAPPING, add, find, find_as, open, read, users};
use crate::databases::{self, Engine, engines};

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
async fn a_principal_is_a_name_or_where_nobody_has_it_an_id() {
    for engine in engines() {
        let database = users(engine).await;
        for id in [7, 8, 9] {
            add(&database, id, &format!("p{id}@example.com"), "h").await;
        }
        database.execute("UPDATE users SET login = '9' WHERE id = 8").await;
        let table = open(&database, MAPPING);
        let principal = async |text: &str| find_as(&table, Identifier::parse_principal(text)).await;
        assert_eq!(principal("u7").await, ["7"], "{engine:?}");
        assert_eq!(principal("7").await, ["7"], "{engine:?}");
        assert_eq!(principal("p7@example.com").await, ["7"], "{engine:?}");
        assert_eq!(principal("9").await, ["8"], "{engine:?}: the name goes first");
        database.execute("UPDATE users SET active = NULL WHERE id = 8").await;
        assert_eq!(principal("9").await, ["8"], "{engine:?}: even of who may not be mailed");
        for nobody in ["10", "07", "7 OR 1=1", "9223372036854775808", "\u{e9}", "U7", "-7", "%"] {
            assert!(principal(nobody).await.is_empty(), "{engine:?} {nobody}");
        }
        assert!(find(&table, "7").await.is_empty(), "{engine:?}: no person is asked for an id");
        let without_names = open(&database, "");
        let found = find_as(&without_names, Identifier::parse_principal("8")).await;
        assert_eq!(found, ["8"], "{engine:?}");
    }
}

#[tokio::test]
async fn a_principal_may_be_an_id_of_each_kind() {
    let uuid = "0b5f9a0e-3f5f-4c6e-8a57-2f3c1d9e7a10";
    for engine in engines() {
        for (key, id) in [
            ("varchar(36)", "c7a1e2"),
            (if engine == Engine::Sqlite { "text" } else { "uuid" }, uuid),
        ] {
            let database = databases::create(engine).await;
            database
                .execute(&format!(
                    "CREATE TABLE users (id {key} PRIMARY KEY, email varchar(99), password text)"
                ))
                .await;
            database.execute(&format!("INSERT INTO users VALUES ('{id}', 'a@b.c', 'h')")).await;
            let table = open(&database, "");
            assert_eq!(find_as(&table, Identifier::parse_principal(id)).await, [id], "{engine:?}");
            for other in ["42", "ada", &id.to_uppercase(), &format!("{id}0")] {
                let found = find_as(&table, Identifier::parse_principal(other)).await;
                assert!(found.is_empty(), "{engine:?} {key} {other}");
            }
        }
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
