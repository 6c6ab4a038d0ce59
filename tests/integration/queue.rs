//! Where jobs wait: what is the same in the process and in Redis, and what only Redis does.

mod redis;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use regain::account::Identifier;
use regain::queue::{MemoryQueue, Parcels, Queue, RedisQueue, RedisQueueSettings, Room};
use regain::random::Random;
use regain::recovery::{Job, Later, LinkWish, Mail, QueueFull, Task};
use regain::redis::{Address, Redis};
use regain::token::{Keyring, Purpose, Secret};
use time::OffsetDateTime;

use crate::harness::SECRET;
use crate::redis_server::{Keys, keys};

/// After so long a silence a job is given out again.
const SILENCE: Duration = Duration::from_millis(900);

fn job(reference: &str) -> Job {
    job_of("shop", reference)
}

fn job_of(app: &str, reference: &str) -> Job {
    let wish = LinkWish::of(Purpose::PasswordReset);
    Job {
        app: app.to_owned(),
        reference: reference.to_owned(),
        asked_at: OffsetDateTime::UNIX_EPOCH,
        attempt: 0,
        has_turn: false,
        redone: false,
        trace: None,
        task: Task::Mail(Mail::Ask(Identifier::parse("ada@example.com").unwrap(), wish)),
    }
}

fn keyring(secret: &str) -> Keyring {
    let secret = Secret::parse(secret.as_bytes()).unwrap();
    Keyring::new("one", [("one".to_owned(), secret)]).unwrap()
}

/// A replica's queue in Redis that knows these applications.
fn replica(keys: &Keys, capacity: usize, apps: &[&str], secret: &str) -> Arc<RedisQueue> {
    replica_beside(keys, capacity, apps, secret, None)
}

/// The same with a queue in the process beside it.
fn replica_beside(
    keys: &Keys,
    capacity: usize,
    apps: &[&str],
    secret: &str,
    fallback: Option<Arc<MemoryQueue>>,
) -> Arc<RedisQueue> {
    parted_replica(keys, Room::of_one(capacity), apps, secret, fallback)
}

/// The same where one application may have no more than a part of it.
fn parted_replica(
    keys: &Keys,
    room: Room,
    apps: &[&str],
    secret: &str,
    fallback: Option<Arc<MemoryQueue>>,
) -> Arc<RedisQueue> {
    let settings = keys.settings();
    let address = Address::parse(&keys.url, &settings).unwrap();
    let connect = |what, patience| {
        Redis::connect(address.clone(), what, &settings.prefix, patience, |_, _| {})
    };
    let redis = connect("queue", Duration::from_secs(1));
    let work = connect("workers", Duration::from_secs(5));
    let keyring = keyring(secret);
    let applications = apps.iter().map(|app| ((*app).to_owned(), keyring.application(app)));
    let parcels = Parcels::new(applications.collect(), Random::system());
    let settings = RedisQueueSettings { room, silence: SILENCE, fallback };
    RedisQueue::new(redis, work, parcels, settings)
}

fn in_redis(keys: &Keys, capacity: usize) -> Queue {
    Queue::Redis(replica(keys, capacity, &["shop"], SECRET))
}

/// Does the same with queues of both kinds.
async fn in_both(capacity: usize, behaves: impl AsyncFn(Queue)) {
    behaves(Queue::Memory(MemoryQueue::new(capacity))).await;
    if let Some(keys) = keys() {
        behaves(in_redis(&keys, capacity)).await;
    }
}

/// Takes the next job, does it and says its reference.
async fn done(queue: &Queue) -> String {
    let taken = tokio::time::timeout(Duration::from_secs(10), queue.take()).await;
    let (job, ticket) = taken.expect("a job in time").expect("the queue is open");
    ticket.done(vec![]).await.unwrap();
    job.reference
}

/// What is left of a job.
fn later(reference: &str, millis: u64) -> Later {
    Later { job: job(reference), after: Duration::from_millis(millis) }
}

/// Whether nothing is given out for a while.
async fn nothing_comes(queue: &Queue) -> bool {
    tokio::time::timeout(Duration::from_millis(300), queue.take()).await.is_err()
}

