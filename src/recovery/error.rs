//! Why a journey ends early. One enum a journey; `http::problem` turns each into an answer.

use std::time::Duration;

use thiserror::Error;

use super::{HashingError, QueueFull, StoreError, TryAfter};
use crate::account::Ineligible;
use crate::password::Refusal;
use crate::token::{Scope, TokenError};

/// Why asking for a link is refused: never for anything about the account.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AskError {
    /// The client asked too often.
    #[error("asked too often, wait {0:?}")]
    RateLimited(Duration),
    /// The queue is full.
    #[error("the queue is full")]
    Busy,
    /// The application has no links of this purpose.
    #[error("the application has no such links")]
    NotConfigured,
}

/// Why a token does nothing. Which of the many reasons behind [`Refused::Invalid`] it was, the
/// public is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Forged, malformed, spent, of another purpose, or its account is gone or closed.
    #[error("the token is not valid")]
    Invalid,
    /// Genuine, but too old.
    #[error("the token has expired")]
    Expired,
}

/// Why a token does nothing, for operators.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Worthless {
    /// Malformed, forged, of another purpose or application, too old or too new.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// No row has its id.
    #[error("the account is gone")]
    AccountUnknown,
    /// The account may not be recovered now.
    #[error("account {0}: {1}")]
    Ineligible(String, Ineligible),
    /// The application has nothing of the kind.
    #[error("the application has nothing of this purpose switched on, or no column for it")]
    NotConfigured,
    /// It would let somebody in past a second factor, of which these columns tell.
    #[error(
        "links to log in are off: {} of the users table tells of a second factor, which they would \
         go past; say login_links = \"despite-mfa\", where the application asks for it afterwards",
        .0.join(", ")
    )]
    PastSecondFactor(Vec<String>),
    /// Password, address, stamp or, for a login link, the last login are not what they were when it
    /// was made.
    #[error(
        "account {0}: the token is spent, or password, address or recovery stamp changed, as the stamp \
         does with each mail where newest_link_wins is set"
    )]
    Spent(String),
    /// An operator has voided every link of the account since it was made. Whether it was used before
    /// that, nothing tells.
    #[error("account {0}: its links were revoked after the token was made")]
    Revoked(String),
    /// The users table cannot be read for now.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

/// Why looking at a token fails.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InspectError {
    /// The token does nothing.
    #[error(transparent)]
    Token(#[from] Refused),
    /// The client asked too often.
    #[error("asked too often, wait {0:?}")]
    RateLimited(Duration),
    /// The users table cannot be read for now.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
    /// The application has nothing of the kind.
    #[error("the application has no such tokens")]
    NotConfigured,
}

impl InspectError {
    /// A word for the log, the same as for a try to use it.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Token(_) => "token_refused",
            Self::RateLimited(_) => "rate_limited",
            Self::Unavailable(_) => "unavailable",
            Self::NotConfigured => "not_configured",
        }
    }
}

/// Why using a token fails. Whatever it is, the link works as before unless it was spent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompleteError {
    /// The token does nothing.
    #[error(transparent)]
    Token(#[from] Refused),
    /// The new password is not good enough.
    #[error("the new password is refused")]
    Rejected(Vec<Refusal>),
    /// The client tried too often.
    #[error("tried too often, wait {0:?}")]
    RateLimited(Duration),
    /// Too much to do for now: hashing permits or the queue are used up, or nobody tells whether the
    /// password was breached.
    #[error("too much to do for now")]
    Busy(Duration),
    /// The users table cannot be reached, or does not fit.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
    /// The password could not be hashed.
    #[error("{0}")]
    Hashing(String),
    /// The application has nothing of the kind.
    #[error("the application has no such links")]
    NotConfigured,
}

/// Why an operator gets no link made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IssueError {
    /// The application has no links of this purpose.
    #[error("the application has no such links")]
    NotConfigured,
    /// It would let somebody in past a second factor: the text names the columns.
    #[error("{0}")]
    PastSecondFactor(String),
    /// It would work for too long, or not at all.
    #[error("a link that an operator makes works for one second to 72 hours")]
    Lifetime,
    /// No row has this id.
    #[error("there is no such account")]
    AccountUnknown,
    /// The account would not be able to use it.
    #[error(transparent)]
    Ineligible(Ineligible),
    /// Nobody could tell whether it was used.
    #[error(
        "somebody logged in this second, or the last login is not kept in UTC: a link to log in \
         would not work now"
    )]
    LoggedInNow,
    /// Operators have made as many links for the account as they may for now.
    #[error(
        "operators have made as many links for the account as they may for now: its owner gets mail by \
         each, and the next may be made in {} s", .0.as_secs()
    )]
    Budget(Duration),
    /// The queue is full.
    #[error("the queue is full")]
    Busy,
    /// The users table cannot be read for now.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

