//! Why a token does nothing, for operators who ask with a key; the public is never told.

use time::OffsetDateTime;

use super::{Application, Operator, OperatorError, Recovery, Worthless, audit};
use crate::account::Ineligible;
use crate::token::{Opened, Purpose, Scope, TokenError};

/// What is known of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What it is worth now.
    pub state: TokenState,
    /// What it says of itself, where it is ours.
    pub said: Option<Said>,
}

/// What a token of ours says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whose it is, as text.
    pub user_id: String,
    /// When it was made.
    pub issued_at: OffsetDateTime,
    /// The last second in which it can be good.
    pub expires_at: OffsetDateTime,
}

/// What a token is worth. Each says no more than what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenState {
    /// It would work now.
    Valid,
    /// It is too old. The account was not looked at.
    Expired,
    /// Its time is ahead of our clock.
    FromTheFuture,
    /// Something that it was made from is not what it was: it was used, or password, address,
    /// recovery stamp or, for a link to log in, the last login changed otherwise. Which of them, a
    /// fingerprint does not tell.
    Spent,
    /// An operator has voided every link of its account since it was made. Until the next reset; from
    /// then on it is spent, since the row tells no more.
    Revoked,
    /// Its account may not use it now.
    AccountInactive(Ineligible),
    /// No row has its account's id.
    AccountUnknown,
    /// None of our keys signed it, for this application and purpose.
    NotOurs,
}

impl TokenState {
    /// The names of all states.
    pub const NAMES: [&str; 8] = [
        "valid",
        "expired",
        "from_the_future",
        "spent",
        "revoked",
        "account_inactive",
        "account_unknown",
        "not_ours",
    ];

    /// Its name in answers and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::NAMES[match self {
            Self::Valid => 0,
            Self::Expired => 1,
            Self::FromTheFuture => 2,
            Self::Spent => 3,
            Self::Revoked => 4,
            Self::AccountInactive(_) => 5,
            Self::AccountUnknown => 6,
            Self::NotOurs => 7,
        }]
    }
}

impl Recovery {
    /// Says what a token is worth now, and why. Nothing is changed.
    ///
    /// # Errors
    /// [`OperatorError`] when the operator may not ask, the application has nothing of the purpose,
    /// or that cannot be told.
    pub async fn explain_token(
        &self,
        by: &Operator,
        purpose: Purpose,
        token: &str,
    ) -> Result<Explanation, OperatorError> {
        self.admit(by, Scope::ExplainTokens).await?;
        let app = by.application();
        let explained = self.state_of(app, purpose, token).await;
        let explained =
            explained.map(|state| Explanation { state, said: self.said(app, purpose, token) });
        let user_id =
            explained.as_ref().ok().and_then(|it| it.said.as_ref()).map(|said| &*said.user_id);
        let outcome = explained.as_ref().map_or_else(OperatorError::word, |it| it.state.name());
        audit::key_used(by, audit::Operation::ExplainToken, user_id, outcome);
        explained
    }

    async fn state_of(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<TokenState, OperatorError> {
        Ok(match self.open_token(app, purpose, token).await {
            Ok(_) => TokenState::Valid,
            Err(Worthless::Token(TokenError::Expired { .. })) => TokenState::Expired,
            Err(Worthless::Token(TokenError::FromTheFuture)) => TokenState::FromTheFuture,
            Err(Worthless::Token(TokenError::Malformed | TokenError::BadSignature)) => {
                TokenState::NotOurs
            }
            Err(Worthless::AccountUnknown) => TokenState::AccountUnknown,
            Err(Worthless::Ineligible(_, why)) => TokenState::AccountInactive(why),
            Err(Worthless::Spent(_)) => TokenState::Spent,
            Err(Worthless::Revoked(_)) => TokenState::Revoked,
            Err(Worthless::NotConfigured | Worthless::PastSecondFactor(_)) => {
                return Err(OperatorError::NotConfigured);
            }
            Err(Worthless::Unavailable(error)) => return Err(error.into()),
        })
    }

    /// What a token says of itself, live or expired, if its MAC holds. One from the future says
    /// nothing that could be relied on.
    fn said(&self, app: &Application, purpose: Purpose, token: &str) -> Option<Said> {
        let open = |at| app.keys.open(purpose, token, at, app.lifetime(purpose));
        let opened = match open(self.clock.now()) {
            // As it was opened in the second in which it was made.
            Err(TokenError::Expired { issued_at, .. }) => open(issued_at),
            opened => opened,
        };
        let Opened { claims, issued_at, expires_at, .. } = opened.ok()?;
        Some(Said { user_id: claims.user_id, issued_at, expires_at })
    }
}