#[tokio::test]
async fn one_applications_flood_leaves_room_for_what_others_are_asked_for() {
    let behaves = async |queue: Queue| {
        let jobs = queue.jobs();
        let ask = async |app| jobs.ask(job_of(app, "r")).await.is_ok();
        for _flood in 0..5 {
            assert!(ask("shop").await);
        }
        assert!(!ask("shop").await, "its part is the most of one application");
        assert!(jobs.has_room(), "for others there is room, and so it is ready");
        for _other in 0..3 {
            assert!(ask("blog").await);
        }
        // What follows of what was accepted is no ask.
        assert!(jobs.follow(job_of("shop", "r"), Duration::from_hours(1)).await.is_ok());
        // What is done makes room, and what is left of a job takes its place.
        let (first, ticket) = queue.take().await.unwrap();
        ticket.done(vec![Later { job: first, after: Duration::from_hours(1) }]).await.unwrap();
        assert!(!ask("shop").await);
        for _done in 0..2 {
            assert_eq!(done(&queue).await, "r");
        }
        // Redis strikes off at the next look.
        let (held, ticket) = queue.take().await.unwrap();
        assert!(ask("shop").await, "two of six are done, and one may be under way");
        ticket.done(vec![]).await.unwrap();
        assert_eq!(held.app, "shop");
        assert!(ask("blog").await);
    };
    let room = Room { capacity: 12, part: 5 };
    behaves(Queue::Memory(MemoryQueue::with(room))).await;
    if let Some(keys) = keys() {
        let replica = || parted_replica(&keys, room, &["shop", "blog"], SECRET, None);
        behaves(Queue::Redis(replica())).await;
        let counts = format!("{}:queue:counts", keys.prefix);
        assert!(keys.run::<u64>(&["EXISTS", &counts]).await == 1);
        // A miscount does not last.
        keys.run::<u64>(&["HSET", &counts, "shop", "99"]).await;
        let queue = Queue::Redis(replica());
        assert!(queue.jobs().ask(job_of("shop", "r")).await.is_err());
        let delayed = format!("{}:queue:delayed", keys.prefix);
        keys.run::<u64>(&["DEL", &delayed]).await;
        while keys.run::<u64>(&["XLEN", &format!("{}:queue:ready", keys.prefix)]).await > 0 {
            done(&queue).await;
            queue.drained().await;
        }
        assert!(queue.jobs().ask(job_of("shop", "r")).await.is_ok());
    }
}

#[tokio::test]
async fn two_applications_that_are_flooded_leave_a_third_one_room_and_its_calls_alone() {
    let apps = ["shop", "blog", "wiki"];
    let behaves = async |queue: Queue| {
        let jobs = queue.jobs();
        let ask = async |app| jobs.ask(job_of(app, "r")).await.is_ok();
        let mut flooded = [0, 0];
        for _flood in 0..20 {
            flooded[0] += usize::from(ask("shop").await);
            flooded[1] += usize::from(ask("blog").await);
        }
        assert_eq!(flooded, [15, 15], "three quarters of forty are theirs");
        for _in_peace in 0..3 {
            assert!(ask("wiki").await);
        }
        assert!(jobs.has_room());

        // Redis tells of it at the next look.
        let (job, ticket) = queue.take().await.unwrap();
        assert!(jobs.is_crowded("shop") && jobs.is_crowded("blog") && !jobs.is_crowded("wiki"));
        assert_eq!(jobs.waiting_of("wiki"), 3);
        ticket.done(vec![Later { job, after: Duration::ZERO }]).await.unwrap();
    };
    let room = Room { capacity: 40, part: 20 };
    behaves(Queue::Memory(MemoryQueue::with(room))).await;
    if let Some(keys) = keys() {
        behaves(Queue::Redis(parted_replica(&keys, room, &apps, SECRET, None))).await;
    }
}

#[tokio::test]
async fn jobs_come_out_as_they_went_in_and_once() {
    in_both(100, async |queue| {
        for n in 0..20 {
            queue.jobs().ask(job(&n.to_string())).await.unwrap();
        }
        for n in 0..20 {
            assert_eq!(done(&queue).await, n.to_string());
        }
        assert!(nothing_comes(&queue).await);
    })
    .await;
}

