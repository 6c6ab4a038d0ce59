//! What is counted and measured, one function for each thing that happens: so names and labels are
//! spelled in one place. Nothing is kept unless `app` installed a recorder.
//!
//! Labels are names of the configuration and words that stand here: never an address, an id, a
//! token, a path or anything else that somebody sent.

mod table;
mod words;

use std::time::Duration;

use metrics::{Counter, counter, gauge, histogram};

pub use table::{ALL, Kind, Meter};
pub use words::KeyRefused;
pub(super) use words::{Asked, Breached, Completing, Delivery, NoMail, Refusal};

use super::{Application, BreachUse, Door, Event, Job, Recovery, Task, Worthless};
use crate::token::{KeyFacts, Purpose};

impl Recovery {
    /// Lets what is counted begin at nought, so that the first event already is a rise.
    pub fn begin_counting(&self) {
        let mut counters = vec![
            counter!(table::JOBS_LOST),
            counter!(table::JOBS_DOUBLED),
            counter!(table::JOBS_UNAUTHENTIC),
            counter!(table::QUEUE_FALLBACK),
            counter!(table::LIMITS_FALLBACK),
            counter!(table::SPANS_DROPPED),
        ];
        counters.extend(Door::ALL.map(limits_refused));
        counters.extend(KeyRefused::ALL.iter().map(|reason| keys_refused(*reason)));
        counters.extend(self.applications.values().flat_map(|app| counters_of(app)));
        for counter in counters {
            counter.increment(0);
        }
    }

    /// Measures what is known only while somebody looks.
    pub fn measure(&self) {
        gauge!(table::READY).set(truth(self.health().takes_asks));
        gauge!(table::HASHING_PERMITS).set(number(self.hashing.permits()));
        gauge!(table::HASHING_IN_USE).set(number(self.hashing.in_use()));
    }
}

/// Every counter of an application.
fn counters_of(app: &Application) -> Vec<Counter> {
    let name = &app.name;
    let mut counters = vec![
        counter!(table::MAIL_BUDGET_EXHAUSTED, "app" => name.clone()),
        counter!(table::MAIL_PACE_WAITS, "app" => name.clone()),
    ];
    for (purpose, _) in app.mailed() {
        counters.extend(Asked::ALL.iter().map(|word| asks(name, purpose, *word)));
    }
    for purpose in &app.offered {
        counters.extend(Completing::ALL.iter().map(|word| completions(name, *purpose, *word)));
    }
    if app.breaches != BreachUse::NotAsked {
        counters.extend(Breached::ALL.iter().map(|word| breach_lookups(name, *word)));
    }
    counters.extend(NoMail::ALL.iter().map(|word| asks_without_mail(name, *word)));
    counters.extend(Refusal::ALL.iter().map(|word| tokens_refused(name, *word)));
    for word in Delivery::ALL {
        let kinds = app.mailed().filter_map(|(purpose, _)| purpose.mail_kind());
        let kinds = kinds.chain(["invitation", "password_changed", "link_issued"]);
        counters.extend(kinds.map(|kind| mails(name, kind, *word)));
        counters.extend(app.hooks.iter().map(|event| webhook_calls(name, *event, *word)));
    }
    counters
}

/// Counts an ask by what became of it at the door.
pub(super) fn asked(app: &Application, purpose: Purpose, outcome: Asked) {
    asks(&app.name, purpose, outcome).increment(1);
}

/// Counts what the worker made no mail for.
pub(super) fn no_mail(app: &Application, reason: NoMail) {
    asks_without_mail(&app.name, reason).increment(1);
    if reason == NoMail::Budget {
        counter!(table::MAIL_BUDGET_EXHAUSTED, "app" => app.name.clone()).increment(1);
    }
}

/// Counts a mail or a call by what became of a try.
pub(super) fn tried(job: &Job, delivery: Delivery) {
    let counter = match &job.task {
        Task::Mail(mail) => mails(&job.app, mail.kind(), delivery),
        Task::Hook(event, _) => webhook_calls(&job.app, *event, delivery),
    };
    counter.increment(1);
}

/// Counts a mail that waits for its turn in the application's pace.
pub(super) fn pace_wait(app: &Application) {
    counter!(table::MAIL_PACE_WAITS, "app" => app.name.clone()).increment(1);
}

/// Measures how long handing one mail over took, taken or not.
pub fn mail_took(provider: &str, time: Duration) {
    histogram!(table::MAIL_SEND_SECONDS, "provider" => provider.to_owned()).record(time);
}

/// Counts a try to use a token.
pub(super) fn completed(app: &str, purpose: Purpose, outcome: Completing) {
    completions(app, purpose, outcome).increment(1);
}

/// Counts a password of which a breach service was asked.
pub(super) fn breaches_asked(app: &Application, outcome: Breached) {
    breach_lookups(&app.name, outcome).increment(1);
}

/// Counts a token that does nothing. Where that could not be found out, nothing was refused.
pub(super) fn refused(app: &Application, why: &Worthless) {
    if let Some(reason) = Refusal::of(why) {
        tokens_refused(&app.name, reason).increment(1);
    }
}

/// Counts a client that came too often.
pub(super) fn turned_away(door: Door) {
    limits_refused(door).increment(1);
}

