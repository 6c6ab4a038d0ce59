//! The users table of most tests, and the people in it, on any of the three engines.

use crate::databases::{Engine, TestDatabase, create};

/// The hash that everybody begins with.
pub const OLD_HASH: &str = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";

/// A row to be put in; what is not said is as for a healthy account.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: Option<String>,
    pub username: Option<String>,
    pub name: Option<String>,
    pub password: Option<String>,
    pub active: bool,
    pub confirmed: bool,
    pub deleted: bool,
}

/// A healthy account with this address.
pub fn person(email: &str) -> Person {
    Person {
        email: Some(email.to_owned()),
        username: None,
        name: None,
        password: Some(OLD_HASH.to_owned()),
        active: true,
        confirmed: true,
        deleted: false,
    }
}

/// Makes a database with a users table and these people, whose ids count from 1.
pub async fn database(engine: Engine, people: &[Person]) -> TestDatabase {
    let database = create(engine).await;
    make_table(&database).await;
    for person in people {
        add(&database, person).await;
    }
    database
}

/// Makes the table, empty.
pub async fn make_table(database: &TestDatabase) {
    let (id, moment, boolean) = match database.engine {
        Engine::Sqlite => ("INTEGER PRIMARY KEY", "TEXT", "INTEGER"),
        Engine::Postgres => ("BIGSERIAL PRIMARY KEY", "TIMESTAMPTZ", "BOOLEAN"),
        Engine::MariaDb => ("BIGINT PRIMARY KEY AUTO_INCREMENT", "DATETIME(6)", "TINYINT(1)"),
    };
    let table = format!(
        "CREATE TABLE users (id {id}, email VARCHAR(254), username VARCHAR(150), \
         name VARCHAR(200), password VARCHAR(255), recovery_stamp VARCHAR(80), \
         is_active {boolean} NOT NULL, confirmed_at {moment}, deleted_at {moment}, \
         last_login {moment})"
    );
    database.execute(&table).await;
    database.execute("CREATE INDEX users_email ON users (email)").await;
}

/// Puts one more person in.
pub async fn add(database: &TestDatabase, person: &Person) {
    let moment = |there: bool| if there { "'2026-01-01 00:00:00'" } else { "NULL" };
    let insert = format!(
        "INSERT INTO users (email, username, name, password, is_active, confirmed_at, deleted_at) \
         VALUES ({}, {}, {}, {}, {}, {}, {})",
        quoted(person.email.as_deref(), database.engine),
        quoted(person.username.as_deref(), database.engine),
        quoted(person.name.as_deref(), database.engine),
        quoted(person.password.as_deref(), database.engine),
        if person.active { "TRUE" } else { "FALSE" },
        moment(person.confirmed),
        moment(person.deleted),
    );
    database.execute(&insert).await;
}

/// The stored hash of a row.
pub async fn hash(database: &TestDatabase, id: u64) -> String {
    let select = format!("SELECT password FROM users WHERE id = {id}");
    database.text(&select).await.unwrap_or_default()
}

fn quoted(value: Option<&str>, engine: Engine) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let escaped = value.replace('\'', "''");
    let escaped = if engine == Engine::MariaDb { escaped.replace('\\', "\\\\") } else { escaped };
    format!("'{escaped}'")
}
