//! What a queue of 100,000 jobs costs: `cargo bench --bench queue` prints jobs a second, into it and
//! through it, for the process and for Redis. It starts a Redis of its own (`redis-server` on the
//! PATH), once as nothing may be lost and once as Redis comes.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use regain::account::Identifier;
use regain::clock::Clock;
use regain::config::RedisSettings;
use regain::queue::{MemoryQueue, Parcels, Queue, RedisQueue, RedisQueueSettings, Room};
use regain::random::Random;
use regain::recovery::{Job, LinkWish, Mail, Task};
use regain::redis::{Address, Redis};
use regain::token::{Keyring, Purpose, Secret, base64url};

const JOBS: usize = 100_000;
/// Requests in flight, and workers as `regain serve` has them.
const ASKERS: usize = 64;
const WORKERS: usize = 8;

#[tokio::main]
async fn main() {
    let memory = Queue::Memory(MemoryQueue::new(JOBS));
    let before = resident();
    measure("memory", &memory, async || resident().saturating_sub(before)).await;
    for sync in ["always", "everysec"] {
        let Some(server) = Server::start(sync).await else {
            say("redis-server is not on the PATH: left out");
            return;
        };
        let queue = server.queue();
        measure(&format!("redis, appendfsync {sync}"), &queue, async || server.memory().await)
            .await;
    }
}

/// Fills the queue, looks at the memory, and empties it.
async fn measure(name: &str, queue: &Queue, memory: impl AsyncFn() -> usize) {
    let asking = queue.clone();
    let filled = timed(ASKERS, move |n| {
        let jobs = asking.jobs();
        async move {
            let Ok(()) = jobs.ask(job(n)).await else { panic!("there is room") };
        }
    });
    let filled = filled.await;
    let memory = memory().await;
    let working = queue.clone();
    let emptied = timed(WORKERS, move |_| {
        let queue = working.clone();
        async move {
            let Some((_, ticket)) = queue.take().await else { panic!("a job is left") };
            assert!(ticket.done(vec![]).await.is_ok());
        }
    });
    let emptied = emptied.await;
    queue.drained().await;
    say(&format!(
        "{name:<28} in {:>8.0}/s   out {:>8.0}/s   {:>6.1} MiB for {JOBS} jobs, {:>4} bytes each",
        rate(filled),
        rate(emptied),
        mebibytes(memory),
        memory / JOBS
    ));
}

/// How long it takes to do something for every job, so many at a time.
#[expect(clippy::disallowed_methods, reason = "measuring is what a benchmark reads the clock for")]
async fn timed<F: Future<Output = ()> + Send + 'static>(
    at_a_time: usize,
    what: impl Fn(usize) -> F + Clone + Send + 'static,
) -> Duration {
    let (next, start) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let tasks: Vec<_> = (0..at_a_time)
        .map(|_| {
            let (next, what) = (Arc::clone(&next), what.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= JOBS {
                        return;
                    }
                    what(n).await;
                }
            })
        })
        .collect();
    for task in tasks {
        let Ok(()) = task.await else { panic!("a task broke off") };
    }
    start.elapsed()
}

fn job(n: usize) -> Job {
    let Ok(identifier) = Identifier::parse(&format!("person{n}@example.com")) else {
        panic!("it is an address")
    };
    let wish = LinkWish::of(Purpose::PasswordReset);
    Job {
        app: "default".to_owned(),
        reference: format!("{n:016}"),
        asked_at: Clock::system().now(),
        attempt: 0,
        has_turn: false,
        redone: false,
        trace: None,
        task: Task::Mail(Mail::Ask(identifier, wish)),
    }
}

/// A Redis of its own, ended with it.
struct Server {
    process: Child,
    folder: PathBuf,
    url: String,
}

impl Server {
    async fn start(sync: &str) -> Option<Self> {
        let name = base64url::encode(&Random::system().bytes::<9>());
        let folder = std::env::temp_dir().join(format!("regain-bench-{name}"));
        let port = std::net::TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        std::fs::create_dir(&folder).ok()?;
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", sync, "--dir"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let server = Self { process, folder, url: format!("redis://127.0.0.1:{port}") };
        for _attempt in 0..100 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(server);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        None
    }

    fn connect(&self) -> Redis {
        let Ok(address) = Address::parse(&self.url, &RedisSettings::default()) else {
            panic!("the URL is good")
        };
        Redis::connect(address, "bench", "bench", Duration::from_secs(10), |_, _| {})
    }

    fn queue(&self) -> Queue {
        let Ok(secret) = Secret::parse(b"bench-only-3f9c1d7a5b2e8046c9d1e7f3a5b8c2d4") else {
            panic!("the secret is strong")
        };
        let Ok(keyring) = Keyring::new("bench", [("bench".to_owned(), secret)]) else {
            panic!("the signing key is there")
        };
        let keys = [("default".to_owned(), keyring.application("default"))];
        let parcels = Parcels::new(keys.into_iter().collect(), Random::system());
        let silence = Duration::from_mins(5);
        let settings = RedisQueueSettings { room: Room::of_one(JOBS), silence, fallback: None };
        Queue::Redis(RedisQueue::new(self.connect(), self.connect(), parcels, settings))
    }

    async fn memory(&self) -> usize {
        let info = self.connect().query::<String>(redis::cmd("INFO").arg("memory")).await;
        let info = info.unwrap_or_default();
        let used = info.lines().find_map(|line| line.strip_prefix("used_memory:"));
        used.and_then(|bytes| bytes.trim().parse().ok()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.process.kill().and_then(|()| self.process.wait());
        let _removed = std::fs::remove_dir_all(&self.folder);
    }
}

/// Memory of this process in bytes, by Linux' count of pages.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn rate(taken: Duration) -> f64 {
    JOBS as f64 / taken.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / 1_048_576.0
}

#[expect(clippy::print_stdout, reason = "the table is the result")]
fn say(line: &str) {
    println!("{line}");
}
