//! Voiding every link of an account, without a list of links: its recovery stamp is renewed.

use super::{Application, Operator, OperatorError, Recovery, RevokeError, audit};
use crate::token::Scope;

impl Recovery {
    /// Voids every link and session token of an account; its password stays as it is.
    ///
    /// # Errors
    /// [`RevokeError`]; after [`RevokeError::Unavailable`] the links may or may not be void.
    pub async fn revoke(&self, app: &Application, user_id: &str) -> Result<(), RevokeError> {
        if !app.has_stamp() {
            return Err(RevokeError::NoStamp);
        }
        if !app.accounts.renew_stamp(user_id, &self.revoking_stamp()).await? {
            return Err(RevokeError::AccountUnknown);
        }
        audit::links_revoked(app, user_id);
        Ok(())
    }

    /// The same for an operator who asks with a key.
    ///
    /// # Errors
    /// [`OperatorError`] when the operator may not, and as for [`Recovery::revoke`].
    pub async fn revoke_tokens(&self, by: &Operator, user_id: &str) -> Result<(), OperatorError> {
        self.admit(by, Scope::RevokeTokens).await?;
        let revoked = self.revoke(by.application(), user_id).await.map_err(OperatorError::from);
        let outcome = revoked.as_ref().map_or_else(OperatorError::word, |()| "done");
        // Before a row has it, it may be anything that a caller took for an id.
        let known = revoked.is_ok().then_some(user_id);
        audit::key_used(by, audit::Operation::RevokeTokens, known, outcome);
        revoked
    }
}
