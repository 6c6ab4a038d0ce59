//! A change of a row that is about to be written, a new password or the confirmation of its address:
//! what follows from it waits until it is.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tracing::Instrument as _;

use super::{
    About, Application, Client, Event, Jobs, NewPassword, QueueFull, Recovery, StoreError, Task,
    trace,
};
use crate::account::{Account, Stamp};
use crate::token::{Marks, Purpose};

/// How long to wait before a change is told of, so that it mostly is written by then.
pub(super) const NEWS_DELAY: Duration = Duration::from_millis(250);

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
    /// Its name, where it is the confirmation of the address. Then the row has to be confirmed, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmation: Option<String>,
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
    /// The row was given what is new. The account as it was then.
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
            confirmation: None,
            told: Arc::default(),
        }
    }

    /// The confirmation of this account's address that a request asks for. Two are alike but for
    /// their name.
    pub(super) fn confirming(
        app: &Application,
        account: &Account,
        at: OffsetDateTime,
        reference: &str,
    ) -> Self {
        let proof = app.keys.changed(&address(account));
        Self {
            user_id: account.id.clone(),
            at,
            by: Client::default(),
            before: proof.clone(),
            after: proof,
            confirmation: Some(reference.to_owned()),
            told: Arc::default(),
        }
    }

    /// Names the change; no other has the name, since every new hash has a salt of its own.
    #[must_use]
    pub fn id(&self) -> &str {
        self.confirmation.as_ref().unwrap_or(&self.after)
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
        let confirming = self.confirmation.is_some();
        let marks = if confirming { address(&account) } else { marks(&account) };
        let may_be = !confirming || account.is_confirmed();
        Ok(if may_be && app.keys.is_changed(&self.after, &marks) {
            Seen::Written(Box::new(account))
        } else if app.keys.is_changed(&self.before, &marks) {
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

/// Whose address is confirmed, and nothing that may change meanwhile. A row whose password is changed
/// has one, so that no proof is of both.
fn address(account: &Account) -> Marks<'_> {
    let marks = account.marks(Purpose::EmailConfirmation, Stamp::Base);
    Marks { password: None, recovery_stamp: None, last_login: None, ..marks }
}

impl Recovery {
    /// Queues what the application's backend is told once a change is written.
    pub(super) async fn announce(
        &self,
        app: &Application,
        event: Event,
        change: &Change,
        reference: String,
    ) -> Result<(), QueueFull> {
        let hook = Task::Hook(event, About::Change(Box::new(change.clone())));
        self.jobs.follow(self.job(app, reference, hook), NEWS_DELAY).await
    }

    /// Lets a row be written in a task of its own, which a client that goes away does not end: then
    /// it is accounted for, and whoever waits for the change is told what became of it.
    /// Where that is not known, the row will tell.
    pub(super) async fn write_through<T: Send + 'static>(
        &self,
        app: &Application,
        was: Account,
        change: Option<Change>,
        settling: impl Future<Output = Result<T, StoreError>> + Send + 'static,
        is_written: fn(&T) -> bool,
        account_for: impl FnOnce(&str, &str) + Send + 'static,
    ) -> Result<T, StoreError> {
        let (app, jobs) = (app.name.clone(), Arc::clone(&self.jobs));
        let writing = async move {
            let settled = settling.await;
            let written = settled.as_ref().map(is_written).ok();
            if written == Some(true) {
                account_for(&app, &was.id);
            }
            match (change, written) {
                (Some(change), Some(true)) => change.is_written(&app, &was, jobs.as_ref()).await,
                (Some(change), Some(false)) => change.is_not_written(&app, jobs.as_ref()).await,
                (Some(_), None) | (None, _) => {}
            }
            settled
        };
        let written = tokio::spawn(trace::along(writing.in_current_span())).await;
        written.unwrap_or_else(|error| Err(StoreError::Unreachable(error.to_string())))
    }
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
        Change { user_id, at, by, before, after, confirmation: None, told }
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

        let confirming = Change { confirmation: Some("r1".to_owned()), ..change(None) };
        let confirming = serde_json::to_string(&confirming).unwrap();
        assert!(confirming.ends_with(r#""after":"af","confirmation":"r1"}"#), "{confirming}");

        for text in [unknown, text, confirming] {
            let read: Change = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
    }
}