impl From<Worthless> for IssueError {
    fn from(why: Worthless) -> Self {
        match why {
            Worthless::Unavailable(error) => Self::Unavailable(error),
            why => Self::PastSecondFactor(why.to_string()),
        }
    }
}

/// Why the links of an account are not revoked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RevokeError {
    /// The application's table has no recovery stamp.
    #[error("users.recovery_stamp names no column, and links are revoked by a new stamp alone")]
    NoStamp,
    /// No row has this id.
    #[error("there is no such account")]
    AccountUnknown,
    /// The users table cannot be written for now.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
}

/// Why an operator who calls with a key does not get what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OperatorError {
    /// There is no key, or none of this application.
    #[error("this is no key of the application")]
    Unauthorized,
    /// The key may not do this.
    #[error("the key lacks the scope {}", .0.name())]
    Forbidden(Scope),
    /// The key was used too often, or too many wrong ones came from the client.
    #[error("called too often, wait {0:?}")]
    RateLimited(Duration),
    /// The application has nothing of the kind, or its table no column for it.
    #[error("the application does not do this")]
    NotConfigured,
    /// No row has this id.
    #[error("there is no such account")]
    AccountUnknown,
    /// The users table cannot be used for now.
    #[error(transparent)]
    Unavailable(#[from] StoreError),
    /// No link is made.
    #[error(transparent)]
    NotIssued(#[from] IssueError),
}

impl OperatorError {
    /// A word for the log.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::RateLimited(_) => "rate_limited",
            Self::NotConfigured => "not_configured",
            Self::AccountUnknown => "account_unknown",
            Self::Unavailable(_) => "unavailable",
            Self::NotIssued(error) => error.word(),
        }
    }

    /// Whether it came of an account, so that there is a row with the id that was sent.
    pub(super) const fn is_of_an_account(&self) -> bool {
        use IssueError::{Budget, Busy, Ineligible, LoggedInNow};
        matches!(self, Self::NotIssued(Ineligible(_) | LoggedInNow | Budget(_) | Busy))
    }
}

impl IssueError {
    /// A word for the log and for answers to operators.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not_configured",
            Self::PastSecondFactor(_) => "second_factor",
            Self::Lifetime => "lifetime",
            Self::AccountUnknown => "account_unknown",
            Self::Ineligible(_) => "ineligible",
            Self::LoggedInNow => "logged_in_now",
            Self::Budget(_) => "budget",
            Self::Busy => "queue_full",
            Self::Unavailable(_) => "unavailable",
        }
    }
}

impl From<RevokeError> for OperatorError {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::NoStamp => Self::NotConfigured,
            RevokeError::AccountUnknown => Self::AccountUnknown,
            RevokeError::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<TryAfter> for OperatorError {
    fn from(error: TryAfter) -> Self {
        Self::RateLimited(error.0)
    }
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired { .. } => Self::Expired,
            TokenError::Malformed | TokenError::BadSignature | TokenError::FromTheFuture => {
                Self::Invalid
            }
        }
    }
}

impl From<Worthless> for InspectError {
    fn from(why: Worthless) -> Self {
        match why {
            Worthless::Token(error) => Self::Token(error.into()),
            Worthless::AccountUnknown
            | Worthless::Ineligible(..)
            | Worthless::NotConfigured
            | Worthless::Spent(_)
            | Worthless::Revoked(_) => Self::Token(Refused::Invalid),
            Worthless::PastSecondFactor(_) => Self::NotConfigured,
            Worthless::Unavailable(error) => Self::Unavailable(error),
        }
    }
}

impl From<InspectError> for CompleteError {
    fn from(error: InspectError) -> Self {
        match error {
            InspectError::Token(refused) => Self::Token(refused),
            InspectError::RateLimited(wait) => Self::RateLimited(wait),
            InspectError::Unavailable(error) => Self::Unavailable(error),
            InspectError::NotConfigured => Self::NotConfigured,
        }
    }
}

impl From<HashingError> for CompleteError {
    fn from(error: HashingError) -> Self {
        match error {
            HashingError::NoTurn(wait) => Self::Busy(wait),
            HashingError::Failed(error) => Self::Hashing(error.to_string()),
        }
    }
}

impl From<TryAfter> for AskError {
    fn from(error: TryAfter) -> Self {
        Self::RateLimited(error.0)
    }
}

impl From<TryAfter> for InspectError {
    fn from(error: TryAfter) -> Self {
        Self::RateLimited(error.0)
    }
}

impl From<TryAfter> for CompleteError {
    fn from(error: TryAfter) -> Self {
        Self::RateLimited(error.0)
    }
}

impl From<QueueFull> for AskError {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Busy
    }
}

impl From<QueueFull> for IssueError {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Busy
    }
}

impl From<QueueFull> for CompleteError {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Busy(Duration::from_secs(1))
    }
}
