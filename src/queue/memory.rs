//! A bounded queue in the process. A crash loses what waits; SIGTERM does not.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

use super::room::{Room, Waiting};
use super::{Backlog, DeadLetter};
use crate::recovery::{Job, Jobs, Later, Lost, QueueFull};

/// Room beyond the capacity that asks cannot use: for notices, hooks and what is tried again.
pub(super) const RESERVE: usize = 1000;

/// How long a closed queue puts a job off at most.
const LAST_TRIES_EVERY: Duration = Duration::from_secs(1);

/// How many jobs that were given up are shown; older ones are forgotten.
const MOST_LETTERS: usize = 100;

/// Jobs that wait, are put off, or are being done.
pub struct MemoryQueue {
    room: Room,
    state: Mutex<State>,
    /// What was given up, newest first.
    dead: Mutex<VecDeque<DeadLetter>>,
    /// Wakes one worker for each job, and all of them when nothing more will come.
    work: Notify,
    /// Wakes who waits for the end.
    idle: Notify,
    /// Wakes what is put off once the queue is closed.
    closing: watch::Sender<bool>,
    myself: Weak<Self>,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Job>,
    /// How many of these and of the delayed there are of each application.
    counts: HashMap<String, usize>,
    /// Jobs that a timer holds.
    delayed: usize,
    /// Jobs that a worker holds.
    in_flight: usize,
    closed: bool,
}

impl State {
    fn waiting(&self) -> usize {
        self.ready.len() + self.delayed
    }

    fn waiting_of(&self, app: &str) -> Waiting {
        Waiting::of(&self.counts, app, self.waiting())
    }

    fn next(&mut self) -> Option<Job> {
        let job = self.ready.pop_front()?;
        match self.counts.get_mut(&job.app) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(self.counts.remove(&job.app)),
        }
        Some(job)
    }

    fn count(&mut self, job: &Job) {
        match self.counts.get_mut(&job.app) {
            Some(count) => *count += 1,
            None => drop(self.counts.insert(job.app.clone(), 1)),
        }
    }

    fn idle(&self) -> bool {
        self.waiting() == 0 && self.in_flight == 0
    }
}

/// Says that a job is being done, until it is dropped.
pub struct Ticket(Arc<MemoryQueue>);

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.in_flight -= 1;
        self.0.settle(&state);
    }
}

impl Ticket {
    /// The job is done but for what is left of it.
    pub async fn done(self, left: Vec<Later>) -> Result<(), QueueFull> {
        let mut all = Ok(());
        for Later { job, after } in left {
            all = all.and(self.0.follow(job, after).await);
        }
        all
    }
}

impl MemoryQueue {
    /// A queue that takes `capacity` asks.
    #[must_use]
    pub fn new(capacity: usize) -> Arc<Self> {
        Self::with(Room::of_one(capacity))
    }

    /// A queue with so much room.
    #[must_use]
    pub fn with(room: Room) -> Arc<Self> {
        Arc::new_cyclic(|myself| Self {
            room,
            state: Mutex::default(),
            dead: Mutex::default(),
            work: Notify::new(),
            idle: Notify::new(),
            closing: watch::Sender::new(false),
            myself: myself.clone(),
        })
    }

    /// The next job, and the ticket to hold while it is done; `None` once the queue is closed and
    /// nothing is left that could still bring a job.
    pub async fn take(&self) -> Option<(Job, Ticket)> {
        loop {
            let woken = self.work.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            {
                let mut state = self.state();
                if let Some(queue) = self.myself.upgrade()
                    && let Some(job) = state.next()
                {
                    state.in_flight += 1;
                    return Some((job, Ticket(queue)));
                }
                if state.closed && state.idle() {
                    return None;
                }
            }
            woken.await;
        }
    }

