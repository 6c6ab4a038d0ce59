//! A password change that is about to be written: what follows from it waits until it is.

use std::sync::{Arc, OnceLock};

use time::OffsetDateTime;

use super::{Application, Client, NewPassword, StoreError};
use crate::account::Account;

/// Tells the row before a change from the row after it, without holding a hash.
/// Neither proof is a fingerprint that a link could carry.
///
/// What became of the change is told by the process that wrote it; where that process is gone,
/// the row itself has to tell.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// The account.
    pub user_id: String,
    /// When it is written.
    pub at: OffsetDateTime,
    /// With what it was asked for.
    pub by: Client,
    before: String,
    after: String,
    told: Arc<OnceLock<Told>>,
}

#[derive(Clone, PartialEq, Eq)]
enum Told {
    /// Written, into the row of this account as it was before.
    Written(Box<Account>),
    NotWritten,
}

/// What has become of a change.
pub(super) enum Seen {
    /// The row was given the new hash. The account as it was then.
    Written(Box<Account>),
    /// The row is still what it was.
    NotYet,
    /// The row is something else: somebody else wrote it, or it is gone.
    Never,
}

impl Change {
    /// The change of this account's password to a new one.
    pub(super) fn of(app: &Application, account: &Account, new: &NewPassword, by: Client) -> Self {
        let mut after = account.marks();
        after.password = Some(&new.hash);
        after.recovery_stamp = new.recovery_stamp.as_deref();
        Self {
            user_id: account.id.clone(),
            at: new.at,
            by,
            before: app.keys.changed(&account.marks()),
            after: app.keys.changed(&after),
            told: Arc::default(),
        }
    }

    /// Says that it was written, so that it counts whatever becomes of the row afterwards.
    pub(super) fn is_written(&self, was: &Account) {
        let was = Account { password: None, ..was.clone() };
        let _only_the_first_counts = self.told.set(Told::Written(Box::new(was)));
    }

    /// Says that it was not and will not be written.
    pub(super) fn is_not_written(&self) {
        let _only_the_first_counts = self.told.set(Told::NotWritten);
    }

    /// What became of the change: as it was told, or as the row shows.
    pub(super) async fn seen(&self, app: &Application) -> Result<Seen, StoreError> {
        match self.told.get() {
            Some(Told::Written(account)) => return Ok(Seen::Written(account.clone())),
            Some(Told::NotWritten) => return Ok(Seen::Never),
            None => {}
        }
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
