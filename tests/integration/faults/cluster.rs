//! Processes of the built program behind a proxy, on PostgreSQL and Redis of their own, and what is done to them.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::mailbox::Mailbox;
use super::proxy::Proxy;
use crate::databases::{Engine, TestDatabase, create_by};
use crate::harness::Folder;
use crate::people::{OLD_HASH, make_table};
use crate::postgres_server::PostgresServer;
use crate::process::Process;
use crate::redis_server::{Keys, RedisServer};

/// The processes that there are, and one more while one takes the place of another.
pub const REPLICAS: usize = 3;

/// How long a step of handing a mail over may take. What a dead process held comes to another one after ten
/// times that and 5 s.
const TIMEOUT: &str = "500ms";

const CHEAP: &str =
    "hashing = { wait = \"30s\", argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";

/// All of it, ended with the test.
pub struct Cluster {
    pub proxy: Proxy,
    pub mailbox: Arc<Mailbox>,
    pub replicas: Vec<Process>,
    /// Which key is to sign, by its name.
    pub signing: String,
    pub users: TestDatabase,
    pub redis: RedisServer,
    pub postgres: PostgresServer,
    pub folder: Folder,
    /// Jobs that a process had of another one that did not finish them, as the logs of those say that ended.
    pub taken_over: usize,
    /// What those logs say of jobs that were given up.
    pub given_up: Vec<String>,
    more: Vec<(String, String)>,
    place: Keys,
}

impl Cluster {
    /// Starts so many processes, whose variables say more, on a table of `people`; `None` where a server is left
    /// out.
    pub async fn start(people: usize, more: &[(&str, &str)]) -> Option<Self> {
        let (redis, postgres) = (RedisServer::start(&[]).await?, PostgresServer::start().await?);
        let users = create_by(Engine::Postgres, Some(postgres.url())).await;
        make_table(&users).await;
        fill(&users, people).await;
        let folder = Folder::new();
        std::fs::create_dir(folder.0.join("keys")).unwrap();
        let more = more.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let (proxy, mailbox) = (Proxy::start().await, Arc::new(Mailbox::start()));
        let place = redis.keys();
        let (signing, replicas, taken_over) = ("a".to_owned(), vec![], 0);
        let given_up = vec![];
        let mut cluster = Self {
            proxy,
            mailbox,
            replicas,
            signing,
            users,
            redis,
            postgres,
            folder,
            taken_over,
            given_up,
            more,
            place,
        };
        cluster.write_key("a", ONE);
        for _replica in 0..REPLICAS {
            let replica = cluster.add(&[]).await;
            cluster.replicas.push(replica);
        }
        Some(cluster)
    }

    pub fn write_key(&self, name: &str, secret: &str) {
        std::fs::write(self.folder.0.join("keys").join(name), secret).unwrap();
    }

    pub fn remove_key(&self, name: &str) {
        std::fs::remove_file(self.folder.0.join("keys").join(name)).unwrap();
    }

    /// One more process, which the environment says more to, once it is ready.
    async fn add(&self, environment: &[(&str, &str)]) -> Process {
        let (keys, mailbox) = (self.folder.0.join("keys"), self.mailbox.url());
        let ours = [
            ("PUBLIC_URL", self.proxy.url.as_str()),
            ("READ_AGAIN", "100ms"),
            ("KEYS__DIR", keys.to_str().unwrap()),
            ("KEYS__SIGNING", &self.signing),
            ("REDIS__URL", &self.place.url),
            ("REDIS__PREFIX", &self.place.prefix),
            ("QUEUE__STORE", "redis"),
            ("LIMITS__STORE", "redis"),
            ("MAIL__PROVIDERS__FILES__URL", &mailbox),
            ("MAIL__PROVIDERS__FILES__TIMEOUT", TIMEOUT),
            ("MAIL__PROVIDERS__FILES__CONNECTIONS", "10"),
        ];
        let more = self.more.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let variables: Vec<_> = ours.into_iter().chain(more).collect();
        let folder = &self.folder;
        let replica =
            Process::start_amid(folder, &self.users.url, CHEAP, &variables, environment).await;
        self.proxy.add(&replica.url).await;
        replica
    }

    /// Puts a new process in the place of one, as a rollout does: the new one is ready before the old one is sent
    /// nothing more and told to stop.
    pub async fn replace(&mut self, place: usize, environment: &[(&str, &str)]) {
        let new = self.add(environment).await;
        let old = std::mem::replace(&mut self.replicas[place], new);
        self.proxy.take_out(&old.url).await;
        self.end(old).await;
    }

    /// Tells one to stop, which it does in order.
    async fn end(&mut self, replica: Process) {
        replica.signal("-TERM");
        let (code, log) = replica.ended().await;
        assert_eq!(code, Some(0), "{log}");
        self.read(&log);
    }

    fn read(&mut self, log: &str) {
        let lines = |message: &str| {
            let told = format!("\"message\":\"{message}\"");
            log.lines()
                .filter(move |line| line.contains(&told))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        self.taken_over += lines("given out again").len();
        self.given_up.extend(lines("given up"));
    }

    /// All of them, one after the other.
    pub async fn roll(&mut self) {
        for place in 0..REPLICAS {
            self.replace(place, &[]).await;
        }
    }

    /// Kills one in the middle of what it does; another one comes in its place.
    pub async fn kill(&mut self, place: usize) {
        self.proxy.until_busy(&self.replicas[place].url).await;
        self.replicas[place].signal("-KILL");
        let new = self.add(&[]).await;
        let dead = std::mem::replace(&mut self.replicas[place], new);
        self.proxy.forget_dead(&dead.url);
        let (code, log) = dead.ended().await;
        assert_eq!(code, None, "it was killed");
        self.read(&log);
    }

    /// Waits until every process has these keys, beside the one that stands in its configuration.
    pub async fn until_keys(&self, names: &[&str]) {
        let wanted: BTreeSet<_> = names.iter().copied().chain(["one"]).collect();
        for _attempt in 0..400 {
            let have = join_all(self.replicas.iter().map(key_names)).await;
            if have.iter().all(|have| have.iter().map(String::as_str).eq(wanted.iter().copied())) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("not all have {wanted:?}");
    }

    /// Tells all to stop.
    pub async fn stop(&mut self) {
        for replica in std::mem::take(&mut self.replicas) {
            self.end(replica).await;
        }
    }
}

/// The keys of the rotation.
const ONE: &str = "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
pub const TWO: &str = "oQ3Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9";

async fn key_names(replica: &Process) -> BTreeSet<String> {
    let ready = replica.get("/readyz").await;
    if ready.status != 200 {
        return BTreeSet::new();
    }
    let keys = ready.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

/// Healthy accounts with the ids from 1 on.
async fn fill(users: &TestDatabase, people: usize) {
    let fill = format!(
        "INSERT INTO users (email, password, is_active, confirmed_at) \
         SELECT 'p' || n || '@example.com', '{OLD_HASH}', TRUE, '2026-01-01 00:00:00' \
         FROM generate_series(1, {people}) AS n"
    );
    users.execute(&fill).await;
    users.execute("ANALYZE users").await;
}
