//! What is found about salts, peppers and sessions of the host application.

use regain::app::Level;

use super::{ENOUGH, TestDatabase, healthy, limited, only, trouble};
use crate::databases::engines;

const WERKZEUG: &str = "scrypt:32768:8:1$Zm9vYmFyYmF6$\
    aa8d0e6a2d7c1b4f9e3c5a7b1d2e4f60718293a4b5c6d7e8f90a1b2c3d4e5f6071829304a5b6c7d8e9fa0b1c2d3e4f5a\
    6b7c8d9e0f1a2b3c4d5e6f708192a3b4";

const KEEP: &str = "scheme = 'keep'";

async fn flask_security(database: &TestDatabase) {
    database.execute("ALTER TABLE users ADD COLUMN fs_uniquifier varchar(64)").await;
}

#[tokio::test]
async fn a_table_of_flask_security_without_its_salt_would_lock_people_out_and_is_a_warning() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        assert_eq!(trouble(&url, KEEP).await, [], "{engine:?}");
        flask_security(&database).await;
        let database_url = &database.url;
        let found = trouble(database_url, KEEP).await;
        let found: Vec<_> =
            found.into_iter().filter(|it| it.what.contains("fs_uniquifier")).collect();
        only(&found, Level::Warning, &["password_salt = { file", "SECURITY_PASSWORD_SALT"]);
        let salted = format!("{KEEP}\npassword_salt = 'a salt of the application'");
        let found = trouble(database_url, &salted).await;
        assert!(found.iter().all(|it| !it.what.contains("fs_uniquifier")), "{found:#?}");
    }
}

#[tokio::test]
async fn a_salt_or_pepper_beside_formats_that_know_none_is_an_error() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        database.execute(&format!("UPDATE users SET password = '{WERKZEUG}' WHERE id = 1")).await;
        assert_eq!(trouble(&url, KEEP).await, [], "{engine:?}");
        for setting in ["password_salt", "pepper"] {
            let found = trouble(&url, &format!("{KEEP}\n{setting} = 'something secret'")).await;
            let cure = format!("take {setting} out of [apps.default.users]");
            only(&found, Level::Error, &["1 passwords are in Werkzeug's", &cure]);
        }
    }
}

#[tokio::test]
async fn a_flask_table_whose_sessions_outlive_a_reset_is_a_warning() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &["SELECT, UPDATE (password)"]).await;
        let flask = "preset = 'flask'\ntable = 'users'\nscheme = 'keep'";
        let found = trouble(&url, flask).await;
        only(&found, Level::Warning, &["ends a session", "on_reset.random = [\"session_token\"]"]);
        database.execute("ALTER TABLE users ADD COLUMN session_token varchar(64)").await;
        let (_, url) = limited(&database, &["SELECT, UPDATE (password, session_token)"]).await;
        let renewed = format!("{flask}\non_reset.random = ['session_token']");
        assert_eq!(trouble(&url, &renewed).await, [], "{engine:?}");
    }
}
