//! What is answered for each error of a journey.

use std::time::Duration;

use super::{Code, FieldError, Problem};
use crate::language::Texts;
use crate::password::Refusal;
use crate::recovery::{AskError, CompleteError, InspectError, IssueError, OperatorError, Refused};

/// How long to wait when a database is away: long enough for a fail-over to have begun.
const AWAY: Duration = Duration::from_secs(5);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::new(match refused {
            Refused::Invalid => Code::TokenInvalid,
            Refused::Expired => Code::TokenExpired,
        })
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            AskError::Busy => Self::passing(Code::Busy, AWAY),
            AskError::NotConfigured => Self::new(Code::NotConfigured),
        }
    }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        match error {
            InspectError::Token(refused) => refused.into(),
            InspectError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            InspectError::Unavailable(error) => {
                tracing::error!(%error, "token not looked at");
                Self::passing(Code::Busy, AWAY)
            }
            InspectError::NotConfigured => Self::new(Code::NotConfigured),
        }
    }
}

impl From<OperatorError> for Problem {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::Unauthorized => Self::not_let_in(Code::KeyNeeded),
            OperatorError::Forbidden(scope) => Self::scope_missing(scope),
            OperatorError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            OperatorError::NotConfigured => Self::new(Code::NotConfigured),
            OperatorError::AccountUnknown => Self::new(Code::NoAccount),
            OperatorError::Unavailable(error) => {
                tracing::error!(%error, "not done for an operator");
                Self::passing(Code::Busy, AWAY)
            }
            OperatorError::NotIssued(error) => error.into(),
        }
    }
}

impl From<IssueError> for Problem {
    fn from(error: IssueError) -> Self {
        let at = |code, field| {
            let (reason, message) = (error.word(), error.to_string());
            Self::with_errors(code, vec![FieldError { field, reason, message }])
        };
        match &error {
            IssueError::NotConfigured => Self::new(Code::NotConfigured),
            IssueError::PastSecondFactor(_) => at(Code::NotConfigured, "purpose"),
            IssueError::Lifetime => at(Code::InvalidValue, "lifetime_seconds"),
            IssueError::AccountUnknown => Self::new(Code::NoAccount),
            IssueError::Ineligible(_) | IssueError::LoggedInNow => {
                at(Code::InvalidValue, "user_id")
            }
            IssueError::Budget(wait) => Self::passing(Code::RateLimited, *wait),
            IssueError::Busy => Self::passing(Code::Busy, AWAY),
            IssueError::Unavailable(error) => {
                tracing::error!(%error, "no link made for an operator");
                Self::passing(Code::Busy, AWAY)
            }
        }
    }
}

impl Problem {
    /// What to answer where a session was looked at in vain: why it is not good, nobody is told.
    #[must_use]
    pub fn of_session(error: InspectError) -> Self {
        match error {
            InspectError::Token(_) => Self::not_let_in(Code::Unauthorized),
            other => other.into(),
        }
    }

    /// What to answer where a session was used in vain.
    #[must_use]
    pub fn of_session_use(error: CompleteError, texts: &Texts) -> Self {
        match error {
            CompleteError::Token(_) => Self::not_let_in(Code::Unauthorized),
            other => Self::of_completion(other, texts),
        }
    }

    /// What to answer where a token was not used; why a password is refused is told in the
    /// person's language.
    #[must_use]
    pub fn of_completion(error: CompleteError, texts: &Texts) -> Self {
        match error {
            CompleteError::Token(refused) => refused.into(),
            CompleteError::Rejected(refusals) => {
                let error = |refusal: &Refusal| FieldError {
                    field: "new_password",
                    reason: refusal.reason(),
                    message: refusal.tell(texts),
                };
                Self::with_errors(Code::PasswordRejected, refusals.iter().map(error).collect())
            }
            CompleteError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            CompleteError::Busy(wait) => Self::passing(Code::Busy, wait),
            CompleteError::Unavailable(error) => {
                tracing::error!(%error, "token not used");
                Self::passing(Code::Busy, AWAY)
            }
            CompleteError::NotConfigured => Self::new(Code::NotConfigured),
            CompleteError::Hashing(error) => {
                tracing::error!(error, "token not used");
                Self::new(Code::Internal)
            }
        }
    }
}
