//! Voiding every link of an account, without a list of links: its recovery stamp is renewed.

use super::{Application, Recovery, RevokeError};
use crate::account::logged_id;

impl Recovery {
    /// Voids every link and session token of an account; its password stays as it is.
    ///
    /// # Errors
    /// [`RevokeError`]; after [`RevokeError::Unavailable`] the links may or may not be void.
    pub async fn revoke(&self, app: &Application, user_id: &str) -> Result<(), RevokeError> {
        if !app.has_stamp {
            return Err(RevokeError::NoStamp);
        }
        if !app.accounts.renew_stamp(user_id, &self.new_stamp()).await? {
            return Err(RevokeError::AccountUnknown);
        }
        tracing::info!(app = app.name, user_id = logged_id(user_id), "links revoked");
        Ok(())
    }
}
