//! People who recover their accounts, one beginning after the other whatever becomes of those before; and what
//! becomes of each.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use futures_util::future::join;
use regain::clock::Clock;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::MissedTickBehavior;

use super::mailbox::Mailbox;
use super::proxy::{BROKEN, SERVED_BY, WAY};
use super::tally::Tally;
use crate::harness::client;

/// How much longer than links live a mail is waited for: a job that old has been given up.
const LATE: Duration = Duration::from_secs(15);
/// How long somebody waits before asking again who was told 503, or nothing.
const AGAIN: Duration = Duration::from_millis(500);
/// How many people may be at it at a time, so that a machine that stands still is not buried.
const MOST_AT_A_TIME: usize = 600;
/// Seconds by which a clock differs from ours that counts as wrong.
const SKEWED: i64 = 15;

/// How a person's journey ended.
#[derive(Clone, Debug)]
pub enum Ended {
    /// They were told that this password is set.
    Told(String),
    /// The link works no more, and one of these was written though nobody was told.
    Untold(Vec<String>),
    /// There is nothing to look for in their row.
    Otherwise,
}

/// A person's journey.
#[derive(Clone, Debug)]
pub struct Journey {
    /// The id of the row.
    pub id: usize,
    /// When the link was used.
    pub window: usize,
    pub ended: Ended,
}

/// An ask that was accepted.
struct Accepted {
    id: usize,
    window: usize,
    asked: usize,
}

/// What a request came to.
enum Heard {
    /// An answer that is no failure, and who gave it.
    Answer(u16, Value, String),
    /// 503 with `Retry-After`, a broken connection, or a failure.
    Nothing,
}

/// Who comes.
#[derive(Clone, Copy)]
pub struct Load {
    /// Somebody new comes so often.
    pub every: Duration,
    /// The highest id that there is.
    pub most: usize,
    /// How long links live.
    pub life: Duration,
}

/// Somebody new begins again and again, until it is stopped.
pub struct Crowd {
    pub people: Arc<People>,
    all: JoinHandle<Vec<Journey>>,
    stop: watch::Sender<bool>,
}

/// Who is there, and what is counted of them.
pub struct People {
    url: String,
    http: reqwest::Client,
    pub mailbox: Arc<Mailbox>,
    pub tally: Arc<Tally>,
    load: Load,
    next: AtomicUsize,
    under_way: watch::Sender<BTreeSet<usize>>,
    /// Who was told that their ask is accepted: when, and how often they had asked by then.
    accepted: Mutex<Vec<Accepted>>,
    /// Journeys that ended.
    pub ended: watch::Sender<usize>,
}

/// The address of the row with this id.
pub fn address(id: usize) -> String {
    format!("p{id}@example.com")
}

impl Crowd {
    /// Somebody new comes to this URL every so often.
    pub fn start(url: &str, (mailbox, tally): (Arc<Mailbox>, Arc<Tally>), load: Load) -> Self {
        let people = Arc::new(People {
            url: format!("{url}/v1/apps/default"),
            http: client(),
            mailbox,
            tally,
            load,
            next: AtomicUsize::new(1),
            under_way: watch::Sender::new(BTreeSet::new()),
            accepted: Mutex::default(),
            ended: watch::Sender::new(0),
        });
        let stop = watch::Sender::new(false);
        let all = tokio::spawn(come(people.clone(), load.every, stop.subscribe()));
        Self { people, all, stop }
    }

    /// Lets everybody end what they began.
    pub async fn stop(self) -> Vec<Journey> {
        self.stop.send_replace(true);
        self.all.await.expect("all end well")
    }
}

async fn come(
    people: Arc<People>,
    every: Duration,
    mut stopped: watch::Receiver<bool>,
) -> Vec<Journey> {
    let (mut begun, room) = (JoinSet::new(), Arc::new(Semaphore::new(MOST_AT_A_TIME)));
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beat.tick() => {}
            _ = stopped.changed() => return begun.join_all().await,
        }
        let place = room.clone().acquire_owned().await.expect("it is not closed");
        let (people, stopped) = (people.clone(), stopped.clone());
        begun.spawn(async move {
            let _until_it_ends = place;
            people.journey(&stopped).await
        });
    }
}

