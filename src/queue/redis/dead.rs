//! What was given up, kept for operators: the newest thousand, sealed as they were.

use std::time::Duration;

use redis::cmd;
use time::OffsetDateTime;

use super::{GROUP, RedisQueue};
use crate::queue::DeadLetter;
use crate::queue::parcel::{Opened, Parcels};
use crate::recovery::Lost;
use crate::redis::Trouble;

/// How many are kept.
const MOST_LETTERS: usize = 1000;

/// What Redis says of jobs that were given out: how many, from which to which, and to whom.
type Pending = (u64, Option<String>, Option<String>, Option<Vec<(String, String)>>);

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
        let why = Lost::from_name(why).map_or("unknown", Lost::name);
        Some(DeadLetter::new(at, why, Parcels::app_of(parcel), job.as_deref()))
    }
}
