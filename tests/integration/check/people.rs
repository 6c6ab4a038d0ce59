//! What is found about the accounts: addresses and user names that are shared, and addresses that
//! take no mail.

use regain::app::{CheckOptions, Level};

use super::{ENOUGH, add, cure, healthy, limited, only, trouble, trouble_with};
use crate::databases::{Engine, TestDatabase, create, engines};

#[tokio::test]
async fn addresses_that_are_shared_are_counted() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        for id in 3..=5 {
            add(&database, id, "both@example.com").await;
        }
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Warning, &["share: 1 in all rows", "no more than five"]);
        let listed = database.text(cure(&found).split_once(';').unwrap().0).await;
        assert_eq!(listed.as_deref(), Some("both@example.com"), "{engine:?}");
        let bounded = CheckOptions { sample: 4, ..CheckOptions::default() };
        let found = trouble_with(&url, "", &bounded).await;
        only(&found, Level::Warning, &["among 4 rows looked at"]);
    }
}

#[tokio::test]
async fn what_closed_accounts_share_is_no_matter() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        for id in 3..=5 {
            add(&database, id, "both@example.com").await;
        }
        database.execute("UPDATE users SET login = 'both' WHERE id > 2").await;
        database.execute("UPDATE users SET is_active = false WHERE id = 3").await;
        database.execute("UPDATE users SET password = '!' WHERE id = 4").await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}");
    }
}

#[tokio::test]
async fn user_names_that_are_shared_are_counted() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        database.execute("UPDATE users SET login = 'both'").await;
        let found = trouble(&url, "").await;
        let said = ["user names that several accounts share: 1 in all rows", "no more than five"];
        let found = only(&found, Level::Warning, &said);
        let listed = database.text(cure(&found).split_once(';').unwrap().0).await;
        assert_eq!(listed.as_deref(), Some("both"), "{engine:?}");
        // Names are told apart byte by byte, and what has an `@` is taken for an address.
        for (one, other) in [("ada", "Ada"), ("both@home", "both@home"), ("", "")] {
            database.execute(&format!("UPDATE users SET login = '{one}' WHERE id = 1")).await;
            database.execute(&format!("UPDATE users SET login = '{other}' WHERE id = 2")).await;
            assert_eq!(trouble(&url, "").await, [], "{engine:?} {one}");
        }
    }
}

#[tokio::test]
async fn accounts_whose_address_takes_no_mail_are_counted_and_listed() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        for (id, address) in [
            (3, " leading@example.com"),
            (4, "two@example.com, addresses@example.com"),
            (5, "Eve <eve@example.com>"),
            (6, "none"),
            (7, ""),
            (8, "closed"),
            (9, "trailing@example.com "),
        ] {
            add(&database, id, address).await;
        }
        database.execute("UPDATE users SET is_active = false WHERE id = 8").await;
        let found = trouble(&url, "email_match = 'lower'").await;
        let found: Vec<_> = found.into_iter().filter(|it| !it.what.contains("index")).collect();
        let said = ["accounts whose address takes no mail: 5 in all rows", "IN (3, 4, 5, 6, 9);"];
        let found = only(&found, Level::Warning, &said);
        assert!(!format!("{found:?}").contains("example.com"), "{found:#?}");
        let list = cure(&found).split_once(';').unwrap().0;
        let longest = format!("SELECT email FROM ({list}) AS listed ORDER BY length(email) DESC");
        let longest = database.text(&longest).await;
        assert_eq!(longest.as_deref(), Some("two@example.com, addresses@example.com"));
    }
}

#[tokio::test]
async fn keys_that_are_addresses_are_not_told() {
    let database = healthy(Engine::Sqlite).await;
    for sql in [
        "CREATE UNIQUE INDEX one_email ON users (email)",
        "UPDATE users SET email = 'ada@example.com ' WHERE id = 1",
    ] {
        database.execute(sql).await;
    }
    let found = trouble(&database.url, "id = 'email'").await;
    let found = only(&found, Level::Warning, &["takes no mail: 1"]);
    assert_eq!(cure(&found), "write one plain name@domain into each");
}

/// A table whose texts are padded with spaces where the engine pads.
async fn padded(engine: Engine) -> TestDatabase {
    let database = create(engine).await;
    let boolean = if engine == Engine::Sqlite { "integer" } else { "boolean" };
    let table = format!(
        "CREATE TABLE users (id char(12) PRIMARY KEY, email char(120) UNIQUE, \
         login char(40) UNIQUE, password char(200), is_active {boolean})"
    );
    database.execute(&table).await;
    add(&database, 1, "ada@example.com").await;
    database
}

#[tokio::test]
async fn columns_that_are_padded_with_spaces_are_no_matter() {
    for engine in engines() {
        let database = padded(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}");
    }
}
