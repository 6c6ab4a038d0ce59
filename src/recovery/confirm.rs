//! Using a token to confirm an address. It may be used again: then there is nothing left to do.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tracing::Instrument as _;

use super::{
    Accounts, Application, CompleteError, Completed, Door, Event, Recovery, Refused, StoreError,
    Swap, TokenUse, meters,
};
use crate::account::Account;
use crate::token::Purpose;

/// How long to wait before the row is read again: after trouble, or since somebody else wrote it
/// meanwhile, most likely by confirming the same address.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(750)];

/// How it ended well.
enum Confirmed {
    /// The row was written.
    Now,
    /// The row said so already.
    Before,
}

impl Recovery {
    /// Confirms the address that a token was made for: MAC → age → row → active → fingerprint →
    /// compare-and-swap. Where the address is confirmed already, that is success too.
    ///
    /// # Errors
    /// [`CompleteError`]; the link goes on working unless it was not valid to begin with.
    pub async fn confirm(
        &self,
        app: &Application,
        used: TokenUse,
    ) -> Result<Completed, CompleteError> {
        let purpose = Purpose::EmailConfirmation;
        let confirmed = self.try_to_confirm(app, used).await;
        if let Err(error) = &confirmed {
            meters::completed(&app.name, purpose, error.into());
        }
        confirmed
    }

    async fn try_to_confirm(
        &self,
        app: &Application,
        used: TokenUse,
    ) -> Result<Completed, CompleteError> {
        let purpose = Purpose::EmailConfirmation;
        if !app.offers(purpose) {
            return Err(CompleteError::NotConfigured);
        }
        self.enter(app, Door::Complete, &used.client).await?;
        let (opened, account) = self.redeemable(app, purpose, &used.token).await?;
        if account.confirmed.is_empty() {
            return Err(CompleteError::NotConfigured);
        }
        let id = account.logged_id();
        match write_through(app, account, self.clock.now()).await? {
            Confirmed::Before => tracing::info!(app = app.name, user_id = id, "confirmed already"),
            Confirmed::Now => {
                let user_id = opened.claims.user_id.clone();
                self.tell(app, Event::EmailConfirmed, user_id, used.reference).await;
            }
        }
        meters::completed(&app.name, purpose, meters::Completing::Completed);
        Ok(Completed { return_to: app.return_target(&opened.claims) })
    }
}

/// Writes the row in a task of its own, which a client that goes away does not end.
async fn write_through(
    app: &Application,
    account: Account,
    at: OffsetDateTime,
) -> Result<Confirmed, CompleteError> {
    let (name, accounts) = (app.name.clone(), Arc::clone(&app.accounts));
    let writing = async move {
        let settled = settle(accounts.as_ref(), &account, at).await;
        if let Ok(Some(Confirmed::Now)) = settled {
            tracing::info!(app = name, user_id = account.logged_id(), "address confirmed");
        }
        settled
    };
    let written = tokio::spawn(writing.in_current_span()).await;
    let written = written.unwrap_or_else(|error| Err(StoreError::Unreachable(error.to_string())));
    written?.ok_or_else(|| Refused::Invalid.into())
}

/// Writes the row unless it says already what it would say then. Where it was lost or the answer
/// was, the row is read again: it is ours while it has the address and is active.
async fn settle(
    accounts: &dyn Accounts,
    was: &Account,
    at: OffsetDateTime,
) -> Result<Option<Confirmed>, StoreError> {
    let mut row = was.clone();
    let mut trouble = None;
    for pause in PAUSES.map(Some).into_iter().chain([None]) {
        if row.is_confirmed() {
            return Ok(Some(Confirmed::Before));
        }
        match accounts.confirm(&row, at).await {
            Ok(Swap::Won) => return Ok(Some(Confirmed::Now)),
            Ok(Swap::Lost) => trouble = None,
            Err(error @ StoreError::Misfit(_)) => return Err(error),
            Err(error) => trouble = Some(error),
        }
        let Some(pause) = pause else { break };
        tokio::time::sleep(pause).await;
        match accounts.read(&was.id).await {
            Ok(Some(now)) if now.email == was.email && now.active == was.active => row = now,
            Ok(_) => return Ok(None),
            Err(error) => trouble = Some(error),
        }
    }
    trouble.map_or(Ok(None), Err)
}