impl People {
    /// Waits until everybody who has begun by now has ended.
    pub async fn until_settled(&self) {
        let now = self.next.load(Ordering::SeqCst);
        let mut under_way = self.under_way.subscribe();
        let earlier = |all: &BTreeSet<usize>| all.first().is_none_or(|first| *first >= now);
        let settled = under_way.wait_for(earlier);
        let settled = tokio::time::timeout(Duration::from_mins(5), settled).await;
        assert!(settled.is_ok(), "somebody's journey never ends");
    }

    /// Counts what came more often than it was asked for, in the end, since it may come long after.
    pub fn count_doubled(&self) {
        for Accepted { id, window, asked } in &*self.accepted.lock().unwrap() {
            let links = self.mailbox.post_of(&address(*id)).tokens.len();
            self.tally.count(*window, |it| it.doubled += links.saturating_sub(*asked));
        }
    }

    /// Waits until so many more have ended.
    pub async fn until_more(&self, journeys: usize) {
        let mut ended = self.ended.subscribe();
        let goal = *ended.borrow() + journeys;
        let reached = ended.wait_for(|ended| *ended >= goal);
        let reached = tokio::time::timeout(Duration::from_mins(5), reached).await;
        assert!(reached.is_ok(), "nobody gets through");
    }

    /// Somebody new.
    pub fn newcomer(&self) -> usize {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        assert!(id <= self.load.most, "there are too few people");
        id
    }

    /// Asks, waits for the mail, looks at the link, uses it twice at a time, and once more.
    async fn journey(&self, stopped: &watch::Receiver<bool>) -> Journey {
        let id = self.newcomer();
        self.under_way.send_if_modified(|all| all.insert(id));
        let token = self.link_of(id, stopped).await;
        let journey = match token {
            Some(token) => self.complete(id, &token).await,
            None => Journey { id, window: self.tally.open(), ended: Ended::Otherwise },
        };
        self.under_way.send_if_modified(|all| all.remove(&id));
        self.ended.send_modify(|ended| *ended += 1);
        journey
    }

    /// Asks until it is accepted, and waits for the link, which has to be a good one.
    pub async fn link_of(&self, id: usize, stopped: &watch::Receiver<bool>) -> Option<String> {
        let (address, mut asked) = (address(id), 0);
        let window = loop {
            let window = self.tally.open();
            asked += 1;
            let body = json!({ "identifier": address });
            match self.call("password-resets", &body, id).await {
                Heard::Answer(202, ..) => break window,
                Heard::Answer(status, body, _) => self.failed(&format!("{status} {body}")),
                Heard::Nothing if *stopped.borrow() => return None,
                Heard::Nothing => {}
            }
            tokio::time::sleep(AGAIN).await;
        };
        self.tally.count(window, |it| it.accepted += 1);
        self.accepted.lock().unwrap().push(Accepted { id, window, asked });
        let Some(token) = self.mailbox.link_to(&address, self.load.life + LATE).await else {
            self.tally.count(window, |it| it.lost += 1);
            self.tally.note(format!("no mail came to {address}"));
            return None;
        };
        if (minted_at(&token) - Clock::system().now().unix_timestamp()).abs() > SKEWED {
            self.tally.count(window, |it| it.skewed += 1);
        }
        self.look_at(id, &token).await;
        Some(token)
    }

