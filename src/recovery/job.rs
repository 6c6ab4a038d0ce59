//! What waits to be done. A job holds nothing secret: the token is minted when the mail is sent.

use std::fmt;

use time::OffsetDateTime;

use crate::account::Identifier;
use crate::token::Purpose;

/// Something to be mailed or called after the request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// A mail.
    Mail(MailJob),
}

/// A mail to be made.
#[derive(Clone, PartialEq, Eq)]
pub struct MailJob {
    /// The application's name.
    pub app: String,
    /// The request that it comes from, as logs and mails show it.
    pub reference: String,
    /// When it was asked for.
    pub asked_at: OffsetDateTime,
    /// How often sending it was tried.
    pub attempt: u32,
    /// What it is about.
    pub about: About,
}

/// What a mail is about.
#[derive(Clone, PartialEq, Eq)]
pub enum About {
    /// A person asked for a link; whose account it is, is still to be found.
    Ask {
        /// What the link is for.
        purpose: Purpose,
        /// What the person typed.
        identifier: Identifier,
        /// The language asked for.
        locale: Option<String>,
        /// An allowed target to go back to.
        return_to: Option<String>,
    },
    /// The link of one account, found before and paid from its budget.
    Link {
        /// What the link is for.
        purpose: Purpose,
        /// The account.
        user_id: String,
        /// The language asked for.
        locale: Option<String>,
        /// An allowed target to go back to.
        return_to: Option<String>,
    },
    /// The notice that a password was changed, sent only if the row carries the new hash.
    PasswordChanged {
        /// The account.
        user_id: String,
        /// What the row must match, made from the new hash under a key of its own.
        proof: String,
    },
}

impl About {
    /// A name for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Link { .. } => "link",
            Self::PasswordChanged { .. } => "password_changed",
        }
    }
}

impl fmt::Debug for MailJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MailJob")
            .field("app", &self.app)
            .field("about", &self.about.kind())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
