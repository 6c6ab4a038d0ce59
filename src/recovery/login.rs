//! Using a token to log in, once. It answers a session, and knows nothing of the host's.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::{
    Accounts, Application, CompleteError, Door, Event, Recovery, Refused, StoreError, Swap,
    TokenUse, audit, meters,
};
use crate::account::{Account, Footing, LastLogin, Stamp};
use crate::token::{Claims, Purpose, Token};

/// How long to wait before a row that was locked is tried again.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(750)];

/// How often a row is read again in which mails have written the stamp meanwhile: each of them twice.
const RACES: u8 = 8;

/// Somebody is logged in.
pub struct LoggedIn {
    /// The session: a signed token of its own purpose, good for a while and not spent by use.
    pub session: Token,
    /// The last second in which it is good.
    pub expires_at: OffsetDateTime,
    /// Where the link leads back to.
    pub return_to: Option<String>,
}

impl Recovery {
    /// Logs somebody in: MAC → age → row → eligible → fingerprint → compare-and-swap of the last
    /// login. The link is spent by the last step alone.
    ///
    /// # Errors
    /// [`CompleteError`]. After [`CompleteError::Unavailable`] the link may be spent though nobody is
    /// logged in: two who use it in one second write the same, so that the row cannot tell whose
    /// answer was lost, and one link must not log in two.
    pub async fn log_in(
        &self,
        app: &Application,
        used: TokenUse,
    ) -> Result<LoggedIn, CompleteError> {
        let caller = used.client.clone();
        let logged_in = self.try_to_log_in(app, used).await;
        let outcome = meters::Completing::of(&logged_in);
        meters::completed(&app.name, Purpose::Login, outcome);
        audit::called_for(&caller, audit::Operation::Complete, outcome.word());
        logged_in
    }

    async fn try_to_log_in(
        &self,
        app: &Application,
        used: TokenUse,
    ) -> Result<LoggedIn, CompleteError> {
        if !app.offers(Purpose::Login) {
            return Err(CompleteError::NotConfigured);
        }
        self.enter(app, Door::Complete, &used.client).await?;
        let good = self.redeemable(app, Purpose::Login, &used.token).await?;
        let (account, rests_on) = (good.account, good.rests_on);
        let now = self.clock.now();
        let at = next_login(&account, now);
        let session = open_session(app, &account, now);
        let user_id = account.id.clone();
        let (accounts, was) = (Arc::clone(&app.accounts), account.clone());
        let settling = async move { settle(accounts.as_ref(), &was, &rests_on, at).await };
        let won = |swap: &Swap| *swap == Swap::Won;
        let writing = self.write_through(app, account, None, settling, won, audit::login_completed);
        if writing.await? == Swap::Lost {
            return Err(Refused::Invalid.into());
        }
        // Before the session is handed over and not before the row is written: where the process dies
        // in between, nobody is logged in, and nothing is to be told.
        self.tell(app, Event::LoginCompleted, user_id, used.reference).await;
        Ok(LoggedIn {
            session,
            expires_at: now.truncate_to_second() + app.lifetime(Purpose::Session),
            return_to: app.return_target(&good.opened.claims),
        })
    }
}

/// Now, or a second after the last login where that lies ahead: later in any case.
fn next_login(account: &Account, now: OffsetDateTime) -> OffsetDateTime {
    let last = account.last_login.as_ref().and_then(LastLogin::time);
    let after = last.map(|last| last.truncate_to_second() + Duration::from_secs(1));
    now.truncate_to_second().max(after.unwrap_or(now.truncate_to_second()))
}

/// A session of the account as it is. It rests on what a reset rests on, so that a new password or
/// address ends it; and not on the last login, so that using it does not, nor on the newest mail, so
/// that a stranger who asks does not.
fn open_session(app: &Application, account: &Account, now: OffsetDateTime) -> Token {
    let marks = account.marks(Purpose::Session, Stamp::Base);
    let fingerprint = app.keys.fingerprint(Purpose::Session, &marks);
    let claims =
        Claims { user_id: account.id.clone(), fingerprint, lifetime: None, return_to: None };
    app.keys.mint(Purpose::Session, now, &claims)
}

/// The compare-and-swap. Only where it was surely not carried out is it tried again: the row was
/// locked, or a mail went out meanwhile that does not count for this link.
async fn settle(
    accounts: &dyn Accounts,
    was: &Account,
    rests_on: &Footing,
    at: OffsetDateTime,
) -> Result<Swap, StoreError> {
    let mut row = was.clone();
    let (mut pauses, mut races) = (PAUSES.into_iter(), 0..RACES);
    loop {
        match accounts.advance_login(&row, at).await {
            Err(error @ StoreError::Busy(_)) => {
                let Some(pause) = pauses.next() else { return Err(error) };
                tracing::warn!(user_id = was.logged_id(), %error, "trying again");
                tokio::time::sleep(pause).await;
            }
            Ok(Swap::Lost) if *rests_on != Footing::Stamp(Stamp::Whole) => {
                let now = accounts.read(&was.id).await?;
                let same = |now: &Account| {
                    now.still_is(was, rests_on)
                        && now.last_login == was.last_login
                        && now.recovery_stamp != row.recovery_stamp
                };
                let Some(now) = now.filter(same).filter(|_| races.next().is_some()) else {
                    return Ok(Swap::Lost);
                };
                row = now;
            }
            settled => return settled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recovery::testing::ada;

    #[test]
    fn the_last_login_becomes_later_by_a_second_at_least() {
        let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let now = at(1_800_000_000) + Duration::from_millis(700);
        for (last, next) in [
            (None, 1_800_000_000),
            (Some("2026-01-01 00:00:00"), 1_800_000_000),
            (Some("1800000000"), 1_800_000_001),
            (Some("2027-01-15 08:00:00.9"), 1_800_000_001),
            (Some("2027-01-15 09:00:00"), 1_800_003_601),
        ] {
            let last_login = last.map(|text| text.to_owned().into());
            assert_eq!(next_login(&crate::account::Account { last_login, ..ada() }, now), at(next));
        }
    }
}
