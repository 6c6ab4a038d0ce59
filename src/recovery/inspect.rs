//! Looking at a token, which changes nothing, and the way that every use of one begins with.

use time::OffsetDateTime;

use super::{Application, Caller, Door, InspectError, Recovery, Worthless, audit, meters};
use crate::account::{Account, Footing, Identifier, Needs, Stamp};
use crate::token::{Opened, Purpose};

/// A token that is good for use now, and the account that it is for.
pub(super) struct Redeemable {
    pub(super) opened: Opened,
    pub(super) account: Account,
    /// What the account had to be for it.
    pub(super) needs: Needs,
    /// What of the account's stamp it rests on.
    pub(super) rests_on: Footing,
}

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
    /// Whose it is.
    pub whose: Whose,
}

/// Whose a token is: as much as its bearer may see, and no address in clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose(Account);

impl Whose {
    /// The row's key as text.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.0.id
    }

    /// Enough to recognise the account for one who knows it: `a…@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        self.0.masked()
    }

    /// Whether a person who typed this meant this account.
    #[must_use]
    pub fn is_called(&self, typed: &Identifier) -> bool {
        self.0.is_called(typed)
    }
}

impl Inspected {
    fn of(app: &Application, opened: &Opened, account: Account) -> Self {
        Self {
            purpose: opened.purpose,
            issued_at: opened.issued_at,
            expires_at: opened.expires_at,
            return_to: app.return_target(&opened.claims),
            whose: Whose(account),
        }
    }
}

impl Recovery {
    /// Says whether a token would work now.
    ///
    /// # Errors
    /// [`InspectError`] when it would not, or when that cannot be told.
    pub async fn inspect(
        &self,
        app: &Application,
        client: &Caller,
        purpose: Purpose,
        token: &str,
    ) -> Result<Inspected, InspectError> {
        let inspected = self.try_to_inspect(app, client, purpose, token).await;
        let outcome = inspected.as_ref().map_or_else(InspectError::word, |_| "valid");
        audit::called_for(client, audit::Operation::Inspect, outcome);
        inspected
    }

    async fn try_to_inspect(
        &self,
        app: &Application,
        client: &Caller,
        purpose: Purpose,
        token: &str,
    ) -> Result<Inspected, InspectError> {
        self.enter(app, Door::Inspect, client).await?;
        self.inspect_again(app, purpose, token).await
    }

    /// The same for a client that has just been let in to use the token, and was told that it cannot
    /// be used that way.
    ///
    /// # Errors
    /// [`InspectError`] as for [`Recovery::inspect`].
    pub async fn inspect_again(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<Inspected, InspectError> {
        let good = self.redeemable(app, purpose, token).await?;
        Ok(Inspected::of(app, &good.opened, good.account))
    }

    /// The account that a token of ours names, by its signature and age alone: nothing is read.
    #[must_use]
    pub fn names(&self, app: &Application, purpose: Purpose, token: &str) -> Option<String> {
        let opened = app.keys.open(purpose, token, self.clock.now(), app.lifetime(purpose));
        opened.ok().map(|opened| opened.claims.user_id)
    }

    /// Whether a token is one that this application made for a purpose that it offers, live or
    /// expired. By the MAC alone: nothing is looked up.
    #[must_use]
    pub fn is_ours(&self, app: &Application, purpose: Purpose, token: &str) -> bool {
        app.offers(purpose) && app.keys.claims(purpose, token, self.clock.now()).is_ok()
    }

    /// Where a token that this application made leads back to, live, expired or spent: by the MAC
    /// and the list as it is now. Nothing is looked up.
    #[must_use]
    pub fn leads_back_to(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Option<String> {
        app.return_target(&app.keys.claims(purpose, token, self.clock.now()).ok()?)
    }

    /// Why a token would not work now, in words for operators; the public is never told.
    ///
    /// # Errors
    /// [`Worthless`] when it would not work, or when that cannot be told.
    pub async fn explain(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<(Inspected, String), Worthless> {
        let good = self.open_token(app, purpose, token).await?;
        let user_id = good.account.id.clone();
        Ok((Inspected::of(app, &good.opened, good.account), user_id))
    }

    /// What a completion begins with. Whatever stands behind a refusal, it looks the same.
    pub(super) async fn redeemable(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<Redeemable, InspectError> {
        self.open_token(app, purpose, token).await.map_err(|why| {
            audit::token_refused(app, purpose, &why);
            meters::refused(app, &why);
            why.into()
        })
    }

    /// MAC → age → row → eligible → fingerprint, in this order: no database before the MAC holds.
    pub(super) async fn open_token(
        &self,
        app: &Application,
        purpose: Purpose,
        token: &str,
    ) -> Result<Redeemable, Worthless> {
        let opened = app.keys.open(purpose, token, self.clock.now(), app.lifetime(purpose))?;
        if !app.offers(purpose) {
            return Err(Worthless::NotConfigured);
        }
        app.refuse_past_second_factor(purpose).await?;
        let user_id = &opened.claims.user_id;
        let account = app.accounts.read(user_id).await?.ok_or(Worthless::AccountUnknown)?;
        let invited = opened.is_invitation(&account.marks(purpose, Stamp::Base));
        let needs = if invited { app.needs_of_an_invitation() } else { app.needs(purpose) };
        let revoked = account.revoked_at().is_some_and(|at| opened.issued_at <= at);
        if let Err(why) = account.fits(&needs) {
            // What an invitation passes over is no reason where this may have been one: only with
            // the stamp that it was made from can that be told.
            if revoked && account.fits(&app.needs_of_an_invitation()).is_ok() {
                return Err(Worthless::Revoked(account.logged_id()));
            }
            return Err(Worthless::Ineligible(account.logged_id(), why));
        }
        // A login since then may have been by this very link, in the same second.
        let used = purpose == Purpose::Login && account.has_logged_in_since(opened.issued_at);
        let rests_on = if invited {
            Some(Footing::Stamp(Stamp::Base))
        } else {
            rests_on(app, &opened, &account)
        };
        match rests_on.filter(|_| !used) {
            Some(rests_on) => Ok(Redeemable { opened, account, needs, rests_on }),
            None if revoked && !used => Err(Worthless::Revoked(account.logged_id())),
            None => Err(Worthless::Spent(account.logged_id())),
        }
    }
}

/// What of the account's stamp a token rests on, if it rests on the account as it is. Those of
/// programs that mint by themselves may rest on any of it, whatever they are for.
fn rests_on(app: &Application, opened: &Opened, account: &Account) -> Option<Footing> {
    let matches = |account: &Account, stamp| {
        opened.fingerprint_matches(&account.marks(opened.purpose, stamp))
    };
    let on_stamp = |stamp| matches(account, stamp).then_some(Footing::Stamp(stamp));
    let on_link = || {
        let newest = account.newest();
        let links = [newest.delivered, newest.pending].into_iter().flatten();
        let is_it = |link: &&str| matches(&account.as_mailed(link), Stamp::Whole);
        links.into_iter().find(is_it).map(|link| Footing::Link(link.to_owned()))
    };
    // A stamp without newest parts is both: then a mail may add one before the token is used up, and
    // what rests on either does not rest on that.
    if app.newest_link_wins() {
        on_stamp(Stamp::Base).or_else(on_link).or_else(|| on_stamp(Stamp::Whole))
    } else {
        on_stamp(Stamp::Whole).or_else(on_link).or_else(|| on_stamp(Stamp::Base))
    }
}
