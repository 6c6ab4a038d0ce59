//! A password change that is about to be written: what follows from it waits until it is.

use super::{Application, StoreError};
use crate::account::Account;

/// Tells the row before a change from the row after it, without holding anything of either.
/// Neither proof is a fingerprint that a link could carry.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The account.
    pub user_id: String,
    before: String,
    after: String,
}

/// What has become of a change.
pub(super) enum Seen {
    /// The row carries the new hash.
    Written(Box<Account>),
    /// The row is still what it was.
    NotYet,
    /// The row is something else: somebody else wrote it, or it is gone.
    Never,
}

impl Change {
    /// The change of this account's password to this hash.
    pub(super) fn of(app: &Application, account: &Account, hash: &str) -> Self {
        let mut after = account.marks();
        after.password = Some(hash);
        Self {
            user_id: account.id.clone(),
            before: app.keys.changed(&account.marks()),
            after: app.keys.changed(&after),
        }
    }

    /// Reads the row and says what has become of the change.
    pub(super) async fn seen(&self, app: &Application) -> Result<Seen, StoreError> {
        let Some(account) = app.accounts.read(&self.user_id).await? else {
            return Ok(Seen::Never);
        };
        Ok(if app.keys.is_changed(&self.after, &account.marks()) {
            Seen::Written(Box::new(account))
        } else if app.keys.is_changed(&self.before, &account.marks()) {
            Seen::NotYet
        } else {
            Seen::Never
        })
    }
}
