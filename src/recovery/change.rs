//! A password change that is about to be written: what follows from it waits until it is.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Application, Client, Jobs, NewPassword, StoreError};
use crate::account::{Account, Stamp};
use crate::token::{Marks, Purpose};

/// Tells the row before a change from the row after it, without holding a hash.
/// Neither proof is a fingerprint that a link could carry.
///
/// What became of the change is told by the process that wrote it, to its own jobs by the cell that
/// they share, to those of other processes by [`Jobs::tell`]; where that process is gone, the row
/// itself has to tell.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Change {
    /// The account.
    pub user_id: String,
    /// When it is written.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// With what it was asked for.
    #[serde(default)]
    pub by: Client,
    before: String,
    after: String,
    #[serde(with = "cell", default, skip_serializing_if = "cell::is_empty")]
    told: Arc<OnceLock<Told>>,
}

/// What became of a change, by the word of the process that made it.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// Written, into the row of this account as it was before.
    Written(Box<Account>),
    /// Not written, and it will not be.
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
        let mut after = marks(account);
        after.password = Some(&new.hash);
        after.recovery_stamp = new.recovery_stamp.as_deref();
        Self {
            user_id: account.id.clone(),
            at: new.at,
            by,
            before: app.keys.changed(&marks(account)),
            after: app.keys.changed(&after),
            told: Arc::default(),
        }
    }

    /// Names the change; no other has the name, since every new hash has a salt of its own.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.after
    }

    /// What was told of it, as far as this process knows.
    #[must_use]
    pub fn told(&self) -> Option<&Told> {
        self.told.get()
    }

    /// Says that it was written, so that it counts whatever becomes of the row afterwards.
    pub(super) async fn is_written(&self, app: &str, was: &Account, jobs: &dyn Jobs) {
        // What a notice needs, and nothing of the login.
        let was = Account {
            username: None,
            password: None,
            recovery_stamp: None,
            last_login: None,
            active: vec![],
            confirmed: vec![],
            ..was.clone()
        };
        self.tell(app, Told::Written(Box::new(was)), jobs).await;
    }

    /// Says that it was not and will not be written.
    pub(super) async fn is_not_written(&self, app: &str, jobs: &dyn Jobs) {
        self.tell(app, Told::NotWritten, jobs).await;
    }

    async fn tell(&self, app: &str, told: Told, jobs: &dyn Jobs) {
        if self.told.set(told).is_ok() {
            jobs.tell(app, self).await;
        }
    }

    /// What became of the change: as it was told, or as the row shows.
    pub(super) async fn seen(
        &self,
        app: &Application,
        jobs: &dyn Jobs,
    ) -> Result<Seen, StoreError> {
        if self.told.get().is_none()
            && let Some(told) = jobs.told(&app.name, self).await
        {
            // From here on the job carries it with it.
            let _only_the_first_counts = self.told.set(told);
        }
        match self.told.get() {
            Some(Told::Written(account)) => return Ok(Seen::Written(account.clone())),
            Some(Told::NotWritten) => return Ok(Seen::Never),
            None => {}
        }
        let Some(account) = app.accounts.read(&self.user_id).await? else {
            return Ok(Seen::Never);
        };
        Ok(if app.keys.is_changed(&self.after, &marks(&account)) {
            Seen::Written(Box::new(account))
        } else if app.keys.is_changed(&self.before, &marks(&account)) {
            Seen::NotYet
        } else {
            Seen::Never
        })
    }
}

/// What a change rests on, and not the newest part of the stamp: a mail that somebody asks for in the
/// middle of it must not keep its owner from being told.
fn marks(account: &Account) -> Marks<'_> {
    account.marks(Purpose::PasswordReset, Stamp::Base)
}

/// What was told, written down where it is known.
mod cell {
    use std::sync::{Arc, OnceLock};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Told;

    pub(super) fn is_empty(cell: &Arc<OnceLock<Told>>) -> bool {
        cell.get().is_none()
    }

    pub(super) fn serialize<S: Serializer>(
        cell: &Arc<OnceLock<Told>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        cell.get().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<OnceLock<Told>>, D::Error> {
        let told = Option::<Told>::deserialize(deserializer)?;
        Ok(Arc::new(told.map_or_else(OnceLock::new, OnceLock::from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::testing::ada;

    fn change(told: Option<Told>) -> Change {
        let told = Arc::new(told.map_or_else(OnceLock::new, OnceLock::from));
        let (user_id, before, after) = ("1".to_owned(), "b4".to_owned(), "af".to_owned());
        let (at, by) = (OffsetDateTime::UNIX_EPOCH, Client::default());
        Change { user_id, at, by, before, after, told }
    }

    #[test]
    fn a_change_is_written_with_what_was_told_of_it_and_without_hash_or_stamp() {
        let unknown = serde_json::to_string(&change(None)).unwrap();
        let expected =
            r#"{"user_id":"1","at":"1970-01-01T00:00:00Z","by":{},"before":"b4","after":"af"}"#;
        assert_eq!(unknown, expected);

        let stamped = Account { recovery_stamp: Some("stamp".to_owned()), ..ada() };
        let told = Told::Written(Box::new(stamped));
        let text = serde_json::to_string(&change(Some(told))).unwrap();
        assert!(text.contains("ada@example.com"), "{text}");
        assert!(!text.contains("argon2") && !text.contains("stamp"), "{text}");

        for text in [unknown, text] {
            let read: Change = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
