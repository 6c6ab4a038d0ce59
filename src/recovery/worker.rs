//! What happens after the answer: find the accounts, keep the eligible ones, take from their
//! budgets, mint, send.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use tracing::Instrument as _;

use super::change::Seen;
use super::meters::{Delivery, NoMail};
use super::{
    About, Application, Call, Change, Draft, Event, Job, Letter, LinkMail, LinkWish, Mail, Message,
    Recovery, SendError, Task, TryAfter, meters,
};
use crate::account::{Account, Identifier, logged_id};
use crate::language::Language;
use crate::token::{Claims, MAX_TOKEN_BYTES, Token, base64url};

/// Most accounts that share one address and each get a link.
const ACCOUNTS_PER_ADDRESS: usize = 5;
/// First wait after passing trouble, more or less; it doubles from attempt to attempt.
const FIRST_RETRY: Duration = Duration::from_secs(2);
/// Longest wait between attempts.
const LONGEST_RETRY: Duration = Duration::from_mins(5);
/// Longest wait for a turn in the application's pace: more would fill the queue.
const LONGEST_TURN: Duration = Duration::from_hours(1);
/// How long a notice waits for its row to be written before it is given up.
const CHANGE_PATIENCE: Duration = Duration::from_mins(5);
/// How long notices and hooks go on being tried once the row is written.
const NEWS_LIFE: Duration = Duration::from_hours(24);

impl Recovery {
    /// Does one job to its end, or hands what is left of it back to the queue.
    pub async fn perform(&self, job: Job) {
        let span = tracing::info_span!("job", reference = job.reference);
        self.do_job(job).instrument(span).await;
    }

    async fn do_job(&self, job: Job) {
        let Some(app) = self.application(&job.app) else {
            tracing::error!(app = job.app, "job of an unknown application dropped");
            meters::job_lost();
            return;
        };
        if let Task::Mail(Mail::Ask(_, wish) | Mail::Link { wish, .. }) = &job.task
            && self.clock.now() >= job.asked_at + app.lifetime(wish.purpose)
        {
            tracing::error!(app = app.name, kind = job.task.kind(), "given up: asked too long ago");
            meters::tried(&job, Delivery::GivenUp);
            return;
        }
        match &job.task {
            Task::Mail(Mail::Ask(identifier, wish)) => {
                self.find_and_send(app, &job, identifier, wish).await;
            }
            Task::Mail(Mail::Link { user_id, wish, draft }) => {
                self.send_again(app, &job, user_id, wish, draft).await;
            }
            Task::Mail(Mail::PasswordChanged(change, number)) => {
                // A notice waits for no turn: its owner must know at once.
                if let Some(account) = self.changed(app, &job, change).await {
                    let Some(to) = account.notice_addresses().get(*number).copied() else { return };
                    let message = Message::PasswordChanged {
                        at: change.at,
                        client: change.by,
                        not_me: app.not_me_link.clone(),
                    };
                    let id = format!("{}.{number}", job.reference);
                    let language = account_language(&account).unwrap_or(app.language);
                    let notice = self.letter(&job, &account, to, id, language, message);
                    self.send(&job, notice, NEWS_LIFE).await;
                }
            }
            Task::Hook(event, About::Change(change)) => {
                if let Some(account) = self.changed(app, &job, change).await {
                    let event_id = job.reference.clone();
                    self.call(app, &job, *event, account.id, event_id).await;
                }
            }
            Task::Hook(event, About::Account { user_id, event_id }) => {
                self.call(app, &job, *event, user_id.clone(), event_id.clone()).await;
            }
        }
    }

    async fn find_and_send(
        &self,
        app: &Application,
        job: &Job,
        identifier: &Identifier,
        wish: &LinkWish,
    ) {
        let accounts = match app.accounts.find(identifier, ACCOUNTS_PER_ADDRESS).await {
            Ok(accounts) => accounts,
            Err(error) => return self.later(job, app.lifetime(wish.purpose), &error).await,
        };
        if accounts.is_empty() {
            tracing::info!(app = app.name, "no mail: there is no such account");
            meters::no_mail(app, NoMail::NoAccount);
        }
        for account in accounts {
            if let Err(reason) = account.eligible() {
                tracing::info!(app = app.name, user_id = account.logged_id(), %reason, "no mail");
                meters::no_mail(app, NoMail::Ineligible);
            } else if self.limits.mail_budget(&app.name, &account.id).await {
                if wish.disputed {
                    self.tell_dispute(app, job, &account).await;
                }
                self.send_link(app, job, &account, wish, &self.draft()).await;
            } else {
                tracing::info!(
                    app = app.name,
                    user_id = account.logged_id(),
                    "no mail: budget used up"
                );
                meters::no_mail(app, NoMail::Budget);
            }
        }
    }

