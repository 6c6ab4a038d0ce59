//! The users table, in every engine.

mod confirming;
mod engines;
mod finding;
mod logging_in;
mod scale;
mod stamping;
mod swapping;
mod writing;

use std::time::Duration;

use regain::account::{Account, Identifier, InvalidIdentifier, Needs};
use regain::config::UsersSettings;
use regain::random::Random;
use regain::recovery::{Accounts, NewPassword};
use regain::store::{PoolSettings, Pools, UsersTable};
use regain::token::Purpose;

use crate::databases::{self, Engine, TestDatabase};

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
    UsersTable::connect(url, &settings(mapping), &mut Pools::new(pool), &Random::system()).unwrap()
}

/// What a reset writes, at a moment that can be recognised.
fn to(hash: &str) -> NewPassword {
    let at = time::OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let recovery_stamp = Some("renewed".to_owned());
    NewPassword { hash: hash.to_owned(), recovery_stamp, confirms: false, at }
}

fn settings(mapping: &str) -> UsersSettings {
    toml::from_str(&format!("database = 'given apart'\n{mapping}")).unwrap()
}

async fn find(table: &UsersTable, text: &str) -> Vec<String> {
    find_as(table, Identifier::parse(text)).await
}

async fn find_as(
    table: &UsersTable,
    identifier: Result<Identifier, InvalidIdentifier>,
) -> Vec<String> {
    let needs = Needs::to_use(Purpose::PasswordReset);
    let accounts = table.find(&identifier.unwrap(), &needs, 5).await.unwrap();
    accounts.into_iter().map(|account| account.id).collect()
}

async fn read(table: &UsersTable, id: &str) -> Account {
    table.read(id).await.unwrap().unwrap_or_else(|| panic!("no account {id}"))
}
