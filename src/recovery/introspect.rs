//! Whether a session is good, for the application's backend that was handed it (as RFC 7662 does).

use time::OffsetDateTime;

use super::{Operator, OperatorError, Recovery, Worthless, audit};
use crate::token::{Purpose, Scope};

/// Whose session it is, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSession {
    /// The account's id.
    pub user_id: String,
    /// The last second in which it is good.
    pub expires_at: OffsetDateTime,
}

impl Recovery {
    /// Whose session it is, if it is good now; why it is not, nobody is told. Nothing is changed.
    ///
    /// # Errors
    /// [`OperatorError`] when the operator may not ask, nobody logs in by a link here, or that
    /// cannot be told.
    pub async fn introspect(
        &self,
        by: &Operator,
        session: &str,
    ) -> Result<Option<ActiveSession>, OperatorError> {
        self.admit(by, Scope::IntrospectSessions).await?;
        let found = match self.open_token(by.application(), Purpose::Session, session).await {
            Ok(good) => {
                let expires_at = good.opened.expires_at;
                Ok(Some(ActiveSession { user_id: good.account.id, expires_at }))
            }
            Err(Worthless::NotConfigured | Worthless::PastSecondFactor(_)) => {
                Err(OperatorError::NotConfigured)
            }
            Err(Worthless::Unavailable(error)) => Err(error.into()),
            Err(
                Worthless::Token(_)
                | Worthless::AccountUnknown
                | Worthless::Ineligible(..)
                | Worthless::Spent(_)
                | Worthless::Revoked(_),
            ) => Ok(None),
        };
        let (user_id, outcome) = match &found {
            Ok(Some(active)) => (Some(active.user_id.as_str()), "active"),
            Ok(None) => (None, "inactive"),
            Err(error) => (None, error.word()),
        };
        audit::key_used(by, audit::Operation::IntrospectSession, user_id, outcome);
        found
    }
}
