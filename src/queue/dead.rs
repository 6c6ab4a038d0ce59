//! What was given up, as operators are shown it.

use serde::Serialize;
use time::OffsetDateTime;

use crate::account::logged_id;
use crate::recovery::{Job, Mail, Task};

/// A job that was given up, with nobody's address in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadLetter {
    /// When it was given up, to the second; the beginning of time where that cannot be read.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Why, as [`crate::recovery::Lost::name`] has it; `unknown` where a newer release has other reasons.
    pub why: &'static str,
    /// The application's name.
    pub app: String,
    /// What it was: `ask`, `link`, `notice` or `hook`; nothing where it cannot be opened here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<&'static str>,
    /// The request that it came from, as logs and mails show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<OffsetDateTime>,
    /// Whom it was about, an address, masked, or an account's id; of a hook, the event too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl DeadLetter {
    /// What can be told of a job of this application; less, where it cannot be opened here.
    pub(super) fn new(at: OffsetDateTime, why: &'static str, app: &str, job: Option<&Job>) -> Self {
        Self {
            at: at.truncate_to_second(),
            why,
            app: app.to_owned(),
            kind: job.map(|job| job.task.kind()),
            reference: job.map(|job| job.reference.clone()),
            asked_at: job.map(|job| job.asked_at),
            about: job.map(about),
        }
    }
}

fn about(job: &Job) -> String {
    let account = |id| format!("account {}", logged_id(id));
    let account = job.task.user_id().map(account).unwrap_or_default();
    match &job.task {
        Task::Mail(Mail::Ask(identifier, _)) => identifier.masked(),
        Task::Mail(_) => account,
        Task::Hook(event, _) => format!("{} of {account}", event.name()),
    }
}
