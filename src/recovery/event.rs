//! What an application's backend is told by its webhook.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::token::Purpose;

/// Something that happened to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Event {
    /// A new password was set.
    #[serde(rename = "password.changed")]
    PasswordChanged,
    /// An address was confirmed by a link that was sent to it.
    #[serde(rename = "email.confirmed")]
    EmailConfirmed,
    /// Somebody logged in by a link.
    #[serde(rename = "login.completed")]
    LoginCompleted,
    /// Somebody said that a change of the password was not theirs. Anybody can say so of anybody.
    #[serde(rename = "account.disputed")]
    AccountDisputed,
    /// A link is about to be mailed to the account's owner, since somebody asked for it.
    #[serde(rename = "recovery.requested")]
    RecoveryRequested,
}

/// An event on its way. Its id stays the same however often it is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Call {
    /// The application's name.
    pub app: String,
    /// What happened.
    pub event: Event,
    /// The account.
    pub user_id: String,
    /// What the link is for, where the event is about one.
    pub purpose: Option<Purpose>,
    /// One for each event, for receivers to tell a repetition.
    pub id: String,
    /// When it happened.
    pub at: OffsetDateTime,
    /// When it is told.
    pub now: OffsetDateTime,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 5] = [
        Self::PasswordChanged,
        Self::EmailConfirmed,
        Self::LoginCompleted,
        Self::AccountDisputed,
        Self::RecoveryRequested,
    ];

    /// Its name in the configuration and in the call.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PasswordChanged => "password.changed",
            Self::EmailConfirmed => "email.confirmed",
            Self::LoginCompleted => "login.completed",
            Self::AccountDisputed => "account.disputed",
            Self::RecoveryRequested => "recovery.requested",
        }
    }

    /// The event of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.name() == name)
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("event", &self.event)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
