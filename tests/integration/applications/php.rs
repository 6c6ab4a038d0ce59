//! Laravel's table and PHP's own `password_verify`.

use std::process::Command;

use super::{NEW, OLD, recovering, reset};
use crate::databases::{Engine, TestDatabase, create, engines, left_out};

/// What a line of PHP prints; `None` where PHP is left out.
fn php(code: &str, arguments: &[&str]) -> Option<String> {
    let Ok(php) = std::env::var("REGAIN_TEST_PHP") else {
        left_out("PHP", "REGAIN_TEST_PHP");
        return None;
    };
    let output = Command::new(php).args(["-r", code, "--"]).args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Whether PHP says that this password is the hash's.
fn php_accepts(password: &str, hash: &str) -> bool {
    php("echo password_verify($argv[1], $argv[2]) ? 'yes' : 'no';", &[password, hash]).unwrap()
        == "yes"
}

async fn stored(database: &TestDatabase, column: &str, table: &str) -> Option<String> {
    let text = if database.engine == Engine::MariaDb { "char" } else { "text" };
    database.text(&format!("SELECT CAST({column} AS {text}) FROM {table} WHERE id = 1")).await
}

#[tokio::test]
async fn php_accepts_what_was_reset_in_the_table_of_laravels_own_migration() {
    let Some(old) = php("echo password_hash($argv[1], PASSWORD_BCRYPT, ['cost' => 12]);", &[OLD])
    else {
        return;
    };
    for engine in engines() {
        let database = create(engine).await;
        let (key, moment) = match engine {
            Engine::Sqlite => ("integer primary key autoincrement not null", "datetime"),
            Engine::Postgres => ("bigserial primary key", "timestamp(0) without time zone"),
            Engine::MariaDb => ("bigint unsigned auto_increment primary key", "timestamp"),
        };
        database
            .execute(&format!(
                "CREATE TABLE users (id {key}, name varchar(255) not null, \
                 email varchar(255) not null unique, email_verified_at {moment} null, \
                 password varchar(255) not null, remember_token varchar(100) null, \
                 created_at {moment} null, updated_at {moment} null)"
            ))
            .await;
        database
            .execute(&format!(
                "INSERT INTO users (name, email, password, remember_token, updated_at) VALUES \
                 ('Ada', 'ada@example.com', '{old}', 'remembered', '2020-01-01 00:00:00')"
            ))
            .await;
        let regain = recovering(&database, "preset = \"laravel\"").await;
        reset(&regain, "ada@example.com", NEW).await;

        let hash = stored(&database, "password", "users").await.unwrap();
        assert!(hash.starts_with("$2y$12$"), "{engine:?} {hash}");
        assert!(php_accepts(NEW, &hash) && !php_accepts(OLD, &hash), "{engine:?}");
        let remember = stored(&database, "remember_token", "users").await.unwrap();
        assert!(remember != "remembered" && remember.len() == 43, "{engine:?} {remember}");
        let touched = stored(&database, "updated_at", "users").await.unwrap();
        assert!(touched.starts_with("20") && !touched.starts_with("2020"), "{engine:?} {touched}");

        let token = regain.token_for("ada@example.com").await;
        let long = regain.complete(&token, &"x".repeat(73)).await;
        assert_eq!(long.code(), "password-rejected", "A62: {engine:?} {long:?}");
        assert_eq!(regain.complete(&token, &"x".repeat(72)).await.status, 200, "{engine:?}");
        let hash = stored(&database, "password", "users").await.unwrap();
        assert!(php_accepts(&"x".repeat(72), &hash), "{engine:?}");
    }
}
