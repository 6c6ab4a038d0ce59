//! What no request and no reset can cost less than, with the program's runtime, allocator and profile.
//!
//! `floor serve ADDRESS URL` answers GET /bare, POST /json and GET /select/ID on poem's own server and the
//! database of that URL; `floor hash THREADS ROUNDS` prints the milliseconds of one Argon2id hash while so many
//! threads hash. `python3 benches/load` runs both beside the program; without arguments it prints the hash alone.

use std::thread;
use std::time::{Duration, Instant};

use poem::error::InternalServerError;
use poem::listener::TcpListener;
use poem::web::{Data, Json, Path};
use poem::{EndpointExt as _, Route, Server, get, handler, post};
use regain::password::{Argon2Cost, Password, Scheme};
use regain::random::Random;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};
use sea_orm::sqlx::mysql::MySqlConnectOptions;
use sea_orm::sqlx::pool::PoolOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{ConnectOptions as _, Database, MySql, Postgres, Sqlite};
use sea_orm::{ConnectionTrait as _, DatabaseConnection};
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As the program has it for one database.
const MOST_CONNECTIONS: u32 = 10;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// What the program hashes with unless it is told otherwise.
const COST: Argon2Cost = Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", address, database] => serve(address, database),
        ["hash", threads, rounds] => hash(number(threads), number(rounds)),
        [] => hash(1, 20),
        _ => panic!("floor serve ADDRESS DATABASE_URL | floor hash THREADS ROUNDS"),
    }
}

fn number(text: &str) -> u32 {
    let Ok(number) = text.parse() else { panic!("{text} is no number") };
    number
}

#[tokio::main]
async fn serve(address: &str, database: &str) {
    let database = connect(database);
    let routes = Route::new()
        .at("/bare", get(bare))
        .at("/json", post(json))
        .at("/select/:id", get(select))
        .data(database);
    let served = Server::new(TcpListener::bind(address.to_owned())).run(routes).await;
    let Ok(()) = served else { panic!("{address} cannot be listened on") };
}

#[handler]
fn bare() -> &'static str {
    "alive"
}

#[derive(Deserialize)]
struct Asked {
    identifier: String,
}

#[derive(Serialize)]
struct Answered {
    message: &'static str,
    bytes: usize,
}

#[handler]
fn json(Json(asked): Json<Asked>) -> Json<Answered> {
    Json(Answered {
        message: "If there is an account, a mail is under way.",
        bytes: asked.identifier.len(),
    })
}

/// One row by its key, built and read as the program builds and reads.
#[handler]
async fn select(
    Path(id): Path<i64>,
    Data(database): Data<&DatabaseConnection>,
) -> poem::Result<String> {
    let mut row = Query::select();
    row.columns([Alias::new("id"), Alias::new("email"), Alias::new("password")])
        .from(Alias::new("users"))
        .and_where(Expr::col(Alias::new("id")).eq(id));
    let row = database.query_one(&row).await.map_err(InternalServerError)?;
    let email = row.map(|row| row.try_get::<String>("", "email"));
    Ok(email.transpose().map_err(InternalServerError)?.unwrap_or_default())
}

/// A lazy pool as the program makes it.
fn connect(url: &str) -> DatabaseConnection {
    let bad = "the URL of the database cannot be read";
    match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "postgres" => {
            let Ok(options) = url.parse::<PgConnectOptions>() else { panic!("{bad}") };
            pool::<Postgres>().connect_lazy_with(options.disable_statement_logging()).into()
        }
        "mysql" => {
            let Ok(options) = url.parse::<MySqlConnectOptions>() else { panic!("{bad}") };
            let options = options.disable_statement_logging().charset("utf8mb4");
            pool::<MySql>().connect_lazy_with(options).into()
        }
        _ => {
            let Ok(options) = url.parse::<SqliteConnectOptions>() else { panic!("{bad}") };
            pool::<Sqlite>().connect_lazy_with(options.disable_statement_logging()).into()
        }
    }
}

fn pool<D: Database>() -> PoolOptions<D> {
    PoolOptions::new().max_connections(MOST_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT)
}

/// Prints the milliseconds of one hash, in the mean of what all threads did.
#[expect(clippy::disallowed_methods, reason = "measuring is what a benchmark reads the clock for")]
#[expect(clippy::print_stdout, reason = "the figure is the result")]
fn hash(threads: u32, rounds: u32) {
    let Ok(scheme) = Scheme::argon2id(COST) else { panic!("the cost is a good one") };
    let hash = || {
        let password = Password::new("correct horse battery staple 42".into());
        assert!(scheme.hash(&password, None, &Random::system()).is_ok());
    };
    hash();
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..rounds).for_each(|_| hash()));
        }
    });
    println!("{:.3}", start.elapsed().as_secs_f64() * 1000.0 / f64::from(rounds));
}
