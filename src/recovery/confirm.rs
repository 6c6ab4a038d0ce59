//! Using a token to confirm an address. It may be used again: then there is nothing left to do.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::{
    Accounts, Application, Change, CompleteError, Completed, Door, Event, Recovery, Refused,
    StoreError, Swap, TokenUse, audit, meters,
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
        let caller = used.client.clone();
        let confirmed = self.try_to_confirm(app, used).await;
        if let Err(error) = &confirmed {
            meters::completed(&app.name, purpose, error.into());
        }
        audit::called_for(
            &caller,
            audit::Operation::Complete,
            meters::Completing::of(&confirmed).word(),
        );
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
        let good = self.redeemable(app, purpose, &used.token).await?;
        let (opened, account) = (good.opened, good.account);
        if account.confirmed.is_empty() {
            return Err(CompleteError::NotConfigured);
        }
        let (id, at) = (account.logged_id(), self.clock.now());
        let news = app.hooks.contains(&Event::EmailConfirmed) && !account.is_confirmed();
        let change = news.then(|| Change::confirming(app, &account, at, &used.reference));
        if let Some(change) = &change {
            self.announce(app, Event::EmailConfirmed, change, used.reference).await?;
        }
        let (accounts, was) = (Arc::clone(&app.accounts), account.clone());
        let settling = async move { settle(accounts.as_ref(), &was, at).await };
        let now = |settled: &Option<Confirmed>| matches!(settled, Some(Confirmed::Now));
        let writing =
            self.write_through(app, account, change, settling, now, audit::email_confirmed);
        match writing.await? {
            Some(Confirmed::Now) => {}
            Some(Confirmed::Before) => {
                tracing::info!(app = app.name, user_id = id, "confirmed already");
            }
            None => return Err(Refused::Invalid.into()),
        }
        meters::completed(&app.name, purpose, meters::Completing::Completed);
        Ok(Completed { return_to: app.return_target(&opened.claims) })
    }
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
            // Where an answer was lost, it most likely was ours.
            let ours = trouble.is_some();
            return Ok(Some(if ours { Confirmed::Now } else { Confirmed::Before }));
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
