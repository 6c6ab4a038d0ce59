//! The demo's users table and the people in it.

use sea_orm::{ConnectionTrait, Database, Statement};

use super::StartError;
use crate::password::{Argon2Cost, Password, Scheme};
use crate::random::Random;

/// The password that everybody in the demo has to begin with.
pub const PASSWORD: &str = "old password";

/// Address, user name, name, active, time of confirmation, with a password.
type Person = (&'static str, &'static str, &'static str, bool, Option<&'static str>, bool);

const CONFIRMED: Option<&str> = Some("2026-01-01 00:00:00");

const PEOPLE: [Person; 7] = [
    ("ada@example.com", "ada", "Ada", true, CONFIRMED, true),
    ("grace@example.com", "grace", "Grace", true, CONFIRMED, true),
    ("disabled@example.com", "disabled", "Dennis", false, CONFIRMED, true),
    ("unconfirmed@example.com", "unconfirmed", "Ursula", true, None, true),
    ("nopassword@example.com", "nopassword", "Niklaus", true, CONFIRMED, false),
    ("shared@example.com", "shared1", "Barbara", true, CONFIRMED, true),
    ("shared@example.com", "shared2", "Edsger", true, CONFIRMED, true),
];

const TABLE: &str = "CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT,
    is_active INTEGER NOT NULL,
    email_confirmed_at TEXT,
    last_login TEXT,
    recovery_stamp TEXT
)";

/// Makes the table and puts the people in it.
pub async fn make(url: &str, random: &Random) -> Result<(), StartError> {
    let failed = |error: sea_orm::DbErr| StartError::Failed(format!("demo database: {error}"));
    let database = Database::connect(url).await.map_err(failed)?;
    database.execute_unprepared(TABLE).await.map_err(failed)?;
    database
        .execute_unprepared("CREATE INDEX users_email ON users (email)")
        .await
        .map_err(failed)?;
    let hash = old_hash(random)?;
    for (email, username, name, active, confirmed, with_password) in PEOPLE {
        let values = [
            email.into(),
            username.into(),
            name.into(),
            with_password.then(|| hash.clone()).into(),
            active.into(),
            confirmed.map(str::to_owned).into(),
        ];
        let insert = "INSERT INTO users (email, username, name, password, is_active, \
                      email_confirmed_at) VALUES (?, ?, ?, ?, ?, ?)";
        let statement =
            Statement::from_sql_and_values(database.get_database_backend(), insert, values);
        database.execute_raw(statement).await.map_err(failed)?;
    }
    database.close().await.map_err(failed)
}

fn old_hash(random: &Random) -> Result<String, StartError> {
    let failed = |error| StartError::Failed(format!("demo password: {error}"));
    let cost = Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };
    let scheme = Scheme::argon2id(cost).map_err(failed)?;
    scheme.hash(&Password::new(PASSWORD.to_owned()), None, random).map_err(failed)
}
