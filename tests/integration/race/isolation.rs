//! A55 at every isolation level that an operator may have given the database.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use regain::random::Random;
use sea_orm::{ConnectionTrait as _, Database, Statement};

use super::{CHEAP, CONTENDERS, Ended, Going, killed, round};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::Folder;
use crate::people::{database, person};
use crate::process::Process;

/// Every level of every engine. SQLite knows one, and two ways of keeping its journal.
const LEVELS: [(Engine, &str); 9] = [
    (Engine::Sqlite, "delete"),
    (Engine::Sqlite, "wal"),
    (Engine::Postgres, "read committed"),
    (Engine::Postgres, "repeatable read"),
    (Engine::Postgres, "serializable"),
    (Engine::MariaDb, "READ-UNCOMMITTED"),
    (Engine::MariaDb, "READ-COMMITTED"),
    (Engine::MariaDb, "REPEATABLE-READ"),
    (Engine::MariaDb, "SERIALIZABLE"),
];

/// A database whose connections by this URL are at one level, whoever makes them.
struct Isolated {
    users: TestDatabase,
    url: String,
    user: Option<String>,
}

impl Isolated {
    async fn at(engine: Engine, level: &str) -> Self {
        let users = database(engine, &[person("ada@example.com")]).await;
        let (url, user) = match engine {
            Engine::Sqlite => {
                users.text(&format!("PRAGMA journal_mode = {level}")).await;
                (users.url.clone(), None)
            }
            Engine::Postgres => {
                let name = users.url.rsplit_once('/').unwrap().1;
                let set = format!("ALTER DATABASE {name} SET default_transaction_isolation");
                users.execute(&format!("{set} = '{level}'")).await;
                (users.url.clone(), None)
            }
            Engine::MariaDb => by_user(&users, level).await,
        };
        let isolated = Self { users, url, user };
        assert_eq!(isolated.level().await, level, "{engine:?}");
        isolated
    }

    /// The level of a new connection, as the server says it.
    async fn level(&self) -> String {
        let sql = match self.users.engine {
            Engine::Sqlite => "PRAGMA journal_mode",
            Engine::Postgres => "SHOW transaction_isolation",
            Engine::MariaDb => "SELECT @@session.tx_isolation",
        };
        let connection = Database::connect(&self.url).await.unwrap();
        let sql = Statement::from_string(connection.get_database_backend(), sql);
        let row = connection.query_one_raw(sql).await.unwrap().unwrap();
        let level = row.try_get_by_index(0).unwrap();
        connection.close().await.unwrap();
        level
    }
}

/// A MariaDB user whose connections begin at a level. The server has a level for all, and no URL can say
/// another; but it has a statement for connections to begin with, save those of administrators, which
/// all other tests are. Where the user's name does not say a level it does nothing.
async fn by_user(users: &TestDatabase, level: &str) -> (String, Option<String>) {
    let known: Vec<_> = LEVELS
        .iter()
        .filter(|(engine, _)| *engine == Engine::MariaDb)
        .map(|(_, level)| format!("'{level}'"))
        .collect();
    let said = "SUBSTRING_INDEX(CURRENT_USER(), '_', 1)";
    let begin = format!(
        "SET SESSION tx_isolation = IF({said} IN ({}), {said}, @@session.tx_isolation)",
        known.join(", ")
    );
    users.execute(&format!("SET GLOBAL init_connect = \"{begin}\"")).await;
    let user = format!("{level}_{:016x}", u64::from_be_bytes(Random::system().bytes()));
    let (server, name) = users.url.rsplit_once('/').unwrap();
    users.execute(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'tests-only'")).await;
    users.execute(&format!("GRANT ALL PRIVILEGES ON `{name}`.* TO '{user}'@'%'")).await;
    let (_, place) = server.rsplit_once('@').unwrap();
    (format!("mysql://{user}:tests-only@{place}/{name}"), Some(user))
}

/// How many rounds, and how many of those in whose middle a process is killed.
fn rounds() -> (usize, usize) {
    if std::env::var_os("REGAIN_TEST_LONG").is_some() { (50, 15) } else { (1, 1) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_at_each_isolation_level_exactly_one_wins_and_a_kill_loses_nothing() {
    let (whole, cut) = rounds();
    let mut figures = format!(
        "## Races\n\n{CONTENDERS} completions of one token each round, by two processes. A kill -9 in the \
         middle, with all contenders at the one killed or half of them, leaves a winner who was told, one who was not, or the link.\n\n\
         | engine | level | rounds | winners | killed | told | untold | link still works |\n\
         |---|---|---|---|---|---|---|---|\n"
    );
    let there = engines();
    for (engine, level) in LEVELS.into_iter().filter(|(engine, _)| there.contains(engine)) {
        let isolated = Isolated::at(engine, level).await;
        let Isolated { users, url, user } = &isolated;
        let folder = Folder::new();
        let start = || Process::start(&folder, url, CHEAP);
        let processes = [start().await, start().await];
        for n in 0..whole {
            round(users, &folder, &processes, n).await;
        }
        let [survivor, _stopped] = processes;
        let mut ended = BTreeMap::<_, usize>::new();
        for going in [Going::AllToTheVictim, Going::HalfToTheSurvivor] {
            for _n in 0..cut {
                // The whole of a round takes some hundred milliseconds.
                let after = u64::from(Random::system().bytes::<1>()[0]) / 2;
                let after = Duration::from_millis(after);
                let how = killed(users, url, &folder, &survivor, going, after).await;
                *ended.entry(how).or_default() += 1;
            }
        }
        assert_eq!(isolated.level().await, level, "{engine:?}: it was so to the end");
        let ended = [Ended::Told, Ended::Untold, Ended::StillWorks]
            .map(|how| ended.get(&how).copied().unwrap_or_default().to_string());
        let ended = ended.join(" | ");
        let cut = cut * 2;
        let _ = writeln!(figures, "| {engine:?} | {level} | {whole} | {whole} | {cut} | {ended} |");
        if let Some(user) = user {
            users.execute(&format!("DROP USER '{user}'@'%'")).await;
        }
    }
    if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
        std::fs::write(std::path::Path::new(&folder).join("races.md"), figures).unwrap();
    }
}
