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

#[cfg(test)]
mod tests {
    use crate::account::Account;
    use crate::recovery::testing::{ada, of_nobody};

    #[test]
    fn no_stamp_comes_twice_and_that_of_a_revocation_tells_its_second() {
        let recovery = of_nobody();
        let stamps = [recovery.new_stamp(), recovery.new_stamp(), recovery.revoking_stamp()];
        let [one, two, revoking] =
            stamps.map(|stamp| Account { recovery_stamp: Some(stamp), ..ada() });
        let length = |account: &Account| account.recovery_stamp.as_ref().map(String::len);
        assert_ne!(one.recovery_stamp, two.recovery_stamp);
        assert_eq!([&one, &two, &revoking].map(length), [Some(43); 3], "256 bits, or as long");
        assert_eq!([&one, &two].map(Account::revoked_at), [None; 2]);
        let told = revoking.revoked_at().unwrap();
        assert!((recovery.clock.now() - told).whole_seconds() < 60);
        assert_ne!(recovery.revoking_stamp(), recovery.revoking_stamp());
    }
}
