//! Looking at a token, which changes nothing, and the way that every use of one begins with.

use time::OffsetDateTime;

use super::{Application, Door, InspectError, Recovery, Refused};
use crate::account::Account;
use crate::token::{Opened, Purpose};

/// What a token says that is good for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// What it is for.
    pub purpose: Purpose,
    /// When it was made.
    pub issued_at: OffsetDateTime,
    /// The last moment at which it works.
    pub expires_at: OffsetDateTime,
    /// Where it leads back to.
    pub return_to: Option<String>,
}

impl Recovery {
    /// Says whether a token would work now.
    ///
    /// # Errors
    /// [`InspectError`] when it would not, or when that cannot be told.
    pub async fn inspect(
        &self,
        app: &Application,
        client: &str,
        purpose: Purpose,
        token: &str,
    ) -> Result<Inspected, InspectError> {
        self.limits.client(Door::Inspect, client).await?;
        let (opened, _) = self.redeemable(app, purpose, token).await?;
        Ok(Inspected {
            purpose,
            issued_at: opened.issued_at,
            expires_at: opened.expires_at,
            return_to: app.return_target(&opened.claims),
        })
    }

    /// MAC → age → row → eligible → fingerprint, in this order: no database before the MAC
    /// holds, and whatever stands behind a refusal after it, it looks the same.
    pub(super) async fn redeemable(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<(Opened, Account), InspectError> {
        let lifetime = app.lifetime(purpose);
        let opened = app.keys.open(purpose, token, self.clock.now(), lifetime)?;
        let account = app.accounts.read(&opened.claims.user_id).await?.ok_or(Refused::Invalid)?;
        account.eligible().map_err(|reason| {
            tracing::info!(app = app.name, user_id = account.logged_id(), %reason, "token refused");
            Refused::Invalid
        })?;
        if !app.keys.fingerprint_matches(&opened, &account.marks()) {
            tracing::info!(app = app.name, user_id = account.logged_id(), "token refused: spent");
            return Err(Refused::Invalid.into());
        }
        Ok((opened, account))
    }
}