#[tokio::test]
async fn what_is_left_of_a_job_takes_its_place() {
    in_both(2, async |queue| {
        queue.jobs().ask(job("1")).await.unwrap();
        let (_, ticket) = queue.take().await.unwrap();
        ticket.done(vec![later("then", 300), later("now", 0)]).await.unwrap();
        assert_eq!((done(&queue).await, done(&queue).await), ("now".into(), "then".into()));
        queue.drained().await;
        assert_eq!(queue.unfinished(), 0);
    })
    .await;
}

#[tokio::test]
async fn asks_beyond_the_capacity_are_refused_and_followers_use_the_reserve() {
    in_both(2, async |queue| {
        let jobs = queue.jobs();
        assert!(jobs.ask(job("1")).await.is_ok() && jobs.has_room());
        assert!(jobs.ask(job("2")).await.is_ok());
        assert_eq!(jobs.ask(job("3")).await, Err(QueueFull));
        assert!(!jobs.has_room());
        for n in 0..1000 {
            let delay = Duration::from_secs(n % 2 * 3600);
            assert!(jobs.follow(job("follower"), delay).await.is_ok(), "{n}");
        }
        assert_eq!(jobs.follow(job("too many"), Duration::ZERO).await, Err(QueueFull));
        assert_eq!((done(&queue).await, done(&queue).await), ("1".to_owned(), "2".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn what_is_put_off_comes_when_it_is_due_and_after_what_is_ready() {
    in_both(10, async |queue| {
        let jobs = queue.jobs();
        jobs.follow(job("later"), Duration::from_millis(600)).await.unwrap();
        jobs.follow(job("sooner"), Duration::from_millis(300)).await.unwrap();
        jobs.ask(job("now")).await.unwrap();
        let began = tokio::time::Instant::now();
        assert_eq!(done(&queue).await, "now");
        assert_eq!(done(&queue).await, "sooner");
        assert!(began.elapsed() >= Duration::from_millis(290), "{:?}", began.elapsed());
        assert_eq!(done(&queue).await, "later");
        assert!(began.elapsed() >= Duration::from_millis(590), "{:?}", began.elapsed());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_job_is_given_out_once_however_many_ask_and_work() {
    in_both(10_000, async |queue| {
        let producers: Vec<_> = (0..8)
            .map(|p| {
                let jobs = queue.jobs();
                tokio::spawn(async move {
                    for n in 0..100 {
                        jobs.ask(job(&(p * 100 + n).to_string())).await.unwrap();
                    }
                })
            })
            .collect();
        let (seen, mut all) = tokio::sync::mpsc::unbounded_channel();
        let workers: Vec<_> = (0..8)
            .map(|_| {
                let (queue, seen) = (queue.clone(), seen.clone());
                tokio::spawn(async move {
                    while let Some((job, ticket)) = queue.take().await {
                        seen.send(job.reference).unwrap();
                        ticket.done(vec![]).await.unwrap();
                    }
                })
            })
            .collect();
        for producer in producers {
            producer.await.unwrap();
        }
        let mut references = BTreeSet::new();
        for _job in 0..800 {
            assert!(references.insert(all.recv().await.unwrap()), "given out twice");
        }
        queue.close();
        queue.drained().await;
        for worker in workers {
            worker.await.unwrap();
        }
        assert!(all.try_recv().is_err(), "and no other");
    })
    .await;
}

#[tokio::test]
async fn a_closed_queue_gives_out_nothing_more_once_its_jobs_are_done() {
    in_both(10, async |queue| {
        queue.jobs().ask(job("1")).await.unwrap();
        let (_, ticket) = queue.take().await.unwrap();
        assert_eq!(queue.unfinished(), 1);
        queue.close();
        let drained = async {
            queue.drained().await;
            assert_eq!(queue.unfinished(), 0);
        };
        let finish = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            ticket.done(vec![]).await.unwrap();
        };
        tokio::join!(drained, finish);
        assert!(queue.take().await.is_none());
        assert!(!queue.jobs().has_room());
    })
    .await;
}