    /// Takes no more asks. What follows from accepted jobs is still taken; what is put off is done
    /// now, and what must be tried again is tried every second, since little time is left.
    pub fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.closing.send_replace(true);
        self.settle(&state);
    }

    /// Resolves when nothing waits, nothing is put off and nothing is being done.
    pub async fn drained(&self) {
        loop {
            let woken = self.idle.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if self.state().idle() {
                return;
            }
            woken.await;
        }
    }

    /// How many jobs wait, are put off or are being done.
    #[must_use]
    pub fn unfinished(&self) -> usize {
        let state = self.state();
        state.waiting() + state.in_flight
    }

    /// How much waits, and for how long.
    #[must_use]
    pub fn backlog(&self, now: OffsetDateTime) -> Backlog {
        let state = self.state();
        let oldest = state.ready.iter().map(|job| job.asked_at).min();
        let age = oldest.map(|oldest| now - oldest).unwrap_or_default();
        let age = age.try_into().unwrap_or_default();
        Backlog { waiting: state.waiting(), capacity: self.room.capacity, age }
    }

    /// The last jobs that were given up, newest first.
    #[must_use]
    pub fn given_up(&self) -> Vec<DeadLetter> {
        self.dead.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn put_off(&self, job: Job, delay: Duration) {
        let Some(queue) = self.myself.upgrade() else { return };
        let mut closing = queue.closing.subscribe();
        let delay = if *closing.borrow() { delay.min(LAST_TRIES_EVERY) } else { delay };
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                _ = closing.changed() => {}
            }
            let mut state = queue.state();
            state.delayed -= 1;
            state.ready.push_back(job);
            queue.work.notify_one();
        });
    }

    fn settle(&self, state: &State) {
        if state.idle() {
            self.idle.notify_waiters();
            if state.closed {
                self.work.notify_waiters();
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Jobs for MemoryQueue {
    async fn ask(&self, job: Job) -> Result<(), QueueFull> {
        let mut state = self.state();
        if state.closed || !self.room.takes(state.waiting_of(&job.app)) {
            return Err(QueueFull);
        }
        state.count(&job);
        state.ready.push_back(job);
        self.work.notify_one();
        Ok(())
    }

    async fn follow(&self, job: Job, delay: Duration) -> Result<(), QueueFull> {
        let mut state = self.state();
        if state.waiting() >= self.room.capacity.saturating_add(RESERVE) {
            return Err(QueueFull);
        }
        state.count(&job);
        if delay.is_zero() {
            state.ready.push_back(job);
            self.work.notify_one();
        } else {
            state.delayed += 1;
            drop(state);
            self.put_off(job, delay);
        }
        Ok(())
    }

    fn has_room(&self) -> bool {
        let state = self.state();
        !state.closed && state.waiting() < self.room.capacity
    }

    fn waiting_of(&self, app: &str) -> usize {
        self.state().waiting_of(app).own
    }

    fn is_crowded(&self, app: &str) -> bool {
        self.room.is_crowded(self.state().waiting_of(app))
    }

    async fn bury(&self, job: &Job, why: Lost, at: OffsetDateTime) {
        let letter = DeadLetter::new(at, why.name(), &job.app, Some(job));
        let mut dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.push_front(letter);
        dead.truncate(MOST_LETTERS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::testing::ask_for;

    fn job(reference: usize) -> Job {
        ask_for("shop", &reference.to_string(), "ada")
    }

    #[tokio::test]
    async fn asks_beyond_the_capacity_are_refused_and_followers_use_the_reserve() {
        let queue = MemoryQueue::new(2);
        assert!(queue.ask(job(1)).await.is_ok() && queue.ask(job(2)).await.is_ok());
        assert!(!queue.has_room());
        assert_eq!(queue.ask(job(3)).await, Err(QueueFull));
        for n in 0..RESERVE {
            assert!(queue.follow(job(n), Duration::ZERO).await.is_ok());
        }
        assert_eq!(queue.follow(job(0), Duration::ZERO).await, Err(QueueFull));
        assert_eq!(queue.unfinished(), 2 + RESERVE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_queue_gives_out_what_it_holds_delayed_jobs_included_and_then_ends() {
        let queue = MemoryQueue::new(10);
        queue.ask(job(1)).await.unwrap();
        queue.follow(job(2), Duration::from_secs(5)).await.unwrap();
        queue.close();
        assert_eq!(queue.ask(job(3)).await, Err(QueueFull));
        for reference in ["1", "2"] {
            let (job, ticket) = queue.take().await.unwrap();
            assert_eq!(job.reference, reference);
            drop(ticket);
        }
        assert!(queue.take().await.is_none());
        queue.drained().await;
    }

    #[tokio::test(start_paused = true)]
    async fn closing_brings_what_is_put_off_for_long_and_tries_again_every_second() {
        let queue = MemoryQueue::new(10);
        queue.follow(job(1), Duration::from_hours(1)).await.unwrap();
        let began = tokio::time::Instant::now();
        queue.close();
        let (first, ticket) = queue.take().await.unwrap();
        assert!(began.elapsed() < Duration::from_millis(10));
        queue.follow(first, Duration::from_mins(5)).await.unwrap();
        drop(ticket);
        assert!(queue.take().await.is_some());
        assert_eq!(began.elapsed().as_secs(), 1);
    }

    #[tokio::test]
    async fn the_last_hundred_that_were_given_up_are_kept_newest_first() {
        let queue = MemoryQueue::new(1);
        for n in 0..=MOST_LETTERS {
            queue.bury(&job(n), Lost::TooLate, OffsetDateTime::UNIX_EPOCH).await;
        }
        let kept: Vec<_> = queue.given_up().into_iter().filter_map(|it| it.reference).collect();
        assert_eq!(kept.len(), MOST_LETTERS);
        assert_eq!((kept[0].as_str(), kept[MOST_LETTERS - 1].as_str()), ("100", "1"));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_job_is_given_out_once_however_many_ask_and_work() {
        let queue = MemoryQueue::new(10_000);
        let producers: Vec<_> = (0..8)
            .map(|p| {
                let queue = queue.clone();
                tokio::spawn(async move {
                    for n in 0..500 {
                        queue.ask(job(p * 500 + n)).await.unwrap();
                    }
                })
            })
            .collect();
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let queue = queue.clone();
                tokio::spawn(async move {
                    let mut seen = Vec::new();
                    while let Some((job, _ticket)) = queue.take().await {
                        seen.push(job.reference);
                    }
                    seen
                })
            })
            .collect();
        for producer in producers {
            producer.await.unwrap();
        }
        queue.drained().await;
        queue.close();
        let mut seen = Vec::new();
        for worker in workers {
            seen.extend(worker.await.unwrap());
        }
        assert_eq!(seen.len(), 4000);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 4000);
    }
}