/// Measures how long a password waited for its turn to be hashed, or until it was given up.
pub(super) fn hashing_waited(time: Duration) {
    histogram!(table::HASHING_WAIT_SECONDS).record(time);
}

/// Tells whether an application's users table can be used.
pub(super) fn users_table(app: &Application, up: bool) {
    gauge!(table::USERS_TABLE_UP, "app" => app.name.clone()).set(truth(up));
}

/// Tells whether an application's mail server takes mail.
pub(super) fn mail(app: &Application, up: bool) {
    gauge!(table::MAIL_UP, "app" => app.name.clone()).set(truth(up));
}

/// Measures how many jobs wait, of how many that may, and since when.
pub fn queue(waiting: usize, capacity: usize, oldest: Duration) {
    gauge!(table::QUEUE_DEPTH).set(number(waiting));
    gauge!(table::QUEUE_CAPACITY).set(number(capacity));
    gauge!(table::QUEUE_OLDEST_AGE).set(oldest);
}

/// Counts an accepted job that was dropped undone.
pub fn job_lost() {
    counter!(table::JOBS_LOST).increment(1);
}

/// Counts a job that was given out again.
pub fn job_doubled() {
    counter!(table::JOBS_DOUBLED).increment(1);
}

/// Counts a job that none of our keys has sealed.
pub fn job_unauthentic() {
    counter!(table::JOBS_UNAUTHENTIC).increment(1);
}

/// Counts a job that goes through the process for want of Redis.
pub fn queue_fallback() {
    counter!(table::QUEUE_FALLBACK).increment(1);
}

/// Counts what a replica counts for itself for want of Redis.
pub fn limits_fallback() {
    counter!(table::LIMITS_FALLBACK).increment(1);
}

/// Tells whether Redis can be used for something.
pub fn redis(what: &'static str, up: bool) {
    gauge!(table::REDIS_UP, "use" => what).set(truth(up));
}

/// Counts a request that was answered, and measures how long that took.
pub fn answered(method: &'static str, route: &'static str, code: u16, time: Duration) {
    let code = code.to_string();
    counter!(table::HTTP_REQUESTS, "method" => method, "route" => route, "code" => code)
        .increment(1);
    histogram!(table::HTTP_REQUEST_SECONDS, "route" => route).record(time);
}

/// Tells of a key, whether it is in use.
pub fn key(key: &KeyFacts, used: bool) {
    let (name, check) = (key.name.clone(), key.check.clone());
    let signs = if key.signs { "true" } else { "false" };
    gauge!(table::KEY_INFO, "key" => name, "check" => check, "signs" => signs).set(truth(used));
}

/// Counts a look at the folder of keys that found one which is not taken.
pub fn key_refused(reason: KeyRefused) {
    keys_refused(reason).increment(1);
}

/// Counts spans that no collector got.
pub fn spans_dropped(spans: usize) {
    counter!(table::SPANS_DROPPED).increment(spans.try_into().unwrap_or(u64::MAX));
}

/// Tells which version runs.
pub fn build() {
    gauge!(table::BUILD_INFO, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

fn asks(app: &str, purpose: Purpose, outcome: Asked) -> Counter {
    let (app, purpose) = (app.to_owned(), purpose.name());
    counter!(table::ASKS, "app" => app, "purpose" => purpose, "outcome" => outcome.word())
}

fn asks_without_mail(app: &str, reason: NoMail) -> Counter {
    counter!(table::ASKS_WITHOUT_MAIL, "app" => app.to_owned(), "reason" => reason.word())
}

fn mails(app: &str, kind: &'static str, delivery: Delivery) -> Counter {
    let (app, outcome) = (app.to_owned(), delivery.word());
    counter!(table::MAILS, "app" => app, "kind" => kind, "outcome" => outcome)
}

fn webhook_calls(app: &str, event: Event, delivery: Delivery) -> Counter {
    let (app, event, outcome) = (app.to_owned(), event.name(), delivery.word());
    counter!(table::WEBHOOK_CALLS, "app" => app, "event" => event, "outcome" => outcome)
}

fn completions(app: &str, purpose: Purpose, outcome: Completing) -> Counter {
    let (app, purpose) = (app.to_owned(), purpose.name());
    counter!(table::COMPLETIONS, "app" => app, "purpose" => purpose, "outcome" => outcome.word())
}

fn breach_lookups(app: &str, outcome: Breached) -> Counter {
    counter!(table::BREACH_LOOKUPS, "app" => app.to_owned(), "outcome" => outcome.word())
}

fn tokens_refused(app: &str, reason: Refusal) -> Counter {
    counter!(table::TOKENS_REFUSED, "app" => app.to_owned(), "reason" => reason.word())
}

fn keys_refused(reason: KeyRefused) -> Counter {
    counter!(table::KEYS_REFUSED, "reason" => reason.word())
}

fn limits_refused(door: Door) -> Counter {
    counter!(table::LIMITS_REFUSED, "door" => words::door(door))
}

fn number(of: usize) -> f64 {
    u32::try_from(of).unwrap_or(u32::MAX).into()
}

fn truth(of: bool) -> f64 {
    f64::from(u8::from(of))
}
