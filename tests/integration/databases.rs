//! A fresh database for each test, in every engine that is there.

use std::collections::BTreeSet;
use std::env;
use std::io::Write as _;
use std::sync::Mutex;

use regain::random::Random;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
    MariaDb,
}

impl Engine {
    /// What the engine is called, and the variable that holds its administrator's URL.
    const fn server(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(("PostgreSQL", "REGAIN_TEST_POSTGRES")),
            Self::MariaDb => Some(("MariaDB", "REGAIN_TEST_MARIADB")),
        }
    }

    /// Whether the engine is there.
    pub fn is_there(self) -> bool {
        let Some((name, variable)) = self.server() else {
            return true;
        };
        let there = env::var_os(variable).is_some();
        if !there {
            left_out(name, variable);
        }
        there
    }
}

/// Says, once, what this run leaves out; where nothing may be left out it is an error.
pub fn left_out(what: &str, variable: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let message = format!("left out: {what} ({variable} unset; tests/all sets it)");
    assert!(env::var("REGAIN_TEST_ALL").as_deref() != Ok("1"), "{message}");
    if SAID.lock().unwrap().insert(what.to_owned()) {
        // Past the capture of what tests print, which hides it where they pass.
        std::io::stderr().write_all(format!("{message}\n").as_bytes()).unwrap();
    }
}

/// The engines that are there.
pub fn engines() -> Vec<Engine> {
    let all = [Engine::Sqlite, Engine::Postgres, Engine::MariaDb];
    all.into_iter().filter(|engine| engine.is_there()).collect()
}

/// A database of a test's own, gone when it is dropped.
pub struct TestDatabase {
    pub engine: Engine,
    pub url: String,
    connection: DatabaseConnection,
    /// By whom it was made, unless it is a file.
    administrator: Option<String>,
    name: String,
}

/// Creates an empty database.
pub async fn create(engine: Engine) -> TestDatabase {
    create_by(engine, administrator(engine)).await
}

/// The same in a server of the test's own, by the URL of its administrator.
pub async fn create_by(engine: Engine, administrator: Option<String>) -> TestDatabase {
    let name = format!("regain_test_{:016x}", u64::from_be_bytes(Random::system().bytes()));
    let url = if let Some(administrator) = &administrator {
        let connection = connect(administrator).await;
        connection.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
        connection.close().await.unwrap();
        format!("{}/{name}", administrator.rsplit_once('/').unwrap().0)
    } else {
        format!("sqlite://{}?mode=rwc", env::temp_dir().join(format!("{name}.sqlite")).display())
    };
    TestDatabase { engine, connection: connect(&url).await, url, administrator, name }
}

impl TestDatabase {
    /// Carries out one statement and says how many rows it touched.
    pub async fn execute(&self, sql: &str) -> u64 {
        let done = self.connection.execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{:?}: {sql}: {error}", self.engine)).rows_affected()
    }

    /// The first column of the first row as text, unless it is NULL or there is none.
    pub async fn text(&self, sql: &str) -> Option<String> {
        let backend = self.connection.get_database_backend();
        let row = self.connection.query_one_raw(Statement::from_string(backend, sql)).await;
        let row = row.unwrap_or_else(|error| panic!("{:?}: {sql}: {error}", self.engine));
        row.and_then(|row| row.try_get_by_index(0).unwrap())
    }
}

impl Drop for TestDatabase {
    /// As well as can be: from a thread of its own, because dropping cannot wait.
    fn drop(&mut self) {
        let (engine, name) = (self.engine, self.name.clone());
        let Some(administrator) = self.administrator.take() else {
            let file = env::temp_dir().join(format!("{name}.sqlite"));
            for end in ["", "-wal", "-shm", "-journal"] {
                let _ = std::fs::remove_file(format!("{}{end}", file.display()));
            }
            return;
        };
        let force = if engine == Engine::Postgres { " WITH (FORCE)" } else { "" };
        let sql = format!("DROP DATABASE {name}{force}");
        let done = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let connection = connect(&administrator).await;
                let _ = connection.execute_unprepared(&sql).await;
            });
        });
        let _ = done.join();
    }
}

fn administrator(engine: Engine) -> Option<String> {
    engine.server().map(|(_, variable)| env::var(variable).unwrap())
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).max_connections(2);
    Database::connect(options).await.unwrap()
}