    /// Within the mail budget, so that a stranger can say so no oftener than ask for mail.
    async fn tell_dispute(&self, app: &Application, job: &Job, account: &Account) {
        tracing::warn!(app = app.name, user_id = account.logged_id(), "password change disputed");
        if app.hooks.contains(&Event::AccountDisputed) {
            let about = About::Account { user_id: account.id.clone(), event_id: self.new_id() };
            let hook = Task::Hook(Event::AccountDisputed, about);
            self.follow(job.with(hook), Duration::ZERO).await;
        }
    }

    /// A link that was paid for, but could not be sent: the account may have changed since.
    async fn send_again(
        &self,
        app: &Application,
        job: &Job,
        user_id: &str,
        wish: &LinkWish,
        draft: &Draft,
    ) {
        match app.accounts.read(user_id).await {
            Ok(Some(account)) if account.eligible().is_ok() => {
                self.send_link(app, job, &account, wish, draft).await;
            }
            Ok(_) => {
                let user_id = logged_id(user_id);
                tracing::info!(app = app.name, user_id, "no mail: account gone or closed");
                meters::no_mail(app, NoMail::Ineligible);
            }
            Err(error) => self.later(job, app.lifetime(wish.purpose), &error).await,
        }
    }

    async fn send_link(
        &self,
        app: &Application,
        job: &Job,
        account: &Account,
        wish: &LinkWish,
        draft: &Draft,
    ) {
        let lifetime = app.lifetime(wish.purpose);
        let now = self.clock.now();
        let fresh = now - draft.issued_at <= lifetime / 2;
        let draft = if fresh { draft.clone() } else { self.draft() };
        let job = &job.with(Task::Mail(Mail::Link {
            user_id: account.id.clone(),
            wish: wish.clone(),
            draft: draft.clone(),
        }));
        if !job.has_turn {
            let patience = job.asked_at + lifetime - now;
            let patience = Duration::try_from(patience).unwrap_or_default().min(LONGEST_TURN);
            match self.limits.pace(&app.name, patience).await {
                Ok(Duration::ZERO) => {}
                Ok(wait) => {
                    meters::pace_wait(app);
                    return self.follow(Job { has_turn: true, ..job.clone() }, wait).await;
                }
                Err(TryAfter(wait)) => {
                    self.limits.give_back(&app.name, &account.id).await;
                    tracing::error!(app = app.name, ?wait, "given up: too much mail");
                    meters::tried(job, Delivery::GivenUp);
                    return;
                }
            }
        }
        let Some(to) = account.link_address() else { return };
        let token = mint(app, account, wish, draft.issued_at);
        let left = draft.issued_at + lifetime - now;
        let message = Message::Link {
            kind: LinkMail::PasswordReset,
            link: app.reset_link.fill(&token),
            lifetime: Duration::try_from(left).unwrap_or_default(),
        };
        let language = wish.languages.choose(account_language(account)).unwrap_or(app.language);
        let letter = self.letter(job, account, to, draft.id, language, message);
        self.send(job, letter, lifetime).await;
    }

    fn draft(&self) -> Draft {
        Draft { issued_at: self.clock.now(), id: self.new_id() }
    }

