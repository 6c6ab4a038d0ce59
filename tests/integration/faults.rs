//! Real processes behind a proxy, on PostgreSQL and Redis, under constant load, and every fault that operators see:
//! nothing that was accepted is lost, no good link is refused, and every link has one winner.
//!
//! The short form does each fault once or a few times; the long one (`tests/all --long`) more often and for longer,
//! with twenty kills. Both write their table to `$REGAIN_TEST_FIGURES/faults.md`.

mod cluster;
mod crowd;
mod drain;
mod limits;
mod mailbox;
mod proxy;
mod starting;
mod tally;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use argon2::{Argon2, PasswordVerifier};
use futures_util::future::join_all;
use regain::clock::Clock;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::databases::left_out;
use crate::harness::client;
use crate::people::OLD_HASH;
use cluster::{Cluster, REPLICAS, TWO};
use crowd::{Crowd, Ended, Journey, Load, People, address};
use tally::{Tally, Window};

/// How much is done.
struct Form {
    /// How long links live: longer than clocks differ and mails may wait, by as much again.
    life: Duration,
    /// Somebody new begins so often.
    every: Duration,
    people: usize,
    /// Journeys that end before the next fault.
    journeys: usize,
    rolls: usize,
    kills: usize,
    /// How often each server goes away, and for how long.
    times: usize,
    away: Duration,
}

const SHORT: Form = Form {
    life: Duration::from_secs(90),
    every: Duration::from_millis(80),
    people: 20_000,
    journeys: 40,
    rolls: 1,
    kills: 3,
    times: 1,
    away: Duration::from_secs(2),
};

const LONG: Form = Form {
    life: Duration::from_mins(4),
    every: Duration::from_millis(40),
    people: 100_000,
    journeys: 200,
    rolls: 3,
    kills: 20,
    times: 3,
    away: Duration::from_secs(10),
};

/// A run, and all that is in it.
struct Run {
    form: Form,
    cluster: Cluster,
    tally: Arc<Tally>,
    people: Arc<People>,
    /// Nobody is stopped who is asked for by the run itself.
    going: watch::Receiver<bool>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a27_a55_a74_a84_three_processes_under_load_lose_nothing_to_any_fault() {
    let Some(faketime) = faketime() else { return };
    let form = if std::env::var_os("REGAIN_TEST_LONG").is_some() { LONG } else { SHORT };
    let life = format!("{}s", form.life.as_secs());
    let more =
        [("APPS__DEFAULT__LIFETIMES__PASSWORD_RESET", &life[..]), ("LIMITS__PER_CLIENT", MANY)];
    let Some(cluster) = Cluster::start(form.people, &more).await else { return };
    cluster.mailbox.be_slow_by(Duration::from_millis(100));
    let tally = Arc::new(Tally::new());
    tally.begin("none", 0);
    let seen = (cluster.mailbox.clone(), tally.clone());
    let load = Load { every: form.every, most: form.people, life: form.life };
    let crowd = Crowd::start(&cluster.proxy.url, seen, load);
    let (_stop, going) = watch::channel(false);
    let mut run = Run { form, cluster, tally, people: crowd.people.clone(), going };
    run.settle().await;
    let kept = run.add_a_key_and_sign_by_it().await;
    run.restart_all().await;
    run.kill().await;
    run.take_postgres_away().await;
    run.take_redis_away().await;
    run.take_mail_away().await;
    run.skew(&faketime, 30).await;
    run.skew(&faketime, -30).await;
    run.retire_the_key(kept).await;
    let journeys = crowd.stop().await;
    run.verify(&journeys).await;
    run.cluster.stop().await;
    run.people.count_doubled();
    run.hold_to_what_was_promised();
}

/// So many that nobody comes too often.
const MANY: &str = "100000000/h";

impl Run {
    /// Goes on for a while and lets everybody end who began by then.
    async fn settle(&self) {
        self.people.until_more(self.form.journeys).await;
        self.people.until_settled().await;
    }

