//! Inviting somebody: like an ask, but an operator has it made, and it goes to who has no password yet.

use super::{Application, Languages, LinkWish, Mail, Origin, QueueFull, Recovery, Task, audit};
use crate::account::Identifier;
use crate::token::Purpose;

/// Whom an operator invites. Everything in it is well formed.
#[derive(Clone, Debug)]
pub struct Invite {
    /// Whose account, as typed.
    pub identifier: Identifier,
    /// The languages wanted.
    pub languages: Languages,
    /// An allowed target to go back to.
    pub return_to: Option<String>,
    /// Who invites, for the log: the name of a key.
    pub by: String,
    /// The request, as logs and mails show it.
    pub reference: String,
}

impl Recovery {
    /// Accepts an invitation, to be mailed after the answer: a link to choose a password, for every
    /// active account that is meant. Nothing is looked up here, so that the answer is the same whoever
    /// is invited.
    ///
    /// # Errors
    /// [`QueueFull`], decided without knowing whether there is such an account.
    pub async fn invite(&self, app: &Application, invite: Invite) -> Result<(), QueueFull> {
        let purpose = Purpose::PasswordReset;
        let wish = LinkWish {
            languages: invite.languages,
            return_to: invite.return_to.clone(),
            origin: Origin::Invitation,
            lifetime: app.own_lifetime(purpose, app.invitation_lifetime),
            ..LinkWish::of(purpose)
        };
        let task = Task::Mail(Mail::Ask(invite.identifier.clone(), wish));
        self.jobs.ask(self.job(app, invite.reference.clone(), task)).await?;
        audit::account_invited(app, &invite);
        Ok(())
    }
}
