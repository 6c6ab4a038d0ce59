//! A queue in Redis that replicas share and that outlives them: a stream of what is ready, a sorted
//! set of what is put off, and a list of what was given up.
//!
//! A job is given out at least once. It is struck off after it was done; where the process that had
//! it died, another one gets it once it was silent for long enough, and so a mail may go out twice.

mod dead;
mod taking;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use redis::{Script, cmd};
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

use super::memory::RESERVE;
use super::parcel::Parcels;
use super::room::{Room, Waiting};
use super::{Backlog, MemoryQueue};
use crate::recovery::{Change, Job, Jobs, Lost, QueueFull, Told, meters, trace};
use crate::redis::{Redis, Trouble};

pub use dead::Report;
pub use taking::Ticket;

/// The group that all replicas read in, and the one consumer that they are.
const GROUP: &str = "regain";

/// How long it is kept what became of a change: as long as a notice is tried.
const TOLD_LIFE: Duration = Duration::from_hours(24);

/// How a queue in Redis is set up.
pub struct RedisQueueSettings {
    /// How many asks it takes.
    pub room: Room,
    /// For how long a process that was given a job may be silent before another one gets it. More
    /// than the longest attempt, or a mail that is only slow goes out twice.
    pub silence: Duration,
    /// Where jobs go while Redis cannot be used.
    pub fallback: Option<Arc<MemoryQueue>>,
}

/// What waited at a look.
#[derive(Default)]
struct Seen {
    backlog: Backlog,
    /// How many jobs there were of each application that had any.
    counts: HashMap<String, usize>,
}

/// What became of a job that was to be taken in.
enum Put {
    Taken,
    /// There is no room.
    NoRoom,
    /// There is none for its application.
    NoPart,
}

/// Jobs that wait in Redis.
pub struct RedisQueue {
    /// For those who wait for an answer.
    redis: Redis,
    /// For the workers, who can wait longer.
    work: Redis,
    parcels: Parcels,
    settings: RedisQueueSettings,
    ready: String,
    delayed: String,
    /// How many jobs there are of each application.
    counts: String,
    dead: String,
    put: Script,
    look: Script,
    replace: Script,
    bury: Script,
    recount: Script,
    /// What was given to this process, for its workers that wait for it.
    fetched: taking::Fetched,
    /// How many workers wait.
    waiting: AtomicUsize,
    /// What was done here and is to be struck off by the next look.
    finished: Mutex<Vec<String>>,
    in_flight: watch::Sender<usize>,
    /// A job was taken in here, so that a look is worth while.
    asked: Notify,
    closed: watch::Sender<bool>,
    /// Whether there was room the last time that Redis said so; not before it did.
    has_room: AtomicBool,
    /// What waited at the last look.
    seen: Mutex<Seen>,
    /// Redis gives no jobs out, the last time that it was asked.
    failing: AtomicBool,
    /// Redis is there and takes no more, as where it has no memory left.
    refusing: AtomicBool,
    myself: Weak<Self>,
}

impl RedisQueue {
    /// A queue that begins with what is in Redis: over one connection for those who wait for an
    /// answer, and one for the workers.
    #[must_use]
    pub fn new(
        redis: Redis,
        work: Redis,
        parcels: Parcels,
        settings: RedisQueueSettings,
    ) -> Arc<Self> {
        let key = |name| redis.key(&format!("queue:{name}"));
        let (ready, delayed) = (key("ready"), key("delayed"));
        let (counts, dead) = (key("counts"), key("dead"));
        Arc::new_cyclic(|myself| Self {
            redis,
            work,
            parcels,
            settings,
            ready,
            delayed,
            counts,
            dead,
            put: Script::new(include_str!("put.lua")),
            look: Script::new(include_str!("look.lua")),
            replace: Script::new(include_str!("replace.lua")),
            bury: Script::new(include_str!("bury.lua")),
            recount: Script::new(include_str!("recount.lua")),
            fetched: taking::Fetched::default(),
            waiting: AtomicUsize::new(0),
            finished: Mutex::default(),
            in_flight: watch::Sender::new(0),
            asked: Notify::new(),
            closed: watch::Sender::new(false),
            has_room: AtomicBool::new(false),
            seen: Mutex::default(),
            failing: AtomicBool::new(false),
            refusing: AtomicBool::new(false),
            myself: myself.clone(),
        })
    }

    /// The queue in the process, for as long as Redis cannot be used.
    #[must_use]
    pub const fn fallback(&self) -> Option<&Arc<MemoryQueue>> {
        self.settings.fallback.as_ref()
    }

    /// Takes a job in, if there is so much room.
    async fn put(
        &self,
        job: &Job,
        Room { capacity, part }: Room,
        delay: Duration,
    ) -> Result<Put, Trouble> {
        // Jobs are made of applications that are known.
        let Some(parcel) = self.parcels.seal(job) else { return Ok(Put::NoPart) };
        let mut call = self.put.key(&self.ready);
        let millis = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        call.key(&self.delayed).key(&self.counts);
        call.arg(parcel).arg(capacity).arg(part).arg(millis);
        let span = trace::enqueue("put the job into the queue");
        span.text("messaging.system", "redis");
        span.text("messaging.operation.type", "send");
        let taken = span.around(self.redis.invoke::<u8>(&call)).await;
        if taken.is_err() {
            span.failed("redis");
        }
        drop(span);
        match &taken {
            Ok(_) => self.note_refusal(None),
            Err(why @ Trouble::Refused(_)) => self.note_refusal(Some(why)),
            // The connection is looked after, and told of, by its keeper.
            Err(_) => {}
        }
        Ok(match taken? {
            1 => {
                self.asked.notify_one();
                Put::Taken
            }
            0 => Put::NoRoom,
            _ => Put::NoPart,
        })
    }