    /// Links that are good, of people who do not use them yet.
    async fn links(&self, count: usize) -> Vec<(usize, String)> {
        let ids: Vec<_> = (0..count).map(|_| self.people.newcomer()).collect();
        let links = ids.into_iter().map(async |id| {
            (id, self.people.link_of(id, &self.going).await.expect("a link comes"))
        });
        join_all(links).await
    }

    /// The first two steps of a rotation. A link that the old key signed, and when it signed no more.
    async fn add_a_key_and_sign_by_it(&mut self) -> (String, Instant) {
        self.tally
            .begin("key rotation: another key is added, and signs", self.cluster.replicas.len());
        self.cluster.write_key("b", TWO);
        self.cluster.until_keys(&["a", "b"]).await;
        "b".clone_into(&mut self.cluster.signing);
        let mut old = self.links(8).await;
        self.cluster.roll().await;
        let signs_no_more = Instant::now();
        let (_, kept) = old.pop().expect("there are some");
        for (id, token) in old {
            let journey = self.people.complete(id, &token).await;
            assert!(matches!(journey.ended, Ended::Told(_)), "the old key still verifies");
        }
        self.settle().await;
        (kept, signs_no_more)
    }

    async fn restart_all(&mut self) {
        self.tally.begin("rolling restart of all three", self.form.rolls);
        for _roll in 0..self.form.rolls {
            self.cluster.roll().await;
            self.people.until_more(self.form.journeys).await;
        }
        self.settle().await;
    }

    async fn kill(&mut self) {
        self.tally.begin("kill -9 of one of them", self.form.kills);
        for kill in 0..self.form.kills {
            self.cluster.kill(kill % REPLICAS).await;
            self.people.until_more(self.form.journeys / 4).await;
        }
        self.settle().await;
    }

    async fn take_postgres_away(&mut self) {
        self.tally.begin("PostgreSQL is restarted", self.form.times);
        for time in 0..self.form.times {
            // In order, and as in a crash.
            self.cluster.postgres.stop(["fast", "immediate"][time % 2]).await;
            tokio::time::sleep(self.form.away).await;
            self.cluster.postgres.start_again().await;
            self.settle().await;
        }
    }

    async fn take_redis_away(&mut self) {
        self.tally.begin("Redis is killed and restarted", self.form.times);
        for _time in 0..self.form.times {
            self.cluster.redis.kill();
            tokio::time::sleep(self.form.away).await;
            self.cluster.redis.start_again().await;
            self.settle().await;
        }
    }

    async fn take_mail_away(&mut self) {
        self.tally.begin("the mail server is away", self.form.times);
        for _time in 0..self.form.times {
            self.cluster.mailbox.be_there(false);
            tokio::time::sleep(self.form.away).await;
            self.cluster.mailbox.be_there(true);
            self.settle().await;
        }
    }

