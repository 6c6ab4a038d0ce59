//! What waits to be done. A job holds nothing secret: the token is minted when the mail is sent.

use std::fmt;

use time::OffsetDateTime;

use super::{Change, Event};
use crate::account::Identifier;
use crate::language::Language;
use crate::token::Purpose;

/// Something to be mailed or called after the request was answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Job {
    /// The application's name.
    pub app: String,
    /// The request that it comes from, as logs and mails show it.
    pub reference: String,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// How often doing it was tried.
    pub attempt: u32,
    /// Whether its turn in the application's pace of mails has come.
    pub has_turn: bool,
    /// What is to be done.
    pub task: Task,
}

/// What is to be done.
#[derive(Clone, PartialEq, Eq)]
pub enum Task {
    /// A mail.
    Mail(Mail),
    /// A call of the application's webhook.
    Hook(Event, About),
}

/// What an event is about.
#[derive(Clone, PartialEq, Eq)]
pub enum About {
    /// A change, told only once the row carries it.
    Change(Change),
    /// An account.
    Account {
        /// Its id.
        user_id: String,
        /// The event's own: one request may be about several accounts.
        event_id: String,
    },
}

/// A mail to be made.
#[derive(Clone, PartialEq, Eq)]
pub enum Mail {
    /// A person asked for a link; whose account it is, is still to be found.
    Ask(Identifier, LinkWish),
    /// The link of one account, found before and paid from its budget.
    Link {
        /// The account.
        user_id: String,
        /// What was asked for.
        wish: LinkWish,
        /// What makes a second try the same mail as the first.
        draft: Draft,
    },
    /// The notice that a password was changed, sent only once the row carries the new hash: to
    /// the account's address of that number, since each of them is told by a mail of its own.
    PasswordChanged(Change, usize),
}

/// What a person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkWish {
    /// What the link is for.
    pub purpose: Purpose,
    /// The languages wanted.
    pub languages: Languages,
    /// An allowed target to go back to.
    pub return_to: Option<String>,
    /// Whether it was asked for because somebody else changed the password.
    pub disputed: bool,
}

/// The languages that a request wants, of those that there are texts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Languages {
    /// What it says.
    pub said: Option<Language>,
    /// What the person's browser accepts.
    pub accepted: Option<Language>,
}

impl Languages {
    /// What it says, then the account's own, then what the browser accepts.
    #[must_use]
    pub fn choose(self, account: Option<Language>) -> Option<Language> {
        self.said.or(account).or(self.accepted)
    }
}

/// A mail with a link, before it is minted: whatever is tried again within half the link's life
/// carries the same link under the same Message-ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The issue time of the token.
    pub issued_at: OffsetDateTime,
    /// What the mail is called among all mails.
    pub id: String,
}

impl Task {
    /// A name for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail(Mail::Ask(..)) => "ask",
            Self::Mail(Mail::Link { .. }) => "link",
            Self::Mail(Mail::PasswordChanged(..)) => "notice",
            Self::Hook(..) => "hook",
        }
    }
}

impl Mail {
    /// The name of its letter's templates.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ask(_, wish) | Self::Link { wish, .. } => {
                wish.purpose.mail_kind().unwrap_or("link")
            }
            Self::PasswordChanged(..) => "password_changed",
        }
    }
}

impl Job {
    /// The same job with something else to be done.
    #[must_use]
    pub(super) fn with(&self, task: Task) -> Self {
        Self { task, ..self.clone() }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("app", &self.app)
            .field("task", &self.task.kind())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
