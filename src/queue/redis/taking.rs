//! Giving jobs to the workers of this process, and striking off what they did.

use std::collections::{HashMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use redis::cmd;
use time::OffsetDateTime;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

use super::{GROUP, RedisQueue, Seen};
use crate::queue::Backlog;
use crate::queue::memory::RESERVE;
use crate::queue::parcel::{Opened, Parcels};
use crate::recovery::{Job, Later, Lost, QueueFull, meters};
use crate::redis::Trouble;

/// How often an idle process looks for jobs that others took in or that have become due.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often the queue is looked at, however busy the workers are.
const MEASURE_EVERY: Duration = Duration::from_secs(5);
/// How often a job is given out before it counts as one that takes processes with it.
const MOST_DELIVERIES: u64 = 5;
/// The same for one that is not understood here: more, since in the middle of a deployment it takes
/// luck to come to a replica of the newer release.
const MOST_DELIVERIES_TO_STRANGERS: u64 = 30;

/// Jobs that were fetched for workers that wait.
pub(super) type Fetched = Mutex<VecDeque<(Job, Ticket)>>;

/// How often a process tells that it still does a job: others may have less patience than it has.
const SIGN_OF_LIFE_EVERY: Duration = Duration::from_secs(2);

/// An entry given out: its id, its parcel, how often it was given out.
type Entry = (String, String, u64);

/// What a look brings: entries, how many jobs there are, the age of the oldest in milliseconds, and how many
/// there are of each application.
type Looked = (Vec<Entry>, u64, u64, HashMap<String, usize>);

/// Says that a job is being done. Unless it is [done](Ticket::done), the job is given out again.
pub struct Ticket {
    queue: Arc<RedisQueue>,
    id: String,
    /// Tells Redis from time to time that the job is still being done.
    sign_of_life: JoinHandle<()>,
}

impl Ticket {
    /// The job is done but for what is left of it, which takes its place in one step: a job is
    /// never there twice, and never lost. What another process did meanwhile is let be.
    pub async fn done(self, left: Vec<Later>) -> Result<(), QueueFull> {
        if left.is_empty() {
            self.queue.strike_off(self.id.clone());
            return Ok(());
        }
        self.queue.replace(&self.id, &left).await
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.sign_of_life.abort();
        self.queue.in_flight.send_modify(|jobs| *jobs -= 1);
    }
}

impl RedisQueue {
    /// The next job, and the ticket to hold while it is done; `None` once the queue is closed.
    pub async fn take(&self) -> Option<(Job, Ticket)> {
        let _one_more = Waiting::new(&self.waiting);
        let mut closed = self.closed.subscribe();
        loop {
            // Whoever holds this looks for all that wait; the others wait for their turn.
            let mut fetched = self.fetched.lock().await;
            if let Some(job) = fetched.pop_front() {
                return Some(job);
            }
            if *closed.borrow_and_update() {
                return None;
            }
            let found = self.look(self.waiting.load(Ordering::Relaxed)).await.unwrap_or_default();
            if !found.is_empty() {
                self.open(found, &mut fetched).await;
                continue;
            }
            tokio::select! {
                () = self.asked.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = closed.changed() => {}
            }
        }
    }

    /// Gives out no more jobs here; what waits is left to other replicas, or to the next start.
    pub fn close(&self) {
        self.closed.send_replace(true);
        if let Some(memory) = self.fallback() {
            memory.close();
        }
    }

    /// Resolves when nothing is being done here and all that was done is struck off, as well as can
    /// be.
    pub async fn drained(&self) {
        // A look that is under way may still bring jobs; after it was closed there is no other.
        drop(self.fetched.lock().await);
        let mut in_flight = self.in_flight.subscribe();
        let _never_dropped = in_flight.wait_for(|jobs| *jobs == 0).await.is_ok();
        let _given_out_again = self.look(0).await;
        if let Some(memory) = self.fallback() {
            memory.drained().await;
        }
    }

    /// How many jobs are being done here, and how many wait in this process.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        let here = self.fallback().map_or(0, |memory| memory.unfinished());
        *self.in_flight.borrow() + here
    }

    /// How much waited at the last look, and waits in the process meanwhile.
    #[must_use]
    pub fn backlog(&self, now: OffsetDateTime) -> Backlog {
        let there = self.seen().backlog;
        let here = self.fallback().map(|memory| memory.backlog(now)).unwrap_or_default();
        Backlog {
            waiting: there.waiting.saturating_add(here.waiting),
            capacity: self.settings.room.capacity,
            age: there.age.max(here.age),
        }
    }

    /// Counts anew what there is of each application, and looks at the queue again and again, however
    /// busy the workers are; it never ends.
    pub async fn watch(&self) {
        let mut uncounted = true;
        loop {
            if uncounted {
                uncounted = self.recount().await.is_err();
            }
            let _told_elsewhere = self.look(0).await;
            tokio::time::sleep(MEASURE_EVERY).await;
        }
    }

    /// Counts anew how many jobs there are of each application.
    ///
    /// # Errors
    /// [`Trouble`] when Redis did not.
    pub async fn recount(&self) -> Result<(), Trouble> {
        let mut call = self.recount.key(&self.ready);
        call.key(&self.delayed).key(&self.counts);
        self.work.invoke::<()>(&call).await
    }

    /// Strikes off what was done, and asks for so many jobs.
    async fn look(&self, count: usize) -> Result<Vec<Entry>, Trouble> {
        self.try_again().await;
        let done = mem::take(&mut *self.finished.lock().unwrap_or_else(PoisonError::into_inner));
        let silence = u64::try_from(self.settings.silence.as_millis()).unwrap_or(u64::MAX);
        let mut call = self.look.key(&self.ready);
        call.key(&self.delayed).key(&self.counts).arg(GROUP).arg(count).arg(silence).arg(&done);
        let answer = self.work.invoke::<Looked>(&call).await;
        self.note(answer.as_ref().err());
        let (found, depth, oldest, counts) = match answer {
            Ok(answer) => answer,
            Err(trouble) => {
                for id in done {
                    self.strike_off(id);
                }
                return Err(trouble);
            }
        };
        let room = usize::try_from(depth).is_ok_and(|depth| depth < self.settings.room.capacity);
        self.has_room.store(room, Ordering::Relaxed);
        let backlog = Backlog {
            waiting: usize::try_from(depth).unwrap_or(usize::MAX),
            capacity: self.settings.room.capacity,
            age: Duration::from_millis(oldest),
        };
        *self.seen() = Seen { backlog, counts };
        Ok(found)
    }

    /// Puts what is left of a job in its place. Where that fails the job stays, and is given out
    /// again; it never goes to the queue in the process, which a crash would lose.
    async fn replace(&self, id: &str, left: &[Later]) -> Result<(), QueueFull> {
        let mut call = self.replace.key(&self.ready);
        call.key(&self.delayed).key(&self.counts).arg(GROUP).arg(id);
        call.arg(self.settings.room.capacity.saturating_add(RESERVE));
        for Later { job, after } in left {
            let millis = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            call.arg(millis).arg(self.parcels.seal(job).ok_or(QueueFull)?);
        }
        let replaced = self.work.invoke::<bool>(&call).await;
        if let Err(why @ Trouble::Refused(_)) = &replaced {
            self.note_refusal(Some(why));
        }
        let replaced = replaced.map_err(|_| QueueFull)?;
        replaced.then(|| self.asked.notify_one()).ok_or(QueueFull)
    }

    fn strike_off(&self, id: String) {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    }

    /// Opens what was given out. What cannot be done by anybody is struck off; what others may
    /// understand is left to them.
    async fn open(&self, entries: Vec<Entry>, jobs: &mut VecDeque<(Job, Ticket)>) {
        for (id, parcel, deliveries) in entries {
            let redone = deliveries > 1;
            if redone {
                // It counts once somebody begins with it: an answer may be lost on its way here.
                if self.still_at_it(&id, Some(deliveries)).await.is_err() {
                    continue;
                }
                meters::job_doubled();
            }
            match self.parcels.open(&parcel) {
                Opened::Job(job) if deliveries <= MOST_DELIVERIES => {
                    let job = Job { redone, ..*job };
                    if redone {
                        let (app, reference) = (&job.app, &job.reference);
                        let why = "whoever had it did not finish it: its mail may come twice";
                        tracing::warn!(app, reference, deliveries, why, "given out again");
                    }
                    jobs.extend(self.ticket(id).map(|ticket| (job, ticket)));
                }
                Opened::Strange if deliveries <= MOST_DELIVERIES_TO_STRANGERS => {
                    tracing::warn!(
                        deliveries,
                        "left to others: of an application or a release that is not known here"
                    );
                }
                Opened::Job(_) => self.give_up(id, &parcel, Lost::BrokeOff).await,
                Opened::Strange => self.give_up(id, &parcel, Lost::NotUnderstood).await,
                Opened::Unauthentic => {
                    meters::job_unauthentic();
                    tracing::error!("dropped: a job that none of our keys has sealed");
                    self.strike_off(id);
                }
            }
        }
    }

    async fn give_up(&self, id: String, parcel: &str, why: Lost) {
        tracing::error!(app = Parcels::app_of(parcel), lost = %why, "given up");
        meters::job_lost();
        // Where it cannot be laid aside it is given out again.
        if self.lay_aside(parcel, why).await.is_ok() {
            self.strike_off(id);
        }
    }

    fn ticket(&self, id: String) -> Option<Ticket> {
        let queue = self.myself.upgrade()?;
        self.in_flight.send_modify(|jobs| *jobs += 1);
        let (at_work, entry) = (Arc::clone(&queue), id.clone());
        let sign_of_life = tokio::spawn(async move {
            loop {
                tokio::time::sleep(SIGN_OF_LIFE_EVERY.min(at_work.settings.silence / 3)).await;
                let _or_the_next_one = at_work.still_at_it(&entry, None).await;
            }
        });
        Some(Ticket { queue, id, sign_of_life })
    }

    /// Says that a job is still being done, or is begun for so many times.
    async fn still_at_it(&self, id: &str, begun: Option<u64>) -> Result<(), Trouble> {
        let mut claim = cmd("XCLAIM");
        claim.arg(&self.ready).arg(GROUP).arg(GROUP).arg(0).arg(id);
        if let Some(begun) = begun {
            claim.arg("RETRYCOUNT").arg(begun);
        }
        // Else it would count as given out again.
        claim.arg("JUSTID");
        self.work.query::<Vec<String>>(&claim).await.map(drop)
    }
}

/// Counts a worker that waits, until it does no longer.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
