//! What only a queue in Redis does: it outlives processes, gives out again what they did not do,
//! and shows nothing of what is in it.

use std::time::Duration;

use regain::queue::{MemoryQueue, Room};
use regain::recovery::{Jobs as _, Lost, QueueFull};
use time::OffsetDateTime;

use super::{
    SECRET, SILENCE, done, in_redis, job, job_of, later, nothing_comes, parted_replica, replica,
    replica_beside,
};
use crate::counts;
use crate::redis_server::{Keys, RedisServer, keys};

async fn length(keys: &Keys, command: &str, name: &str) -> u64 {
    keys.run(&[command, &format!("{}:queue:{name}", keys.prefix)]).await
}

/// How many entries Redis still has of what was taken in.
async fn kept(keys: &Keys) -> u64 {
    length(keys, "XLEN", "ready").await + length(keys, "ZCARD", "delayed").await
}

#[tokio::test]
async fn what_was_taken_in_outlives_the_process_and_redis_itself() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    {
        let queue = in_redis(&keys, 10);
        queue.jobs().ask(job("ready")).await.unwrap();
        queue.jobs().follow(job("delayed"), Duration::from_millis(100)).await.unwrap();
    }
    server.kill();
    server.start_again().await;
    let queue = in_redis(&keys, 10);
    assert_eq!((done(&queue).await, done(&queue).await), ("ready".into(), "delayed".into()));
    queue.drained().await;
    assert_eq!(kept(&keys).await, 0, "what is done is gone");
}

#[tokio::test]
async fn a74_what_a_dead_replica_was_given_comes_to_another_and_is_counted() {
    counts::begin();
    let Some(keys) = keys() else { return };
    let dead = in_redis(&keys, 10);
    dead.jobs().ask(job("1")).await.unwrap();
    let (_, ticket) = dead.take().await.unwrap();
    drop(ticket); // As where the process is no more: it says nothing, and strikes nothing off.
    let living = in_redis(&keys, 10);
    assert!(nothing_comes(&living).await, "it might still be at it");
    let before = counts::total("regain_jobs_doubled_total");
    assert_eq!(done(&living).await, "1");
    assert!(counts::total("regain_jobs_doubled_total") > before);
    living.drained().await;
    assert_eq!(kept(&keys).await, 0);
}

#[tokio::test]
async fn a_job_that_takes_long_is_given_to_nobody_else_while_it_is_done() {
    let Some(keys) = keys() else { return };
    let (slow, other) = (in_redis(&keys, 10), in_redis(&keys, 10));
    slow.jobs().ask(job("long")).await.unwrap();
    let (_, ticket) = slow.take().await.unwrap();
    let taken = tokio::time::timeout(3 * SILENCE, other.take()).await;
    assert!(taken.is_err(), "it was being done all the time");
    ticket.done(vec![]).await.unwrap();
    slow.drained().await;
    assert_eq!(kept(&keys).await, 0);
}

#[tokio::test]
async fn a_job_that_takes_processes_with_it_is_laid_aside_in_the_end() {
    let Some(keys) = keys() else { return };
    let queue = replica(&keys, 10, &["shop"], SECRET);
    queue.ask(job("poison")).await.unwrap();
    for _death in 0..5 {
        let (job, ticket) = queue.take().await.unwrap();
        assert_eq!(job.reference, "poison");
        drop(ticket);
    }
    let given_up = tokio::time::timeout(3 * SILENCE, queue.take()).await;
    assert!(given_up.is_err(), "it is not given out without end");
    let dead = queue.report().await.unwrap().dead;
    assert_eq!(dead.len(), 1);
    assert_eq!(dead[0].why, Lost::BrokeOff.name());
    assert_eq!(dead[0].reference.as_deref(), Some("poison"));
    assert_eq!(dead[0].about.as_deref(), Some("a…@example.com"));
    assert_eq!(kept(&keys).await, 0);
}

#[tokio::test]
async fn what_is_left_of_a_job_that_somebody_else_finished_is_let_be() {
    let Some(keys) = keys() else { return };
    let queue = in_redis(&keys, 10);
    queue.jobs().ask(job("1")).await.unwrap();
    let (_, ticket) = queue.take().await.unwrap();
    let ready = format!("{}:queue:ready", keys.prefix);
    let pending: Vec<(String, String, u64, u64)> =
        keys.run(&["XPENDING", &ready, "regain", "-", "+", "1"]).await;
    keys.run::<u64>(&["XACK", &ready, "regain", &pending[0].0]).await;
    keys.run::<u64>(&["XDEL", &ready, &pending[0].0]).await;
    ticket.done(vec![later("again", 0)]).await.unwrap();
    assert_eq!(kept(&keys).await, 0, "else there were two of it");
}

