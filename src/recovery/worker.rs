//! What happens after the answer: find the accounts, keep the eligible ones, take from their
//! budgets, mint, send (`worker/link.rs`), and let the newest link win (`worker/newest.rs`); tell of a
//! change once it is written; and what becomes of a job when that does not work (`worker/outcome.rs`).

mod link;
mod newest;
mod outcome;

use std::time::Duration;

use tracing::Instrument as _;

use super::change::Seen;
use super::{
    About, Application, Call, Change, Event, GivenLink, Job, Later, Letter, Lost, Mail, Message,
    Recovery, SendError, Task, meters, trace,
};
use crate::account::Account;
use crate::language::Language;
use crate::token::Purpose;

/// How long a notice waits for its row to be written before it is given up.
const CHANGE_PATIENCE: Duration = Duration::from_mins(5);
/// How long a job makes way, more or less, where few wait.
const BUSY: Duration = Duration::from_secs(1);
/// So many of one application make way each second at most, however many there are: each has to be taken
/// out of the queue and put in again.
const MAKE_WAY_EACH_SECOND: usize = 500;
/// How long notices and hooks go on being tried once the row is written.
const NEWS_LIFE: Duration = Duration::from_hours(24);

impl Recovery {
    /// Does one job as far as it can be done now, and says what is left of it. The queue has to put
    /// that in its place: where it cannot, the job has to be given out once more, at the price that
    /// what was done of it is done again.
    pub async fn perform(&self, job: Job) -> Vec<Later> {
        let (span, traced) =
            (tracing::info_span!("job", reference = job.reference), trace::job(&job));
        traced.around(self.do_job(job).instrument(span)).await
    }

    async fn do_job(&self, job: Job) -> Vec<Later> {
        let Some(app) = self.application(&job.app) else {
            tracing::error!(app = job.app, "job of an unknown application dropped");
            meters::job_lost();
            trace::came_to("lost", false);
            return vec![];
        };
        if self.clock.now() >= job.asked_at + life(app, &job.task) {
            self.give_up(&job, Lost::TooLate, &"asked too long ago").await;
            return vec![];
        }
        let (share, lane) = match &job.task {
            Task::Mail(_) => (Some(&app.job_share), &app.lane),
            Task::Hook(..) => (None, &app.hook_lane),
        };
        let share = share.map(|share| share.try_acquire()).transpose();
        let (Ok(_of_the_application), Ok(_until_it_is_done)) = (share, lane.try_acquire()) else {
            return self.make_way(job).await;
        };
        if let Some(left) = self.past_second_factor(app, &job).await {
            return left;
        }
        let left = match &job.task {
            Task::Mail(Mail::Ask(identifier, wish)) => {
                return self.find_and_send(app, &job, identifier, wish).await;
            }
            Task::Mail(Mail::Link { user_id, wish, draft }) => {
                return self.send_again(app, &job, user_id, wish, draft).await;
            }
            Task::Mail(Mail::PasswordChanged(change, number)) => {
                self.tell_owner(app, &job, change, *number).await
            }
            Task::Mail(Mail::LinkIssued(given, number)) => {
                self.tell_of_link(app, &job, given, *number).await
            }
            Task::Hook(event, About::Change(change)) => {
                match self.changed(app, &job, change).await {
                    Ok(account) => {
                        let event_id = job.reference.clone();
                        self.call(&job, *event, account.id, None, event_id).await
                    }
                    Err(left) => left,
                }
            }
            Task::Hook(event, About::Account { user_id, event_id, purpose }) => {
                self.call(&job, *event, user_id.clone(), *purpose, event_id.clone()).await
            }
        };
        left.into_iter().collect()
    }

    /// Lets a job wait whose application, mail server or receiver is busy with as many as may wait for it,
    /// so that those of others go by. This is no attempt, and nothing was looked up.
    async fn make_way(&self, job: Job) -> Vec<Later> {
        let busy = "as many of its application or by its server are under way as may be";
        if self.is_in_the_way(&job) {
            self.give_up(&job, Lost::TooMuch, &busy).await;
            return vec![];
        }
        let [random] = self.random.bytes();
        tracing::debug!(app = job.app, kind = job.task.kind(), "makes way: {busy}");
        trace::came_to("made_way", true);
        let after = makes_way_for(self.jobs.waiting_of(&job.app), random);
        vec![Later { job, after }]
    }

    /// Whether a job that would have to wait is one that asks for mail shall not find the queue full
    /// of: a receiver that is away for a day must not keep people from their links.
    fn is_in_the_way(&self, job: &Job) -> bool {
        matches!(job.task, Task::Hook(..)) && self.jobs.is_crowded(&job.app)
    }