    /// Whether Redis takes no jobs in, or gives none out.
    fn is_unable(&self) -> bool {
        let said = |what: &AtomicBool| what.load(Ordering::Relaxed);
        said(&self.failing) || said(&self.refusing) || !self.redis.is_up()
    }

    /// Notes whether Redis gives jobs out, and logs it whenever that changes.
    fn note(&self, trouble: Option<&Trouble>) {
        if self.failing.swap(trouble.is_some(), Ordering::Relaxed) != trouble.is_some() {
            if let Some(why) = trouble {
                tracing::error!(%why, "the queue gives no jobs out");
            } else {
                tracing::info!("the queue gives jobs out again");
            }
        }
    }

    /// Notes whether Redis takes jobs in: it may still give them out where it does not.
    fn note_refusal(&self, why: Option<&Trouble>) {
        if self.refusing.swap(why.is_some(), Ordering::Relaxed) != why.is_some() {
            if let Some(why) = why {
                tracing::error!(%why, "the queue takes no more jobs");
            } else {
                tracing::info!("the queue takes jobs again");
            }
        }
    }

    /// Tries whether Redis takes anything in again.
    async fn try_again(&self) {
        if self.refusing.load(Ordering::Relaxed) {
            let mut probe = cmd("SET");
            probe.arg(self.redis.key("queue:probe")).arg(1).arg("EX").arg(1);
            if self.redis.query::<()>(&probe).await.is_ok() {
                self.note_refusal(None);
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is done without Redis, if anything is.
    fn instead(&self) -> Result<&Arc<MemoryQueue>, QueueFull> {
        let memory = self.fallback().ok_or(QueueFull)?;
        meters::queue_fallback();
        Ok(memory)
    }
}

#[async_trait]
impl Jobs for RedisQueue {
    async fn ask(&self, job: Job) -> Result<(), QueueFull> {
        match self.put(&job, self.settings.room, Duration::ZERO).await {
            Ok(Put::Taken) => {
                self.has_room.store(true, Ordering::Relaxed);
                Ok(())
            }
            Ok(Put::NoRoom) => {
                self.has_room.store(false, Ordering::Relaxed);
                Err(QueueFull)
            }
            // There may be room for others.
            Ok(Put::NoPart) => Err(QueueFull),
            Err(why) => {
                tracing::warn!(%why, "not taken in by Redis");
                self.instead()?.ask(job).await
            }
        }
    }

    async fn follow(&self, job: Job, delay: Duration) -> Result<(), QueueFull> {
        let room = Room::of_one(self.settings.room.capacity.saturating_add(RESERVE));
        match self.put(&job, room, delay).await {
            Ok(Put::Taken) => Ok(()),
            Ok(Put::NoRoom | Put::NoPart) => Err(QueueFull),
            Err(_) => self.instead()?.follow(job, delay).await,
        }
    }

    fn has_room(&self) -> bool {
        let there = || self.fallback().is_some_and(|memory| memory.has_room());
        let room = if self.is_unable() { there() } else { self.has_room.load(Ordering::Relaxed) };
        room && !*self.closed.borrow()
    }

    fn waiting_of(&self, app: &str) -> usize {
        self.seen().counts.get(app).copied().unwrap_or_default()
    }

    fn is_crowded(&self, app: &str) -> bool {
        let seen = self.seen();
        self.settings.room.is_crowded(Waiting::of(&seen.counts, app, seen.backlog.waiting))
    }

    async fn bury(&self, job: &Job, why: Lost, _at_by_its_own_clock: OffsetDateTime) {
        if let Some(parcel) = self.parcels.seal(job) {
            let _told_by_the_log = self.lay_aside(&parcel, why).await;
        }
    }

    fn trouble(&self) -> Option<&'static str> {
        let unable = self.is_unable() || !self.work.is_up();
        unable.then_some("the queue in Redis")
    }

    async fn tell(&self, app: &str, change: &Change) {
        let Some(sealed) = self.parcels.seal_told(app, change) else { return };
        let mut set = cmd("SET");
        set.arg(self.told(change)).arg(sealed).arg("EX").arg(TOLD_LIFE.as_secs());
        if !matches!(change.told(), Some(Told::Written(_))) {
            // That it was written is never taken back.
            set.arg("NX");
        }
        let told = self.redis.query::<Option<String>>(&set).await;
        if let Err(why) = told {
            tracing::warn!(app, %why, "what became of a change is left for the row to tell");
        }
    }

    async fn told(&self, app: &str, change: &Change) -> Option<Told> {
        let sealed = self.work.query::<Option<String>>(cmd("GET").arg(self.told(change))).await;
        self.parcels.open_told(app, change, &sealed.ok()??)
    }
}

impl RedisQueue {
    /// The key of what was told of a change.
    fn told(&self, change: &Change) -> String {
        self.redis.key(&format!("told:{}", change.id()))
    }
}