#[tokio::test]
async fn where_there_is_no_room_for_what_is_left_the_job_stays_and_is_told_to_be_redone() {
    let Some(keys) = keys() else { return };
    let queue = in_redis(&keys, 1);
    queue.jobs().ask(job("1")).await.unwrap();
    let (first, ticket) = queue.take().await.unwrap();
    assert!(!first.redone);
    for _filler in 0..1000 {
        queue.jobs().follow(job("filler"), Duration::from_hours(1)).await.unwrap();
    }
    let more = vec![later("a", 0), later("b", 0)];
    assert_eq!(ticket.done(more).await, Err(QueueFull));
    let (again, ticket) = queue.take().await.unwrap();
    assert_eq!((again.reference.as_str(), again.redone), ("1", true));
    ticket.done(vec![later("2", 0)]).await.unwrap();
    assert_eq!(done(&queue).await, "2", "one for one always has room");
}

#[tokio::test]
async fn what_redis_has_stays_there_while_it_is_away_and_never_goes_to_the_process() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let beside = MemoryQueue::new(10);
    let queue = replica_beside(&keys, 10, &["shop"], SECRET, Some(beside.clone()));
    queue.ask(job("1")).await.unwrap();
    let (_, ticket) = queue.take().await.unwrap();
    server.kill();
    assert_eq!(ticket.done(vec![later("1", 1)]).await, Err(QueueFull));
    assert_eq!(beside.unfinished(), 0);
    queue.ask(job("beside")).await.unwrap();
    assert_eq!(beside.unfinished(), 1, "what is asked now may go there");
    server.start_again().await;
    let (again, _ticket) = queue.take().await.unwrap();
    assert_eq!(again.reference, "1");
}

#[tokio::test]
async fn what_none_of_our_keys_sealed_is_dropped_and_counted() {
    counts::begin();
    let Some(keys) = keys() else { return };
    let stranger = replica(&keys, 10, &["shop"], "tests-only-another-8VZk4mP0aYt7rLw2cHs9dNf6G");
    stranger.ask(job("forged")).await.unwrap();
    let ready = format!("{}:queue:ready", keys.prefix);
    keys.run::<String>(&["XADD", &ready, "*", "job", "shop:nonsense"]).await;
    let before = counts::total("regain_jobs_unauthentic_total");
    let queue = in_redis(&keys, 10);
    queue.jobs().ask(job("ours")).await.unwrap();
    assert_eq!(done(&queue).await, "ours");
    assert!(nothing_comes(&queue).await);
    assert!(counts::total("regain_jobs_unauthentic_total") >= before + 2);
    assert_eq!(kept(&keys).await, 0);
}

#[tokio::test]
async fn what_this_release_does_not_understand_is_left_to_those_that_do() {
    let Some(keys) = keys() else { return };
    let knows_less = replica(&keys, 10, &["blog"], SECRET);
    let knows_it = replica(&keys, 10, &["shop", "blog"], SECRET);
    knows_it.ask(job("1")).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(300), knows_less.take()).await.is_err());
    let taken = tokio::time::timeout(3 * SILENCE, knows_it.take()).await;
    let (job, ticket) = taken.expect("it was left").unwrap();
    assert_eq!(job.reference, "1");
    ticket.done(vec![]).await.unwrap();
    knows_it.drained().await;
    assert_eq!(kept(&keys).await, 0);
}

#[tokio::test]
async fn what_nobody_understands_is_laid_aside_and_not_lost() {
    let Some(keys) = keys() else { return };
    let knows_it = replica(&keys, 10, &["shop"], SECRET);
    knows_it.ask(job("1")).await.unwrap();
    let knows_less = replica(&keys, 10, &["blog"], SECRET);
    let take = || tokio::time::timeout(2 * SILENCE, knows_less.take());
    assert!(take().await.is_err());
    assert_eq!(kept(&keys).await, 1, "somebody may still come who understands it");
    // As if it had been given out many times.
    let ready = format!("{}:queue:ready", keys.prefix);
    let pending: Vec<(String, String, u64, u64)> =
        keys.run(&["XPENDING", &ready, "regain", "-", "+", "1"]).await;
    let id = &pending[0].0;
    let claim = ["XCLAIM", &ready, "regain", "regain", "0", id, "RETRYCOUNT", "30", "JUSTID"];
    keys.run::<Vec<String>>(&claim).await;
    assert!(take().await.is_err());
    assert_eq!(kept(&keys).await, 0);
    let seen_by = |report: regain::queue::Report| report.dead[0].clone();
    let strange = seen_by(knows_less.report().await.unwrap());
    assert_eq!((strange.why, strange.kind), ("not-understood", None));
    assert_eq!(seen_by(knows_it.report().await.unwrap()).kind, Some("ask"), "it can be opened");
}

