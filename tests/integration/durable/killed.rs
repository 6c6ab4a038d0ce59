//! A74: processes and Redis are killed under load, and nothing that was accepted is lost. The short
//! form kills a few times; the long one (`tests/all --long`) twenty, and writes down what it found.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use regain::random::Random;
use serde_json::json;

use super::{lines, start};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Folder, read_mails};
use crate::people::{database, person};
use crate::process::Process;
use crate::redis_server::{Keys, RedisServer};

const CLIENTS: usize = 16;
const ASKS: usize = 160;

fn rounds() -> usize {
    if std::env::var_os("REGAIN_TEST_LONG").is_some() { 20 } else { 2 }
}

fn address(round: usize, n: usize) -> String {
    format!("r{round}p{n}@example.com")
}

async fn crowd() -> TestDatabase {
    let all = (0..rounds()).flat_map(|round| (0..ASKS).map(move |n| person(&address(round, n))));
    database(Engine::Sqlite, &all.collect::<Vec<_>>()).await
}

/// Many clients ask at once, each person once, until all have asked or `stop` asks are answered;
/// then something is done to what they ask. Those whose ask was accepted.
async fn load(
    process: &Process,
    round: usize,
    stop: usize,
    then: impl AsyncFnOnce(),
) -> Vec<String> {
    let (next, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let client = || async {
        let mut accepted = vec![];
        loop {
            let n = next.fetch_add(1, Ordering::SeqCst);
            if n >= ASKS {
                return accepted;
            }
            let body = json!({ "identifier": address(round, n) });
            let answer = process.try_post("password-resets", &body).await;
            if answer.is_some_and(|answer| answer.status == 202) {
                accepted.push(address(round, n));
            }
            answered.fetch_add(1, Ordering::SeqCst);
        }
    };
    let then = async {
        while answered.load(Ordering::SeqCst) < stop {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        then().await;
    };
    let clients = join_all((0..CLIENTS).map(|_| client()));
    let (accepted, ()) = futures_util::future::join(clients, then).await;
    accepted.concat()
}

/// How many mails each address got.
fn mailed(folder: &Folder) -> BTreeMap<String, usize> {
    let mut mailed = BTreeMap::new();
    for mail in read_mails(&folder.0) {
        *mailed.entry(mail.to).or_default() += 1;
    }
    mailed
}

/// Waits until every job in Redis is done, those of the dead among them, which others take over
/// after a while.
async fn until_done(keys: &Keys) {
    for _attempt in 0..1800 {
        let ready: u64 = keys.run(&["XLEN", &format!("{}:queue:ready", keys.prefix)]).await;
        let delayed: u64 = keys.run(&["ZCARD", &format!("{}:queue:delayed", keys.prefix)]).await;
        if ready + delayed == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("jobs are left");
}

#[derive(Default)]
struct Figures {
    accepted: usize,
    mailed: usize,
    doubled: usize,
}

impl Figures {
    /// Adds what was accepted, of which nothing may be lost.
    fn add(&mut self, accepted: &[String], mailed: &BTreeMap<String, usize>) {
        for who in accepted {
            let mails = mailed.get(who).copied().unwrap_or_default();
            assert!(mails > 0, "{who} was accepted and got no mail");
            self.accepted += 1;
            self.mailed += mails;
            self.doubled += mails - 1;
        }
    }

    fn write(&self, what: &str, file: &str) {
        let Self { accepted, mailed, doubled } = self;
        let rounds = rounds();
        let figures = format!(
            "## {what}\n\n| rounds | accepted | lost | mails to those | doubled |\n\
             |---|---|---|---|---|\n| {rounds} | {accepted} | 0 | {mailed} | {doubled} |\n"
        );
        if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
            std::fs::write(std::path::Path::new(&folder).join(file), figures).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a74_a_replica_killed_under_load_loses_nothing_that_was_accepted() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let (keys, users, folder) = (server.keys(), crowd().await, Folder::new());
    let on_redis = lines(&keys);
    let replica = || Process::start(&folder, &users.url, &on_redis);
    let _survivor = replica().await;
    let mut accepted = vec![];
    for round in 0..rounds() {
        let victim = replica().await;
        let stop = 20 + usize::from(Random::system().bytes::<1>()[0]) % 100;
        let of_this_round = load(&victim, round, stop, async || victim.signal("-KILL")).await;
        assert!(of_this_round.len() >= 16, "{} were accepted", of_this_round.len());
        accepted.extend(of_this_round);
    }
    until_done(&keys).await;
    let mut figures = Figures::default();
    figures.add(&accepted, &mailed(&folder));
    figures.write("Replicas killed by SIGKILL", "killed-replicas.md");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a74_redis_killed_under_load_loses_nothing_that_was_accepted_and_nobody_is_restarted() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let (keys, users, folder) = (server.keys(), crowd().await, Folder::new());
    let process = Process::start(&folder, &users.url, &lines(&keys)).await;
    let mut figures = Figures::default();
    for round in 0..rounds() {
        let stop = 20 + usize::from(Random::system().bytes::<1>()[0]) % 100;
        let accepted = load(&process, round, stop, async || server.kill()).await;
        assert!(accepted.len() >= 16, "{} were accepted", accepted.len());
        let refused = process.post("password-resets", &json!({ "identifier": "x" })).await;
        assert_eq!(refused.status, 503);
        server.start_again().await;
        until_done(&keys).await;
        figures.add(&accepted, &mailed(&folder));
        for _until_it_is_back in 0..100 {
            let body = json!({ "identifier": "nobody@example.com" });
            if process.post("password-resets", &body).await.status == 202 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    process.signal("-TERM");
    assert_eq!(process.ended().await.0, Some(0));
    figures.write("Redis killed by SIGKILL", "killed-redis.md");
}

#[tokio::test]
async fn a_replica_told_to_stop_finishes_what_it_does_and_leaves_the_rest_to_others() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let (keys, users, folder) = (server.keys(), crowd().await, Folder::new());
    let process = Process::start(&folder, &users.url, &lines(&keys)).await;
    let accepted = load(&process, 0, ASKS, async || process.signal("-TERM")).await;
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    let pending: (u64, redis::Value, redis::Value, redis::Value) =
        keys.run(&["XPENDING", &format!("{}:queue:ready", keys.prefix), "regain"]).await;
    assert_eq!(pending.0, 0, "nothing is left half done");
    let next = start(&users, &keys, |_| {}).await;
    next.worked().await;
    let (before, after) = (mailed(&folder), next.mails().len());
    assert_eq!(before.values().sum::<usize>() + after, accepted.len(), "each once");
}