    /// Looks at a link that is good.
    async fn look_at(&self, id: usize, token: &str) {
        let body = json!({ "token": token, "purpose": "password-reset" });
        loop {
            match self.call("tokens/inspect", &body, id + 1).await {
                Heard::Answer(200, ..) => return,
                Heard::Answer(status, body, _) => return self.refused(status, &body),
                Heard::Nothing => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    /// Uses a link until it is known what became of it: each time twice at once, by two ways.
    pub async fn complete(&self, id: usize, token: &str) -> Journey {
        let mut perhaps = vec![];
        for attempt in 0.. {
            let window = self.tally.open();
            let new: [String; 2] = std::array::from_fn(|contender| {
                format!("journey {id} attempt {attempt} contender {contender}")
            });
            let (first, second) = (&new[0], &new[1]);
            let (first, second) =
                join(self.reset(token, first, id), self.reset(token, second, id + 1)).await;
            self.count_race(window, &first, &second);
            let mut told = vec![];
            let mut refusal = None;
            for (heard, new) in [first, second].into_iter().zip(new) {
                match heard {
                    Heard::Answer(200, ..) => told.push(new),
                    Heard::Answer(status, body, _) => refusal = Some((status, body)),
                    Heard::Nothing => perhaps.push(new),
                }
            }
            if told.len() > 1 {
                self.wrong(window, &format!("{id}: two were told that they won"));
            }
            if let Some(winner) = told.pop() {
                self.tally.count(window, |it| it.winners += 1);
                self.use_again(id, token).await;
                return Journey { id, window, ended: Ended::Told(winner) };
            }
            if let Some((status, body)) = refusal {
                if perhaps.is_empty() {
                    self.refused(status, &body);
                    return Journey { id, window, ended: Ended::Otherwise };
                }
                self.tally.count(window, |it| {
                    it.winners += 1;
                    it.untold += 1;
                });
                return Journey { id, window, ended: Ended::Untold(perhaps) };
            }
            tokio::time::sleep(AGAIN).await;
        }
        unreachable!("it ends before numbers do")
    }

    /// A link that was used does nothing.
    async fn use_again(&self, id: usize, token: &str) {
        loop {
            let window = self.tally.open();
            match self.reset(token, &format!("journey {id} once again"), id + 2).await {
                Heard::Answer(400, ..) => return,
                Heard::Answer(status, ..) => {
                    return self.wrong(window, &format!("{id}: a used link is answered {status}"));
                }
                Heard::Nothing => tokio::time::sleep(AGAIN).await,
            }
        }
    }

    async fn reset(&self, token: &str, new: &str, way: usize) -> Heard {
        let body = json!({ "token": token, "new_password": new });
        self.call("password-resets/complete", &body, way).await
    }

    /// Sends a request and counts what it comes to.
    async fn call(&self, path: &str, body: &Value, way: usize) -> Heard {
        self.tally.count(self.tally.open(), |it| it.requests += 1);
        let request = self.http.post(format!("{}/{path}", self.url)).header(WAY, way);
        let request = request.header("content-type", "application/json").body(body.to_string());
        let answer = request.send().await;
        // What was under way when a fault began is of that fault.
        let window = self.tally.open();
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.failure(window, &format!("{path}: {error:?}")),
        };
        let status = answer.status().as_u16();
        let has = |name: &str| answer.headers().contains_key(name);
        if has(BROKEN) {
            self.tally.count(window, |it| it.broken += 1);
            return Heard::Nothing;
        }
        if status == 503 && has("retry-after") {
            self.tally.count(window, |it| it.busy += 1);
            return Heard::Nothing;
        }
        let by = answer.headers().get(SERVED_BY).and_then(|by| by.to_str().ok());
        let by = by.unwrap_or_default().to_owned();
        let body = answer.json().await.unwrap_or_default();
        match status {
            200 | 202 | 410 => Heard::Answer(status, body, by),
            400 if body["code"] == "token-invalid" => Heard::Answer(status, body, by),
            _ => self.failure(window, &format!("{path}: {status} {body}")),
        }
    }

    fn count_race(&self, window: usize, first: &Heard, second: &Heard) {
        let apart = match (first, second) {
            (Heard::Answer(_, _, one), Heard::Answer(_, _, other)) => one != other,
            _ => false,
        };
        self.tally.count(window, |it| it.apart += usize::from(apart));
    }

    fn failure(&self, window: usize, what: &str) -> Heard {
        let fault = self.tally.window(window).fault;
        self.tally.note(format!("{fault}: {what}"));
        self.tally.count(window, |it| it.failed += 1);
        Heard::Nothing
    }

    fn failed(&self, what: &str) {
        self.failure(self.tally.open(), what);
    }

    fn refused(&self, status: u16, body: &Value) {
        let window = self.tally.open();
        let fault = self.tally.window(window).fault;
        self.tally.note(format!("{fault}: a valid link is refused: {status} {body}"));
        self.tally.count(window, |it| it.refused += 1);
    }

    /// A link that does not have exactly one winner.
    pub fn wrong(&self, window: usize, what: &str) {
        let fault = self.tally.window(window).fault;
        self.tally.note(format!("{fault}: {what}"));
        self.tally.count(window, |it| it.wrong += 1);
    }
}

/// When a token was made, by the clock of who made it, in seconds since 1970.
fn minted_at(token: &str) -> i64 {
    let time = token.split('.').nth(1).expect("a token has three parts");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(time).expect("base64");
    bytes.into_iter().fold(0, |seconds, byte| seconds << 8 | i64::from(byte))
}
