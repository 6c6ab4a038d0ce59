//! What somebody may do with the session that a login link was answered with.
//!
//! A backend asks for all its people from one address. So a good session costs its client nothing: what
//! was taken from the allowance at the door is given back. To take only once a session was refused would
//! let any number of them be tried at the same time, each worth a MAC and perhaps a row, before the
//! first counts; and to look at the MAC before the door is to look at it for everybody. As it is, a
//! client has no more under way than its allowance, and who is out of it gets no MAC and no row.

use super::{
    Application, Caller, Client, CompleteError, Door, InspectError, Recovery, Refused, Setting,
    Swap, meters,
};
use crate::password::Password;
use crate::token::Purpose;

/// Whose session it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Me {
    /// The account's id.
    pub user_id: String,
    /// Its address.
    pub email: String,
    /// The login name, where such a column is mapped.
    pub username: Option<String>,
    /// What to call the person, where such a column is mapped.
    pub display_name: Option<String>,
}

/// A session and the password to set with it.
pub struct PasswordChange {
    /// The session as it came.
    pub session: String,
    /// The new password.
    pub new_password: Password,
    /// Who tries, as limits count it.
    pub client: Caller,
    /// With what, for the notice.
    pub by: Client,
    /// The request, as logs and mails show it.
    pub reference: String,
}

impl Recovery {
    /// Whose session it is. Nothing is changed. What is refused counts against the client; a good
    /// session does not, nor does a table that is away, which says nothing of the session.
    ///
    /// # Errors
    /// [`InspectError`] when it is no session that is good now, or when that cannot be told.
    pub async fn me(
        &self,
        app: &Application,
        client: &Caller,
        session: &str,
    ) -> Result<Me, InspectError> {
        if !app.offers(Purpose::Session) {
            return Err(InspectError::NotConfigured);
        }
        self.enter(app, Door::Inspect, client).await?;
        let found = self.redeemable(app, Purpose::Session, session).await;
        if !matches!(found, Err(InspectError::Token(_))) {
            self.give_entry_back(app, Door::Inspect, client).await;
        }
        let account = found?.account;
        let email = account.email.as_deref().or(account.link_address()).unwrap_or_default();
        Ok(Me {
            email: email.to_owned(),
            user_id: account.id,
            username: account.username,
            display_name: account.display_name,
        })
    }

    /// Sets a new password by a session, as a reset does by a link. The session dies by itself, for
    /// the password is no longer what it was made from. What was done does not count against the
    /// client; all else does, since much may have been computed for nothing.
    ///
    /// # Errors
    /// [`CompleteError`]; the session is as good as before.
    pub async fn change_password(
        &self,
        app: &Application,
        change: PasswordChange,
    ) -> Result<(), CompleteError> {
        let changed = self.try_to_change_password(app, change).await;
        if let Err(error) = &changed {
            meters::completed(&app.name, Purpose::Session, error.into());
        }
        changed
    }

    async fn try_to_change_password(
        &self,
        app: &Application,
        change: PasswordChange,
    ) -> Result<(), CompleteError> {
        if !app.offers(Purpose::Session) {
            return Err(CompleteError::NotConfigured);
        }
        let client = change.client.clone();
        self.enter(app, Door::Complete, &client).await?;
        let changed = self.set_by_session(app, change).await;
        if changed.is_ok() {
            self.give_entry_back(app, Door::Complete, &client).await;
        }
        changed
    }

    async fn set_by_session(
        &self,
        app: &Application,
        change: PasswordChange,
    ) -> Result<(), CompleteError> {
        let good = self.redeemable(app, Purpose::Session, &change.session).await?;
        let setting = Setting {
            new_password: change.new_password,
            by: change.by,
            reference: change.reference,
        };
        match self.set_password(app, &good, setting).await? {
            Swap::Won => Ok(()),
            Swap::Lost => Err(Refused::Invalid.into()),
        }
    }
}
