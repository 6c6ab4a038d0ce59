//! The recovery stamp: written over what was read, and over nothing else.

use regain::account::Account;
use regain::recovery::{Accounts, StoreError, Swap};

use super::{MAPPING, add, open, read, to, users};
use crate::databases::{Engine, engines};

#[tokio::test]
async fn a_stamp_is_written_once_over_the_one_that_was_read_and_into_no_other_row() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        add(&database, 2, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        assert_eq!(table.swap_stamp(&ada, Some("s.one")).await, Ok(Swap::Won), "{engine:?}");
        assert_eq!(table.swap_stamp(&ada, Some("s.two")).await, Ok(Swap::Lost), "{engine:?}");
        let stamped = Account { recovery_stamp: Some("s.one".to_owned()), ..ada };
        assert_eq!(read(&table, "1").await, stamped, "{engine:?}: and nothing else is touched");
        assert_eq!(read(&table, "2").await.recovery_stamp.as_deref(), Some("s"), "{engine:?}");
        assert_eq!(table.swap_stamp(&stamped, Some("s")).await, Ok(Swap::Won), "{engine:?}");
        // Nothing but the stamp counts.
        database.execute("UPDATE users SET password = 'new', email = NULL WHERE id = 1").await;
        let stamped = Account { recovery_stamp: Some("s".to_owned()), ..stamped };
        assert_eq!(table.swap_stamp(&stamped, None).await, Ok(Swap::Won), "{engine:?}");
        assert_eq!(read(&table, "1").await.recovery_stamp, None, "{engine:?}");
        assert_eq!(table.swap_stamp(&stamped, Some("t")).await, Ok(Swap::Lost), "{engine:?}");
        let none = read(&table, "1").await;
        assert_eq!(table.swap_stamp(&none, Some("t")).await, Ok(Swap::Won), "{engine:?}");
    }
}

#[tokio::test]
async fn a_stamp_that_was_renewed_meanwhile_is_not_written_over_be_it_ever_so_alike() {
    for engine in engines() {
        let database = users(engine).await;
        let table = open(&database, MAPPING);
        add(&database, 1, "ada@example.com", "old").await;
        let ada = read(&table, "1").await;
        assert_eq!(table.renew_stamp("1", "revoked").await, Ok(true), "{engine:?}");
        assert_eq!(table.swap_stamp(&ada, Some("s.one")).await, Ok(Swap::Lost), "{engine:?}");
        assert_eq!(table.swap_password(&read(&table, "1").await, &to("new")).await, Ok(Swap::Won));
        for other in ["S", "s ", "", "\u{15f}"] {
            let set = format!("UPDATE users SET stamp = '{other}' WHERE id = 1");
            database.execute(&set).await;
            let lost = table.swap_stamp(&ada, Some("s.one")).await;
            assert_eq!(lost, Ok(Swap::Lost), "{engine:?} {other:?}");
        }
        let gone = Account { id: "7".to_owned(), ..ada };
        assert_eq!(table.swap_stamp(&gone, Some("s.one")).await, Ok(Swap::Lost), "{engine:?}");
    }
}

#[tokio::test]
async fn a_stamp_too_long_for_its_column_or_without_one_is_refused_before_writing() {
    for engine in engines() {
        let database = users(engine).await;
        add(&database, 1, "ada@example.com", "old").await;
        let without = open(&database, "username = 'login'");
        let refused = without.swap_stamp(&read(&without, "1").await, Some("s.one")).await;
        assert!(matches!(refused, Err(StoreError::Misfit(_))), "{engine:?} {refused:?}");
        if engine == Engine::Sqlite {
            continue;
        }
        let table = open(&database, MAPPING);
        let ada = read(&table, "1").await;
        let long = "x".repeat(255);
        for refused in [
            table.swap_stamp(&ada, Some(&long)).await.unwrap_err(),
            table.renew_stamp("1", &long).await.unwrap_err(),
        ] {
            let refused = refused.to_string();
            assert!(refused.contains("\"stamp\" of 254"), "{engine:?} {refused}");
            assert!(!refused.contains("xx"), "{refused}");
        }
        assert_eq!(read(&table, "1").await.recovery_stamp.as_deref(), Some("s"), "{engine:?}");
    }
}