#[tokio::test]
async fn dead_letters_are_bounded_and_the_newest_stay() {
    let Some(keys) = keys() else { return };
    let queue = replica(&keys, 10, &["shop"], SECRET);
    for n in 0..1010 {
        queue.bury(&job(&n.to_string()), Lost::TooLate, OffsetDateTime::UNIX_EPOCH).await;
    }
    let dead = queue.report().await.unwrap().dead;
    assert_eq!(dead.len(), 1000);
    assert_eq!(dead[0].reference.as_deref(), Some("1009"));
}

#[tokio::test]
async fn nothing_that_was_not_done_is_ever_trimmed_and_nothing_that_was_stays() {
    let Some(keys) = keys() else { return };
    let queue = in_redis(&keys, 5000);
    queue.jobs().ask(job("stuck")).await.unwrap();
    let (stuck, ticket) = queue.take().await.unwrap();
    for n in 0..3000 {
        queue.jobs().ask(job(&n.to_string())).await.unwrap();
        assert_eq!(done(&queue).await, n.to_string());
    }
    assert!(length(&keys, "XLEN", "ready").await <= 3, "the oldest, and what is struck off next");
    assert_eq!(stuck.reference, "stuck");
    drop(ticket);
    assert_eq!(done(&queue).await, "stuck", "the oldest of all is still there");
    queue.drained().await;
    let stream = format!("{}:queue:ready", keys.prefix);
    let bytes: u64 = keys.run(&["MEMORY", "USAGE", &stream]).await;
    assert!(bytes < 20_000, "{bytes} bytes for nothing");
}

#[tokio::test]
async fn redis_without_memory_takes_nothing_in_and_still_gives_out() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let queue = in_redis(&keys, 10);
    queue.jobs().ask(job("before")).await.unwrap();
    queue.jobs().follow(job("due"), Duration::from_millis(1)).await.unwrap();
    keys.run::<()>(&["CONFIG", "SET", "maxmemory", "1"]).await;
    assert!(queue.jobs().ask(job("refused")).await.is_err());
    assert!(!queue.jobs().has_room());
    assert_eq!(done(&queue).await, "before");
    keys.run::<()>(&["CONFIG", "SET", "maxmemory", "0"]).await;
    assert_eq!(done(&queue).await, "due", "it stayed where it was");
    assert!(queue.jobs().has_room() && queue.jobs().trouble().is_none(), "it is seen by itself");
    assert!(queue.jobs().ask(job("again")).await.is_ok());
}

#[tokio::test]
async fn a_user_that_may_do_little_and_only_under_the_prefix_is_enough() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let mut keys = server.keys();
    let under = format!("~{}:*", keys.prefix);
    let rights = ["+@all", "-@dangerous", "+info"];
    let user = ["ACL", "SETUSER", "regain", "on", ">s3cret", &under];
    keys.run::<()>(&[&user[..], &rights[..]].concat()).await;
    keys.url = format!("redis://regain:s3cret@127.0.0.1:{}", server.port);
    let queue = replica(&keys, 10, &["shop"], SECRET);
    queue.ask(job("1")).await.unwrap();
    queue.follow(job("2"), Duration::from_millis(50)).await.unwrap();
    for reference in ["1", "2"] {
        let (job, ticket) = queue.take().await.unwrap();
        assert_eq!(job.reference, reference);
        queue.bury(&job, Lost::Refused, OffsetDateTime::UNIX_EPOCH).await;
        ticket.done(vec![]).await.unwrap();
    }
    queue.drained().await;
    let report = queue.report().await.unwrap();
    assert_eq!((report.ready, report.given_out, report.dead.len()), (0, 0, 2));
    assert!(queue.has_room() && queue.trouble().is_none());
}

#[tokio::test]
async fn what_was_miscounted_is_counted_anew_by_every_replica_that_starts() {
    let Some(keys) = keys() else { return };
    let replica =
        || parted_replica(&keys, Room { capacity: 40, part: 4 }, &["shop", "blog"], SECRET, None);
    let queue = replica();
    for app in ["shop", "shop", "blog"] {
        queue.ask(job_of(app, "r")).await.unwrap();
    }
    queue.follow(job_of("blog", "r"), Duration::from_hours(1)).await.unwrap();
    let counts = format!("{}:queue:counts", keys.prefix);
    keys.run::<u64>(&["HSET", &counts, "shop", "99", "gone", "7"]).await;
    assert!(queue.ask(job_of("shop", "r")).await.is_err());

    let started = replica();
    let watching = tokio::spawn(async move { started.watch().await });
    let counted = async || keys.run::<Vec<String>>(&["HGETALL", &counts]).await;
    for _at_most_10_s in 0..1000 {
        if !counted().await.contains(&"gone".to_owned()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    watching.abort();
    let mut counted: Vec<_> = counted().await.chunks(2).map(|pair| pair.join(" ")).collect();
    counted.sort();
    assert_eq!(counted, ["blog 2", "shop 2"]);
    assert!(queue.ask(job_of("shop", "r")).await.is_ok());
}