    /// A name that no other mail or event has: 144 random bits.
    fn new_id(&self) -> String {
        base64url::encode(&self.random.bytes::<18>())
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
            language,
            id,
            reference: job.reference.clone(),
            attempt: job.attempt.saturating_add(1),
            now: self.clock.now(),
            message,
        }
    }

    async fn send(&self, job: &Job, letter: Letter, life: Duration) {
        let kind = letter.message.kind();
        let sent = self.sender.send(&letter).await;
        self.conclude(job, kind, sent, life).await;
    }

    async fn call(&self, app: &Application, job: &Job, event: Event, user_id: String, id: String) {
        let call = Call {
            app: app.name.clone(),
            event,
            user_id,
            id,
            at: job.asked_at,
            now: self.clock.now(),
        };
        let called = self.hooks.call(&call).await;
        self.conclude(job, event.name(), called, NEWS_LIFE).await;
    }

    /// The account whose row carries the change, if it does; a change that may yet come is
    /// looked for again.
    async fn changed(&self, app: &Application, job: &Job, change: &Change) -> Option<Account> {
        match change.seen(app, self.jobs.as_ref()).await {
            Ok(Seen::Written(account)) => return Some(*account),
            // No trouble: where the row is never written, there is nothing to tell.
            Ok(Seen::NotYet) => {
                self.put_off(job, CHANGE_PATIENCE, &"the row is not written").await;
            }
            Ok(Seen::Never) => {
                let kind = job.task.kind();
                tracing::info!(app = app.name, kind, "dropped: it was not written");
            }
            Err(error) => self.later(job, NEWS_LIFE, &error).await,
        }
        None
    }

    async fn conclude(
        &self,
        job: &Job,
        kind: &'static str,
        outcome: Result<(), SendError>,
        life: Duration,
    ) {
        let app = &job.app;
        match outcome {
            Ok(()) => {
                tracing::info!(app, kind, "sent");
                meters::tried(job, Delivery::Sent);
            }
            Err(error @ SendError::Unanswered(_)) => {
                meters::tried(job, Delivery::Unanswered);
                self.later(job, life, &error).await;
            }
            Err(error @ SendError::Passing(_)) => self.later(job, life, &error).await,
            Err(error @ SendError::Final(_)) => {
                tracing::error!(app, kind, %error, "lost");
                meters::tried(job, Delivery::Lost);
            }
        }
    }

    /// Puts a job off because of trouble, and counts it.
    async fn later(&self, job: &Job, life: Duration, why: &(dyn fmt::Display + Sync)) {
        let delivery = self.put_off(job, life, why).await;
        meters::tried(job, delivery);
    }

    /// Puts a job off, unless it would come too late to be of use.
    async fn put_off(
        &self,
        job: &Job,
        life: Duration,
        why: &(dyn fmt::Display + Sync),
    ) -> Delivery {
        let delay = backoff(job.attempt, self.random.bytes());
        let (app, kind) = (&job.app, job.task.kind());
        if self.clock.now() + delay >= job.asked_at + life {
            tracing::error!(app, kind, %why, "given up");
            return Delivery::GivenUp;
        }
        tracing::warn!(app, kind, %why, ?delay, "put off");
        self.follow(Job { attempt: job.attempt + 1, ..job.clone() }, delay).await;
        Delivery::Retried
    }

    async fn follow(&self, job: Job, delay: Duration) {
        if let Err(error) = self.jobs.follow(job, delay).await {
            tracing::error!(%error, "job lost");
            meters::job_lost();
        }
    }
}

/// A token as it was wished for. A key of the table may be so long that a return target does not
/// fit beside it; then the person goes without.
fn mint(app: &Application, account: &Account, wish: &LinkWish, at: OffsetDateTime) -> Token {
    let mut claims = Claims {
        user_id: account.id.clone(),
        fingerprint: app.keys.fingerprint(wish.purpose, &account.marks()),
        lifetime: None,
        return_to: wish.return_to.clone(),
    };
    let token = app.keys.mint(wish.purpose, at, &claims);
    if token.expose().len() <= MAX_TOKEN_BYTES {
        return token;
    }
    claims.return_to = None;
    app.keys.mint(wish.purpose, at, &claims)
}

fn account_language(account: &Account) -> Option<Language> {
    account.locale.as_deref().and_then(Language::from_tag)
}

/// Doubles from attempt to attempt; between three and five quarters of that, so that what failed
/// together is not tried again together.
fn backoff(attempt: u32, random: [u8; 1]) -> Duration {
    let wait = FIRST_RETRY.saturating_mul(1 << attempt.min(16)).min(LONGEST_RETRY);
    wait * 3 / 4 + wait / 2 * u32::from(random[0]) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_stay_bounded() {
        for (attempt, wait) in [(0, 2), (3, 16), (60, LONGEST_RETRY.as_secs())] {
            let wait = Duration::from_secs(wait);
            assert_eq!(backoff(attempt, [0]), wait * 3 / 4);
            assert_eq!(backoff(attempt, [255]), wait * 5 / 4);
        }
    }
}
