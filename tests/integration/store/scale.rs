//! A table of a million rows costs what a small one costs. The short form shows that it works; the
//! long one (`tests/all --long`) makes the million and writes down what it found.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use regain::recovery::{Accounts, Swap};

use super::{find, open, read, to};
use crate::databases::{self, Engine, TestDatabase, engines};

const FINDS: u32 = 400;
const SWAPS: u32 = 100;

fn sizes() -> [u32; 2] {
    if std::env::var_os("REGAIN_TEST_LONG").is_some() { [10_000, 1_000_000] } else { [100, 10_000] }
}

async fn filled(engine: Engine, rows: u32) -> TestDatabase {
    let database = databases::create(engine).await;
    database
        .execute(
            "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99), password varchar(99))",
        )
        .await;
    let (numbers, address) = match engine {
        Engine::Sqlite => (
            format!(
                "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows})"
            ),
            "'p' || n || '@example.com'",
        ),
        Engine::Postgres => (
            format!("WITH s AS (SELECT generate_series(1, {rows}) AS n)"),
            "concat('p', n, '@example.com')",
        ),
        Engine::MariaDb => (
            format!(
                "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows})"
            ),
            "concat('p', n, '@example.com')",
        ),
    };
    let bound = match engine {
        Engine::MariaDb => format!("SET STATEMENT max_recursive_iterations = {} FOR ", rows + 1),
        Engine::Sqlite | Engine::Postgres => String::new(),
    };
    database
        .execute(&format!("{bound}INSERT INTO users {numbers} SELECT n, {address}, 'old' FROM s"))
        .await;
    database.execute("CREATE INDEX users_email ON users (email)").await;
    if engine == Engine::Postgres {
        database.execute("ANALYZE users").await;
    }
    database
}

/// How long one look-up and one swap take, in the mean.
#[expect(clippy::disallowed_methods, reason = "measuring is what the clock is read for")]
async fn costs(engine: Engine, rows: u32) -> (Duration, Duration) {
    let database = filled(engine, rows).await;
    let table = open(&database, "");
    let plans = table.explain().await.unwrap();
    let (indexed, plan) = (plans[0].text.contains("users_email"), &plans[0].text);
    assert!(indexed || rows < 10_000, "{engine:?} {rows}: {plan}");
    let some = |n: u32| n.wrapping_mul(2_654_435_761) % rows + 1;
    for n in 0..50 {
        find(&table, &format!("p{}@example.com", some(n))).await;
    }
    let start = Instant::now();
    for n in 0..FINDS {
        let id = some(n);
        let found = find(&table, &format!("P{id}@Example.com")).await;
        assert_eq!(found, [id.to_string()], "{engine:?}");
    }
    let finds = start.elapsed() / FINDS;
    let start = Instant::now();
    for n in 0..SWAPS {
        let row = read(&table, &some(n).to_string()).await;
        let new = to(&format!("new {n}"));
        assert_eq!(table.swap_password(&row, &new).await, Ok(Swap::Won), "{engine:?}");
    }
    (finds, start.elapsed() / SWAPS)
}

#[tokio::test]
async fn looking_up_and_completing_cost_the_same_however_many_users_there_are() {
    let [small, large] = sizes();
    let mut figures =
        "## Growth\n\n| engine | rows | look-up | read and swap |\n|---|---|---|---|\n".to_owned();
    for engine in engines() {
        let (few, many) = (costs(engine, small).await, costs(engine, large).await);
        for (rows, (finds, swaps)) in [(small, few), (large, many)] {
            let _ = writeln!(figures, "| {engine:?} | {rows} | {finds:?} | {swaps:?} |");
        }
        let ratio = |one: Duration, other: Duration| other.as_secs_f64() / one.as_secs_f64();
        let (finds, swaps) = (ratio(few.0, many.0), ratio(few.1, many.1));
        let _ = writeln!(figures, "| {engine:?} | ratio | {finds:.2} | {swaps:.2} |");
    }
    if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
        std::fs::write(std::path::Path::new(&folder).join("growth.md"), figures).unwrap();
    }
}
