//! Whether a new password will do, told in the order of what it costs, and its hash.

use super::{Application, BreachUse, CompleteError, NotTold, Recovery, meters, trace};
use crate::account::Account;
use crate::password::{Context, Password, Refusal};

impl Recovery {
    /// Length → what the row's format can hold → strength → breaches → hash. What takes computing has
    /// its turn in the pool, and nothing of it is done for a password that is too long. While others are
    /// asked over the network, the turn is somebody else's.
    ///
    /// # Errors
    /// [`CompleteError`]: nothing was written yet, so that the link goes on working.
    pub(super) async fn accept(
        &self,
        app: &Application,
        account: &Account,
        new_password: Password,
    ) -> Result<String, CompleteError> {
        let (policy, context) = (app.policy, context(app, account));
        policy.check(&new_password, &context).map_err(CompleteError::Rejected)?;
        let (scheme, stored) = (app.scheme.clone(), account.password.clone());
        if let Some(refusal) = scheme.refuse(&new_password, stored.as_deref()) {
            return Err(CompleteError::Rejected(vec![refusal]));
        }
        let turn = self.hashing.turn(&app.hashing_share).await?;
        let password = new_password.clone();
        let span = trace::step("judge the password");
        let judged = turn.work(move || policy.check_strength(&password, &context));
        let (turn, strong) = span.around(judged).await?;
        drop(span);
        strong.map_err(CompleteError::Rejected)?;
        let turn = if app.breaches == BreachUse::NotAsked {
            turn
        } else {
            drop(turn);
            self.refuse_breached(app, &new_password).await?;
            self.hashing.turn(&app.hashing_share).await?
        };
        Ok(turn.hash(scheme, new_password, stored).await?)
    }

    /// Refuses what is known from a breach, and what may be, if the application says so.
    async fn refuse_breached(
        &self,
        app: &Application,
        password: &Password,
    ) -> Result<(), CompleteError> {
        let span = trace::step("ask whether the password was breached");
        let told = span.around(self.breaches.list(&app.name, password)).await;
        meters::breaches_asked(app, told.into());
        match (told, app.breaches) {
            (Ok(true), _) => Err(CompleteError::Rejected(vec![Refusal::Breached])),
            (Err(NotTold::Crowded(wait)), _)
            | (Err(NotTold::Failed(wait)), BreachUse::OrRefuse) => Err(CompleteError::Busy(wait)),
            (Ok(false) | Err(NotTold::Failed(_)), _) => Ok(()),
        }
    }
}

/// What somebody who knows of the account would try first.
fn context(app: &Application, account: &Account) -> Context {
    let recovery_address = account.recovery_email.as_ref().and_then(|it| it.address.as_deref());
    let of_account = [
        account.email.as_deref(),
        account.username.as_deref(),
        account.display_name.as_deref(),
        recovery_address,
    ];
    let of_account = of_account.into_iter().flatten();
    Context::of(of_account.chain([app.title.as_str(), app.name.as_str()]))
}