    /// The clock of one process is wrong by so many seconds, until it is replaced.
    async fn skew(&mut self, faketime: &str, seconds: i64) {
        self.tally.begin(&format!("a clock is wrong by {seconds:+} s"), 1);
        let (window, by) = (self.tally.open(), format!("{seconds:+}s"));
        let environment =
            [("LD_PRELOAD", faketime), ("FAKETIME", &by), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
        self.cluster.replace(0, &environment).await;
        let told = clock_of(&self.cluster.replicas[0].url).await;
        let ahead = told - Clock::system().now();
        assert!((ahead.whole_seconds() - seconds).abs() <= 10, "it is {ahead} ahead");
        while self.tally.window(window).skewed < self.form.journeys / 4 {
            self.people.until_more(1).await;
        }
        self.settle().await;
        self.cluster.replace(0, &[]).await;
        self.people.until_settled().await;
    }

    /// The last step of the rotation, once nothing is good any more that the old key signed.
    async fn retire_the_key(&mut self, (kept, signs_no_more): (String, Instant)) {
        self.tally.begin("key rotation: the old key is retired", 1);
        tokio::time::sleep_until(signs_no_more + self.form.life).await;
        for replica in &self.cluster.replicas {
            let body = json!({ "token": kept, "purpose": "password-reset" });
            let answer = replica.post("tokens/inspect", &body).await;
            assert_eq!(answer.code(), "token-expired", "it was ours, and its time is over");
        }
        self.cluster.remove_key("a");
        self.cluster.until_keys(&["b"]).await;
        for replica in &self.cluster.replicas {
            let body = json!({ "token": kept, "purpose": "password-reset" });
            let answer = replica.post("tokens/inspect", &body).await;
            assert_eq!(answer.code(), "token-invalid", "nobody knows whose it was");
        }
        self.settle().await;
    }

    /// Holds what people were told to what their rows have.
    async fn verify(&self, journeys: &[Journey]) {
        let all = "SELECT string_agg(id || ' ' || password, E'\\n') FROM users WHERE password <> ";
        let all = self.cluster.users.text(&format!("{all}'{OLD_HASH}'")).await.unwrap_or_default();
        let rows = all.lines().map(|line| line.split_once(' ').expect("an id and a hash"));
        let rows: HashMap<usize, &str> =
            rows.map(|(id, hash)| (id.parse().unwrap(), hash)).collect();
        let holds = |id: &usize, password: &String| {
            rows.get(id).is_some_and(|hash| verifies(hash, password))
        };
        for Journey { id, window, ended } in journeys {
            let right = match ended {
                Ended::Told(winner) => holds(id, winner),
                Ended::Untold(perhaps) => perhaps.iter().filter(|it| holds(id, it)).count() == 1,
                Ended::Otherwise => true,
            };
            if !right {
                let who = address(*id);
                self.people.wrong(*window, &format!("{who} has another password: {ended:?}"));
            }
        }
    }

    fn hold_to_what_was_promised(&self) {
        let (windows, notes) = self.tally.end();
        let taken_over = self.cluster.taken_over;
        let table = format!(
            "{}\nJobs that a process took over from another one: {taken_over}.\n",
            tally::table(&windows)
        );
        write(&table);
        let of = |window: &Window| {
            let Window { failed, lost, refused, wrong, .. } = window;
            failed + lost + refused + wrong
        };
        assert_eq!(
            windows.iter().map(of).sum::<usize>(),
            0,
            "{notes:#?} {:#?}\n{table}",
            self.cluster.given_up
        );
        // Some of twenty were killed with a mail half handed over.
        assert!(taken_over > 0 || self.form.kills < 20, "{table}");
        for window in &windows {
            let may_break = window.fault.starts_with("kill");
            assert!(window.broken == 0 || may_break, "{}\n{table}", window.fault);
            assert!(window.apart > 0, "{}: no race by two processes\n{table}", window.fault);
        }
    }
}

fn verifies(hash: &str, password: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// What a process takes the time to be.
async fn clock_of(url: &str) -> OffsetDateTime {
    let answer = client().get(format!("{url}/healthz")).send().await.unwrap();
    let date = answer.headers()["date"].to_str().unwrap().replace("GMT", "+0000");
    OffsetDateTime::parse(&date, &Rfc2822).unwrap()
}

/// The library that tells a process another time, if this run has it.
fn faketime() -> Option<String> {
    let library = std::env::var("REGAIN_TEST_FAKETIME").ok();
    if library.is_none() {
        left_out("libfaketime", "REGAIN_TEST_FAKETIME");
    }
    library
}

fn write(table: &str) {
    if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
        let figures = format!(
            "## Faults\n\nThree processes behind a proxy, on PostgreSQL and Redis, under constant load.\n\n{table}"
        );
        std::fs::write(std::path::Path::new(&folder).join("faults.md"), figures).unwrap();
    }
}
