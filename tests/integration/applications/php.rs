//! Laravel's table and PHP's own `password_verify`; Devise's table and bcrypt as Rails has it.

use std::process::Command;

use serde_json::json;

use super::{NEW, OLD, recovering, reset};
use crate::databases::{Engine, TestDatabase, create, engines, left_out};
use crate::python;

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

const BCRYPT: &str = "import bcrypt, json, sys\n\
    given = json.load(sys.stdin)\n\
    password = (given['password'] + given['pepper']).encode()\n\
    if 'hash' in given: print(bcrypt.checkpw(password, given['hash'].encode()))\n\
    else: print(bcrypt.hashpw(password, bcrypt.gensalt(12, b'2a')).decode())";

#[tokio::test]
async fn rails_bcrypt_with_its_pepper_accepts_what_was_reset_and_the_lock_is_open() {
    const PEPPER: &str = "a pepper of the application's";
    let given = json!({ "password": OLD, "pepper": PEPPER }).to_string();
    let Some((_, old)) = python::run(&["-c", BCRYPT], &given) else { return };
    for engine in engines() {
        let database = create(engine).await;
        let (key, moment) = match engine {
            Engine::Sqlite => ("integer PRIMARY KEY AUTOINCREMENT", "datetime(6)"),
            Engine::Postgres => ("bigserial primary key", "timestamp(6) without time zone"),
            Engine::MariaDb => ("bigint auto_increment primary key", "datetime(6)"),
        };
        database
            .execute(&format!(
                "CREATE TABLE users (id {key}, email varchar(255) DEFAULT '' NOT NULL, \
                 encrypted_password varchar(255) DEFAULT '' NOT NULL, \
                 reset_password_token varchar(255), reset_password_sent_at {moment}, \
                 remember_created_at {moment}, confirmed_at {moment}, \
                 failed_attempts integer DEFAULT 0 NOT NULL, unlock_token varchar(255), \
                 locked_at {moment}, created_at {moment} NOT NULL, updated_at {moment} NOT NULL)"
            ))
            .await;
        for (address, confirmed) in [("ada", "'2026-01-01 00:00:00'"), ("eve", "NULL")] {
            database
                .execute(&format!(
                    "INSERT INTO users (email, encrypted_password, reset_password_token, \
                     confirmed_at, failed_attempts, unlock_token, locked_at, created_at, \
                     updated_at) VALUES ('{address}@example.com', '{}', '{address} was here', \
                     {confirmed}, 20, '{address}', '2026-01-02 00:00:00', '2026-01-01 00:00:00', \
                     '2026-01-01 00:00:00')",
                    old.trim()
                ))
                .await;
        }
        let users = format!("preset = \"devise\"\npepper = \"{PEPPER}\"");
        let regain = recovering(&database, &users).await;
        reset(&regain, "ada@example.com", NEW).await;

        let hash = stored(&database, "encrypted_password", "users").await.unwrap();
        assert!(hash.starts_with("$2a$12$"), "{engine:?} {hash}");
        for (password, accepted) in [(NEW, "True"), (OLD, "False")] {
            let given = json!({ "password": password, "pepper": PEPPER, "hash": hash }).to_string();
            let (_, says) = python::run(&["-c", BCRYPT], &given).unwrap();
            assert_eq!(says.trim(), accepted, "{engine:?} {password}");
        }
        for column in ["reset_password_token", "unlock_token", "locked_at"] {
            assert_eq!(stored(&database, column, "users").await, None, "{engine:?} {column}");
        }
        assert_eq!(stored(&database, "failed_attempts", "users").await.as_deref(), Some("0"));
        let before = regain.links().len();
        regain.ask("eve@example.com").await;
        regain.worked().await;
        assert_eq!(regain.links().len(), before, "{engine:?}: an unconfirmed address gets no mail");
    }
}