    /// Tells the owner, at one of the account's addresses, that the password was changed. This
    /// waits for no turn: they must know at once.
    async fn tell_owner(
        &self,
        app: &Application,
        job: &Job,
        change: &Change,
        number: usize,
    ) -> Option<Later> {
        let account = match self.changed(app, job, change).await {
            Ok(account) => account,
            Err(left) => return left,
        };
        let to = account.notice_addresses().get(number).copied()?;
        let message = Message::PasswordChanged {
            at: change.at,
            client: change.by,
            not_me: app.not_me_link.clone(),
        };
        let id = format!("{}.{number}", job.reference);
        let language = account_language(&account).unwrap_or(app.language);
        let notice = self.letter(job, &account, to, id, language, message);
        self.send(job, notice, NEWS_LIFE).await
    }

    /// Tells the owner, at one of the account's addresses, that an operator was given a link. This
    /// waits for no turn and no budget, as little as the other notice.
    async fn tell_of_link(
        &self,
        app: &Application,
        job: &Job,
        given: &GivenLink,
        number: usize,
    ) -> Option<Later> {
        let account = match app.accounts.read(&given.user_id).await {
            Ok(account) => account?,
            Err(error) => return self.later(job, NEWS_LIFE, &error).await,
        };
        let to = account.notice_addresses().get(number).copied()?;
        let message = Message::LinkIssued {
            purpose: given.purpose,
            at: job.asked_at,
            expires_at: given.expires_at,
        };
        let id = format!("{}.{number}", job.reference);
        let language = account_language(&account).unwrap_or(app.language);
        let notice = self.letter(job, &account, to, id, language, message);
        self.send(job, notice, NEWS_LIFE).await
    }

    /// The account whose row carries the change, if it does; a change that may yet come is
    /// looked for again.
    async fn changed(
        &self,
        app: &Application,
        job: &Job,
        change: &Change,
    ) -> Result<Account, Option<Later>> {
        Err(match change.seen(app, self.jobs.as_ref()).await {
            Ok(Seen::Written(account)) => return Ok(*account),
            // No trouble: where the row is never written, there is nothing to tell.
            Ok(Seen::NotYet) => {
                let left = self.put_off(job, CHANGE_PATIENCE, &"the row is not written");
                left.or_else(|| drop_unwritten(job))
            }
            Ok(Seen::Never) => drop_unwritten(job),
            Err(error) => self.later(job, NEWS_LIFE, &error).await,
        })
    }

    async fn call(
        &self,
        job: &Job,
        event: Event,
        user_id: String,
        purpose: Option<Purpose>,
        id: String,
    ) -> Option<Later> {
        let call = Call {
            app: job.app.clone(),
            event,
            user_id,
            purpose,
            id,
            at: job.asked_at,
            now: self.clock.now(),
        };
        let called = self.hooks.call(&call).await;
        if let Err(why @ SendError::Passing(_)) = &called
            && self.is_in_the_way(job)
        {
            self.give_up(job, Lost::TooMuch, why).await;
            return None;
        }
        self.conclude(job, event.name(), called, NEWS_LIFE).await
    }

    async fn send(&self, job: &Job, letter: Letter, life: Duration) -> Option<Later> {
        let kind = letter.message.kind();
        let sent = self.sender.send(&letter).await;
        self.conclude(job, kind, sent, life).await
    }

    fn letter(
        &self,
        job: &Job,
        account: &Account,
        to: &str,
        id: String,
        language: Language,
        message: Message,
    ) -> Letter {
        Letter {
            app: job.app.clone(),
            to: to.to_owned(),
            display_name: account.display_name.clone(),
            username: account.username.clone(),
            language,
            id,
            reference: job.reference.clone(),
            attempt: job.attempt.saturating_add(1),
            now: self.clock.now(),
            message,
            wording: None,
        }
    }
}

/// How long a job makes way where so many of its application wait: all of them equally long but for
/// chance, so that none overtakes the others for good.
fn makes_way_for(waiting: usize, random: u8) -> Duration {
    let times = u32::try_from(waiting / MAKE_WAY_EACH_SECOND).unwrap_or(u32::MAX).clamp(1, 60);
    BUSY * times * (64 + u32::from(random)) / 128
}

fn drop_unwritten(job: &Job) -> Option<Later> {
    tracing::info!(app = job.app, kind = job.task.kind(), "dropped: it was not written");
    trace::came_to("not_written", true);
    None
}

/// How long a job is of use, from when it was asked for.
fn life(app: &Application, task: &Task) -> Duration {
    match task {
        Task::Mail(Mail::Ask(_, wish) | Mail::Link { wish, .. }) => app.life_of(wish),
        Task::Mail(Mail::PasswordChanged(..) | Mail::LinkIssued(..)) | Task::Hook(..) => NEWS_LIFE,
    }
}

fn account_language(account: &Account) -> Option<Language> {
    account.locale.as_deref().and_then(Language::from_tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_jobs_wait_the_longer_each_makes_way_and_never_for_long() {
        let millis = |waiting, random| makes_way_for(waiting, random).as_millis();
        assert_eq!((millis(0, 0), millis(0, 64), millis(999, 255)), (500, 1_000, 2_492));
        assert_eq!((millis(1_000, 64), millis(10_000, 64)), (2_000, 20_000));
        assert_eq!(millis(usize::MAX, 64), 60_000);
    }
}
