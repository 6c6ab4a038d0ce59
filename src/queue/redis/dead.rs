//! What was given up, kept for operators: the newest thousand, sealed as they were.

use std::time::Duration;

use redis::cmd;
use time::OffsetDateTime;

use super::{GROUP, RedisQueue};
use crate::account::logged_id;
use crate::queue::parcel::{Opened, Parcels};
use crate::recovery::{About, Job, Lost, Mail, Task};
use crate::redis::Trouble;

/// How many are kept.
const MOST_LETTERS: usize = 1000;

/// What Redis says of jobs that were given out: how many, from which to which, and to whom.
type Pending = (u64, Option<String>, Option<String>, Option<Vec<(String, String)>>);

/// A job that was given up, with nobody's address in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// When it was given up, to the second; the beginning of time where that cannot be read.
    pub at: OffsetDateTime,
    /// Why, as [`Lost::name`] has it; `unknown` where a newer release has other reasons.
    pub why: &'static str,
    /// The application's name.
    pub app: String,
    /// What it was: `ask`, `link`, `notice` or `hook`; nothing where it cannot be opened here.
    pub kind: Option<&'static str>,
    /// The request that it came from, as logs and mails show it.
    pub reference: Option<String>,
    /// When it was asked for.
    pub asked_at: Option<OffsetDateTime>,
    /// Whom it was about: an address, masked, or an account's id.
    pub about: Option<String>,
}

/// What is in the queue now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Jobs that wait for a worker.
    pub ready: u64,
    /// Jobs that were given out and are not done.
    pub given_out: u64,
    /// Jobs that are put off.
    pub delayed: u64,
    /// What was given up, newest first.
    pub dead: Vec<DeadLetter>,
}

impl RedisQueue {
    /// Keeps a parcel that nothing more is done about.
    pub(super) async fn lay_aside(&self, parcel: &str, why: Lost) -> Result<(), Trouble> {
        let mut call = self.bury.key(&self.dead);
        call.arg(why.name()).arg(parcel).arg(MOST_LETTERS);
        self.work.invoke(&call).await
    }

    /// What is in the queue, for operators.
    ///
    /// # Errors
    /// [`Trouble`] when Redis cannot be asked.
    pub async fn report(&self) -> Result<Report, Trouble> {
        let length: u64 = self.work.query(cmd("XLEN").arg(&self.ready)).await?;
        let delayed: u64 = self.work.query(cmd("ZCARD").arg(&self.delayed)).await?;
        let pending = self.work.query(cmd("XPENDING").arg(&self.ready).arg(GROUP)).await;
        let given_out = match pending.map(|pending: Pending| pending.0) {
            Ok(count) => count,
            // Before the first worker there is no group, and nothing is given out.
            Err(Trouble::Refused(_)) => 0,
            Err(trouble) => return Err(trouble),
        };
        let letters: Vec<String> =
            self.work.query(cmd("LRANGE").arg(&self.dead).arg(0).arg(-1)).await?;
        let dead = letters.iter().filter_map(|letter| self.read(letter)).collect();
        Ok(Report { ready: length.saturating_sub(given_out), given_out, delayed, dead })
    }

    fn read(&self, letter: &str) -> Option<DeadLetter> {
        let (seconds, rest) = letter.split_once(' ')?;
        let (why, parcel) = rest.split_once(' ')?;
        let at = OffsetDateTime::UNIX_EPOCH + Duration::from_secs(seconds.parse().ok()?);
        let job = match self.parcels.open(parcel) {
            Opened::Job(job) => Some(job),
            Opened::Strange | Opened::Unauthentic => None,
        };
        let job = job.as_deref();
        Some(DeadLetter {
            at,
            why: Lost::from_name(why).map_or("unknown", Lost::name),
            app: Parcels::app_of(parcel).to_owned(),
            kind: job.map(|job| job.task.kind()),
            reference: job.map(|job| job.reference.clone()),
            asked_at: job.map(|job| job.asked_at),
            about: job.map(about),
        })
    }
}

fn about(job: &Job) -> String {
    match &job.task {
        Task::Mail(Mail::Ask(identifier, _)) => identifier.masked(),
        Task::Mail(Mail::PasswordChanged(change, _)) | Task::Hook(_, About::Change(change)) => {
            account(&change.user_id)
        }
        Task::Mail(Mail::LinkIssued(given, _)) => account(&given.user_id),
        Task::Mail(Mail::Link { user_id, .. }) | Task::Hook(_, About::Account { user_id, .. }) => {
            account(user_id)
        }
    }
}

fn account(user_id: &str) -> String {
    format!("account {}", logged_id(user_id))
}
