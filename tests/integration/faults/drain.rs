//! SIGTERM while a thousand mails wait.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::cluster::Cluster;
use super::mailbox::Mailbox;
use crate::databases::{Engine, TestDatabase};
use crate::harness::Folder;
use crate::people::{database, person};
use crate::process::Process;

const MAILS: usize = 1000;

const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";

fn address(n: usize) -> String {
    format!("p{n}@example.com")
}

/// Asks for everybody, at a process whose mail server is away.
async fn ask_for_all(process: &Process) {
    let all: Vec<_> = (1..=MAILS).collect();
    for some in all.chunks(50) {
        let asks = some.iter().map(async |n| {
            let body = json!({ "identifier": address(*n) });
            assert_eq!(process.post("password-resets", &body).await.status, 202);
        });
        join_all(asks).await;
    }
}

/// Tells a process to stop, and waits until it has noticed.
async fn told_to_stop(process: &Process) {
    process.signal("-TERM");
    let address = process.url.strip_prefix("http://").unwrap();
    for _attempt in 0..1200 {
        if tokio::net::TcpStream::connect(address).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it goes on listening");
}

/// How many mails each of them got, the fewest and the most.
fn fewest_and_most(mailbox: &Mailbox) -> (usize, usize) {
    let links = (1..=MAILS).map(|n| mailbox.post_of(&address(n)).tokens.len());
    (links.clone().min().unwrap(), links.max().unwrap())
}

/// A process without Redis, and all that it needs.
struct Alone {
    process: Process,
    mailbox: Mailbox,
    _users: TestDatabase,
    _folder: Folder,
}

impl Alone {
    /// One that sends for so long after it was told to stop, and whose mail server is away.
    async fn start(drain: &str) -> Self {
        let people: Vec<_> = (1..=MAILS).map(|n| person(&address(n))).collect();
        let (users, folder) = (database(Engine::Sqlite, &people).await, Folder::new());
        let mailbox = Mailbox::start();
        mailbox.be_there(false);
        let url = mailbox.url();
        let variables = [
            ("QUEUE__DRAIN", drain),
            ("MAIL__PROVIDERS__FILES__URL", &url),
            ("MAIL__PROVIDERS__FILES__TIMEOUT", "5s"),
        ];
        let process = Process::start_told(&folder, &users.url, CHEAP, "", &variables).await;
        Self { process, mailbox, _users: users, _folder: folder }
    }
}

/// The line of the log with this message.
fn line(log: &str, message: &str) -> Value {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut lines = lines.filter(|line| line["message"] == message);
    lines.next().unwrap_or_else(|| panic!("{message} is not in {log}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_sigterm_a_thousand_mails_that_wait_in_memory_are_sent_once_each() {
    let Alone { process, mailbox, _users, _folder } = Alone::start("2m").await;
    ask_for_all(&process).await;
    told_to_stop(&process).await;
    mailbox.be_there(true);
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(line(&log, "stopping")["waiting"], MAILS);
    assert_eq!(fewest_and_most(&mailbox), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_in_time_from_memory_is_counted_in_the_log_and_the_process_ends() {
    let Alone { process, mailbox, _users, _folder } = Alone::start("500ms").await;
    ask_for_all(&process).await;
    told_to_stop(&process).await;
    let (code, log) = process.ended().await;
    assert_eq!((code, mailbox.came()), (Some(0), 0), "{log}");
    assert_eq!(line(&log, "jobs lost: not done in time")["jobs"], MAILS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a74_on_sigterm_a_thousand_mails_that_wait_in_redis_are_left_to_the_others_and_none_is_lost()
 {
    let Some(mut cluster) = Cluster::start(MAILS, &[]).await else { return };
    cluster.mailbox.be_there(false);
    ask_for_all(&cluster.replicas[0]).await;
    let first = cluster.replicas.remove(0);
    told_to_stop(&first).await;
    let (code, log) = first.ended().await;
    assert_eq!((code, cluster.mailbox.came()), (Some(0), 0), "{log}");
    cluster.mailbox.be_there(true);
    cluster.mailbox.until_came(MAILS).await;
    cluster.stop().await;
    assert_eq!(fewest_and_most(&cluster.mailbox), (1, 1));
}
