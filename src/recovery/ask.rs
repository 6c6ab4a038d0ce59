//! Asking for a link: limit by client, enqueue, done. The users table is never looked at here,
//! so that nothing of the answer, its time included, can depend on who has an account.

use std::time::Duration;

use super::{
    About, Application, AskError, Caller, Door, Event, Job, Languages, LinkMail, LinkWish, Mail,
    Recovery, Task, Wording, audit, meters, trace,
};
use crate::account::Identifier;
use crate::token::Purpose;

/// What somebody asks for. Everything in it is well formed.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What the link is for.
    pub purpose: Purpose,
    /// Whose account, as typed.
    pub identifier: Identifier,
    /// The languages wanted.
    pub languages: Languages,
    /// An allowed target to go back to.
    pub return_to: Option<String>,
    /// Whether it is because somebody else changed the password.
    pub disputed: bool,
    /// What the mail says, where the caller may say it.
    pub wording: Option<Wording>,
    /// Who asks, as limits count it.
    pub client: Caller,
    /// The request, as logs and mails show it.
    pub reference: String,
}

impl Recovery {
    /// Accepts an ask, to be worked on after the answer.
    ///
    /// # Errors
    /// [`AskError`] when the application has no such links, the client asked too often or the queue
    /// is full; all of it is decided without knowing whether there is such an account.
    pub async fn ask(&self, app: &Application, ask: Ask) -> Result<(), AskError> {
        let (purpose, caller) = (ask.purpose, ask.client.clone());
        let asked = self.take(app, ask).await;
        let outcome = meters::Asked::from(&asked);
        meters::asked(app, purpose, outcome);
        audit::called_for(&caller, audit::Operation::Ask, outcome.word());
        asked
    }

    /// Lets a client prepare an ask. Which account it is about does not matter until it is made, so
    /// that this takes from an allowance of its own and not from that of asks.
    ///
    /// # Errors
    /// [`AskError::RateLimited`].
    pub async fn prepare(&self, app: &Application, client: &Caller) -> Result<(), AskError> {
        let entered = self.enter(app, Door::Prepare, client).await.map_err(AskError::from);
        audit::called_for(client, audit::Operation::Prepare, meters::Asked::from(&entered).word());
        entered
    }

    async fn take(&self, app: &Application, ask: Ask) -> Result<(), AskError> {
        if !app.offers(ask.purpose) || LinkMail::of(ask.purpose).is_none() {
            return Err(AskError::NotConfigured);
        }
        self.enter(app, Door::Ask, &ask.client).await?;
        audit::link_asked(app, &ask);
        let wish = LinkWish {
            languages: ask.languages,
            return_to: ask.return_to.map(String::into_boxed_str),
            disputed: ask.disputed,
            wording: ask.wording.map(Box::new),
            ..LinkWish::of(ask.purpose)
        };
        let task = Task::Mail(Mail::Ask(ask.identifier, wish));
        Ok(self.jobs.ask(self.job(app, ask.reference, task)).await?)
    }

    /// Has the application's backend told of something that has been written, where it wants to be.
    pub(super) async fn tell(
        &self,
        app: &Application,
        event: Event,
        user_id: String,
        reference: String,
    ) {
        if !app.hooks.contains(&event) {
            return;
        }
        let about = About::Account { user_id, event_id: self.new_id(), purpose: None };
        let hook = self.job(app, reference, Task::Hook(event, about));
        if self.jobs.follow(hook, Duration::ZERO).await.is_err() {
            tracing::error!(app = app.name, event = event.name(), "not told: the queue is full");
            meters::job_lost();
        }
    }

    pub(super) fn job(&self, app: &Application, reference: String, task: Task) -> Job {
        Job {
            app: app.name.clone(),
            reference,
            asked_at: self.clock.now(),
            attempt: 0,
            has_turn: false,
            redone: false,
            trace: trace::here(),
            task,
        }
    }
}
