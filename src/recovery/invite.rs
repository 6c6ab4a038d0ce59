//! Inviting somebody: like an ask, but an operator has it made, and it goes to who has no password yet.

use super::{
    Application, IssueError, Languages, LinkWish, Mail, Operator, OperatorError, Origin, QueueFull,
    Recovery, Task, audit,
};
use crate::account::Identifier;
use crate::token::{Purpose, Scope};

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
            return_to: invite.return_to.as_deref().map(Box::from),
            origin: Origin::Invitation,
            lifetime: app.own_lifetime(purpose, app.invitation_lifetime),
            ..LinkWish::of(purpose)
        };
        let task = Task::Mail(Mail::Ask(invite.identifier.clone(), wish));
        self.jobs.ask(self.job(app, invite.reference.clone(), task)).await?;
        audit::account_invited(app, &invite);
        Ok(())
    }

    /// The same for an operator who asks with a key, in whose name it is done. What is mailed is a
    /// link to set a password, so that it takes what making such a link takes.
    ///
    /// # Errors
    /// [`OperatorError`] when the operator may not, and as for [`Recovery::invite`].
    pub async fn invite_user(&self, by: &Operator, invite: Invite) -> Result<(), OperatorError> {
        self.admit(by, Scope::IssuePasswordResets).await?;
        let invite = Invite { by: by.key().to_owned(), ..invite };
        let invited = self.invite(by.application(), invite).await;
        let invited = invited.map_err(|full| OperatorError::from(IssueError::from(full)));
        let outcome = invited.as_ref().map_or_else(OperatorError::word, |()| "accepted");
        audit::key_used(by, audit::Operation::InviteUser, None, outcome);
        invited
    }
}
