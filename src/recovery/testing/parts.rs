//! The ports, as parts that keep what they are given and answer what they are told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::super::{
    Breaches, Call, Change, Door, Hooks, Job, Jobs, Later, Letter, Limits, Lost, NotTold,
    QueueFull, Quota, SendError, Sender, Told, TryAfter,
};
use crate::password::Password;

/// What one of many may use up, by its name.
type Taken = Mutex<BTreeMap<String, u32>>;

/// All ports but the users table.
#[derive(Default)]
pub struct Parts {
    /// What waits.
    pub waiting: Mutex<VecDeque<Later>>,
    /// Whether no ask is taken.
    pub is_full: AtomicBool,
    /// Whether nothing that follows is taken either.
    pub is_brimful: AtomicBool,
    /// Whether so much waits that calls had better not.
    pub is_crowded: AtomicBool,
    /// What was laid aside.
    pub buried: Mutex<Vec<(Job, Lost)>>,
    /// What processes tell each other of changes, by the change.
    pub told: Mutex<BTreeMap<String, Told>>,
    /// Letters that the mail server was handed, whether it took them or not.
    pub letters: Mutex<Vec<Letter>>,
    /// What it says to the next ones; it takes all others.
    pub answers: Mutex<VecDeque<Result<(), SendError>>>,
    /// Calls that the webhook had.
    pub calls: Mutex<Vec<Call>>,
    /// What it says to the next ones.
    pub replies: Mutex<VecDeque<Result<(), SendError>>>,
    /// Whether passwords are listed as breached.
    pub breached: Mutex<Option<Result<bool, NotTold>>>,
    /// Requests that were counted at doors.
    pub requests: Taken,
    /// How many each may make at a door, where not any number.
    pub requests_most: Mutex<Option<u32>>,
    /// Mails that were taken from budgets.
    pub budgets: Taken,
    /// How many each budget has, where not any number.
    pub budget_most: Mutex<Option<u32>>,
    /// Turns that were taken in paces.
    pub turns: Taken,
    /// What a pace says, where it is not that it is its turn now.
    pub paces: Mutex<BTreeMap<String, Duration>>,
    /// What of it is in trouble.
    pub trouble: Mutex<(Option<&'static str>, Option<&'static str>)>,
}

fn is(flag: &AtomicBool) -> bool {
    flag.load(Ordering::SeqCst)
}

fn take(taken: &Taken, name: &str, most: Option<u32>) -> Result<u32, TryAfter> {
    let mut taken = taken.lock().unwrap();
    let count = taken.entry(name.to_owned()).or_default();
    if most.is_some_and(|most| *count >= most) {
        return Err(TryAfter(Duration::from_secs(7)));
    }
    *count += 1;
    Ok(*count)
}

fn give_back(taken: &Taken, name: &str) {
    *taken.lock().unwrap().get_mut(name).expect("it was taken before") -= 1;
}

impl Parts {
    /// How much was taken of something by this name and not given back.
    pub fn taken(taken: &Taken, name: &str) -> u32 {
        taken.lock().unwrap().get(name).copied().unwrap_or_default()
    }

    fn put(&self, job: Job, after: Duration) {
        self.waiting.lock().unwrap().push_back(Later { job, after });
    }
}

#[async_trait]
impl Jobs for Parts {
    async fn ask(&self, job: Job) -> Result<(), QueueFull> {
        if is(&self.is_full) {
            return Err(QueueFull);
        }
        self.put(job, Duration::ZERO);
        Ok(())
    }

    async fn follow(&self, job: Job, delay: Duration) -> Result<(), QueueFull> {
        if is(&self.is_brimful) {
            return Err(QueueFull);
        }
        self.put(job, delay);
        Ok(())
    }

    fn has_room(&self) -> bool {
        !is(&self.is_full)
    }

    fn waiting_of(&self, app: &str) -> usize {
        self.waiting.lock().unwrap().iter().filter(|later| later.job.app == app).count()
    }

    fn is_crowded(&self, _: &str) -> bool {
        is(&self.is_crowded)
    }

    async fn bury(&self, job: &Job, why: Lost, _: OffsetDateTime) {
        self.buried.lock().unwrap().push((job.clone(), why));
    }

    fn trouble(&self) -> Option<&'static str> {
        self.trouble.lock().unwrap().0
    }

    async fn tell(&self, _: &str, change: &Change) {
        let told = change.told().expect("what is told of").clone();
        self.told.lock().unwrap().insert(change.id().to_owned(), told);
    }

    async fn told(&self, _: &str, change: &Change) -> Option<Told> {
        self.told.lock().unwrap().get(change.id()).cloned()
    }
}

#[async_trait]
impl Limits for Parts {
    fn quota(&self, _: &str, _: Door) -> Option<Quota> {
        let most = (*self.requests_most.lock().unwrap())?;
        Some(Quota { requests: most, interval: Duration::from_mins(1) })
    }

    async fn client(&self, _: &str, door: Door, client: &str) -> Result<Duration, TryAfter> {
        let most = *self.requests_most.lock().unwrap();
        let name = format!("{} {client}", door.name());
        Ok(Duration::from_mins(1) * take(&self.requests, &name, most)?)
    }

    async fn give_request_back(&self, _: &str, door: Door, client: &str) {
        give_back(&self.requests, &format!("{} {client}", door.name()));
    }

    async fn mail_budget(&self, _: &str, user_id: &str) -> Result<(), TryAfter> {
        let most = *self.budget_most.lock().unwrap();
        take(&self.budgets, user_id, most).map(drop)
    }

    async fn give_back(&self, _: &str, user_id: &str) {
        give_back(&self.budgets, user_id);
    }

    async fn pace(&self, name: &str, patience: Duration) -> Result<Duration, TryAfter> {
        let wait = self.paces.lock().unwrap().get(name).copied().unwrap_or_default();
        if wait > patience {
            return Err(TryAfter(wait));
        }
        take(&self.turns, name, None)?;
        Ok(wait)
    }

    async fn give_turn_back(&self, name: &str) {
        give_back(&self.turns, name);
    }

    fn trouble(&self) -> Option<&'static str> {
        self.trouble.lock().unwrap().1
    }
}

#[async_trait]
impl Sender for Parts {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        self.letters.lock().unwrap().push(letter.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }

    async fn ping(&self, _: &str) -> Result<(), SendError> {
        self.answers.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }
}

#[async_trait]
impl Hooks for Parts {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        self.calls.lock().unwrap().push(call.clone());
        self.replies.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }
}

#[async_trait]
impl Breaches for Parts {
    async fn list(&self, _: &str, _: &Password) -> Result<bool, NotTold> {
        self.breached.lock().unwrap().unwrap_or(Ok(false))
    }
}
