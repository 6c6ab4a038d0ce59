//! Asking for a link: limit by client, enqueue, done. The users table is never looked at here,
//! so that nothing of the answer, its time included, can depend on who has an account.

use super::{
    Application, AskError, Door, Job, Languages, LinkWish, Mail, Recovery, Task, TryAfter, meters,
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
    /// Who asks: the key of the client's allowance.
    pub client: String,
    /// The request, as logs and mails show it.
    pub reference: String,
}

impl Recovery {
    /// Accepts an ask, to be worked on after the answer.
    ///
    /// # Errors
    /// [`AskError`] when the client asked too often or the queue is full; both are decided
    /// without knowing whether there is such an account.
    pub async fn ask(&self, app: &Application, ask: Ask) -> Result<(), AskError> {
        let purpose = ask.purpose;
        let asked = self.take(app, ask).await;
        meters::asked(app, purpose, (&asked).into());
        asked
    }

    async fn take(&self, app: &Application, ask: Ask) -> Result<(), AskError> {
        self.enter(Door::Ask, &ask.client).await?;
        tracing::info!(
            app = app.name,
            purpose = ask.purpose.name(),
            identifier = ask.identifier.masked(),
            "link asked for"
        );
        let wish = LinkWish {
            purpose: ask.purpose,
            languages: ask.languages,
            return_to: ask.return_to,
            disputed: ask.disputed,
        };
        let task = Task::Mail(Mail::Ask(ask.identifier, wish));
        Ok(self.jobs.ask(self.job(app, ask.reference, task)).await?)
    }

    /// Takes one request from a client's allowance at a door.
    pub(super) async fn enter(&self, door: Door, client: &str) -> Result<(), TryAfter> {
        let entered = self.limits.client(door, client).await;
        if entered.is_err() {
            meters::turned_away(door);
        }
        entered
    }

    pub(super) fn job(&self, app: &Application, reference: String, task: Task) -> Job {
        Job {
            app: app.name.clone(),
            reference,
            asked_at: self.clock.now(),
            attempt: 0,
            has_turn: false,
            task,
        }
    }
}
