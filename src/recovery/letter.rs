//! A mail before it is written: what it must say, to whom.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::{Client, Wording};
use crate::language::Language;
use crate::token::Purpose;

/// A mail to one account.
#[derive(Clone)]
pub struct Letter {
    /// The application's name, which names the sender.
    pub app: String,
    /// The stored address.
    pub to: String,
    /// What to call the person, if known.
    pub display_name: Option<String>,
    /// The login name, if there is one.
    pub username: Option<String>,
    /// The language that it is written in.
    pub language: Language,
    /// What it is called among all mails: the same however often it is sent.
    pub id: String,
    /// The request that it comes from, for support staff.
    pub reference: String,
    /// Which try to hand it over this is, counted from 1.
    pub attempt: u32,
    /// When it is written.
    pub now: OffsetDateTime,
    /// What it says.
    pub message: Message,
    /// In whose words, if not those of the templates.
    pub wording: Option<Box<Wording>>,
}

/// What a letter says.
#[derive(Clone)]
pub enum Message {
    /// Here is a link.
    Link {
        /// What it is for.
        kind: LinkMail,
        /// The link, the only place where a token leaves the process.
        link: Zeroizing<String>,
        /// How long it works from the mail's time on.
        lifetime: Duration,
    },
    /// The password was changed.
    PasswordChanged {
        /// When.
        at: OffsetDateTime,
        /// With what.
        client: Client,
        /// Where one says that it was somebody else. It holds no secret.
        not_me: String,
    },
    /// An operator was given a link.
    LinkIssued {
        /// What it is for.
        purpose: Purpose,
        /// When.
        at: OffsetDateTime,
        /// Until when it works.
        expires_at: OffsetDateTime,
    },
    /// Mail arrives: what an operator sends to see that it does.
    Test,
}

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMail {
    /// Choosing a new password.
    PasswordReset,
    /// Confirming the address.
    EmailConfirmation,
    /// Logging in once.
    LoginLink,
    /// Choosing a first password, for an account that an operator made.
    Invitation,
}

impl LinkMail {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::PasswordReset, Self::EmailConfirmation, Self::LoginLink, Self::Invitation];

    /// The kind of mail that carries tokens of a purpose, if any does.
    #[must_use]
    pub const fn of(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::PasswordReset => Some(Self::PasswordReset),
            Purpose::EmailConfirmation => Some(Self::EmailConfirmation),
            Purpose::Login => Some(Self::LoginLink),
            Purpose::Session => None,
        }
    }

    /// The name of its templates.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::EmailConfirmation => "email_confirmation",
            Self::LoginLink => "login_link",
            Self::Invitation => "invitation",
        }
    }
}

impl Message {
    /// The name of its templates.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Link { kind, .. } => kind.name(),
            Self::PasswordChanged { .. } => "password_changed",
            Self::LinkIssued { .. } => "link_issued",
            Self::Test => "test",
        }
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("app", &self.app)
            .field("kind", &self.message.kind())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
