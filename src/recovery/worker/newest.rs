//! Where the newest link wins: what makes a mailed link the newest one, and what puts that right where
//! the mail was not taken.
//!
//! The newest part of the recovery stamp is made from the mail's own id, so that trying again finds it
//! there and mints the same link. It is written by compare-and-swap: a base that a reset or a revocation
//! has written meanwhile is never written over.

use super::super::{Application, Draft, LinkWish, StoreError, Swap};
use crate::account::Account;
use crate::token::Purpose;

/// How often a row is read again that somebody else has written meanwhile.
const TRIES: usize = 4;

/// An account as its mail is about to be made.
pub(super) struct Stamped {
    pub(super) account: Account,
    /// The row before its stamp was written for this mail, where it was.
    before: Option<Account>,
}

/// Whether a link of this wish voids those mailed before it.
pub(super) fn wins(app: &Application, wish: &LinkWish) -> bool {
    app.newest_link_wins() && wish.origin.is_a_person() && wish.purpose.rests_on_stamp()
}

/// Whether the mail of this draft, which was tried before, has been overtaken by a newer one.
pub(super) fn is_overtaken(app: &Application, wish: &LinkWish, row: &Account, it: &Draft) -> bool {
    let newest = row.newest_link().filter(|newest| *newest != it.newest());
    wins(app, wish) && it.stamped && newest.is_some()
}

/// Whether a link of this draft would work for the account as it is.
pub(super) fn would_work(
    app: &Application,
    account: &Account,
    wish: &LinkWish,
    draft: &Draft,
) -> bool {
    let logged_in = wish.purpose == Purpose::Login && account.has_logged_in_since(draft.issued_at);
    !logged_in && account.fits(&app.needs_to_be_sent(wish)).is_ok()
}

/// Makes the draft's link the newest one, where that counts. `None` where the account, as it was read
/// again, is none any more that the link would work for.
///
/// # Errors
/// [`StoreError`] when the row could not be written, or when others write it all the time.
pub(super) async fn stamp(
    app: &Application,
    account: &Account,
    wish: &LinkWish,
    draft: &Draft,
) -> Result<Option<Stamped>, StoreError> {
    let mut account = account.clone();
    if !wins(app, wish) {
        return Ok(Some(Stamped { account, before: None }));
    }
    for _try in 0..TRIES {
        if account.newest_link() == Some(draft.newest()) {
            return Ok(Some(Stamped { account, before: None }));
        }
        let stamp = account.stamp_with(draft.newest());
        match app.accounts.swap_stamp(&account, Some(&stamp)).await? {
            Swap::Won => {
                let stamped = Account { recovery_stamp: Some(stamp), ..account.clone() };
                return Ok(Some(Stamped { account: stamped, before: Some(account) }));
            }
            Swap::Lost => match app.accounts.read(&account.id).await? {
                Some(now) if would_work(app, &now, wish, draft) => account = now,
                _ => return Ok(None),
            },
        }
    }
    Err(StoreError::Busy("others write the recovery stamp all the time".to_owned()))
}

/// Lets the link be the newest again that was so before, since the mail with this one was surely not
/// taken: whether it is. Where a newer one has come meanwhile, or the base has changed, nothing is done.
pub(super) async fn unstamp(app: &Application, stamped: &Stamped) -> bool {
    let Some(before) = &stamped.before else { return false };
    let stamp = before.recovery_stamp.as_deref();
    match app.accounts.swap_stamp(&stamped.account, stamp).await {
        Ok(swap) => swap == Swap::Won,
        Err(error) => {
            let user_id = before.logged_id();
            tracing::warn!(app = app.name, user_id, %error, "an unsent link voids the one before it");
            false
        }
    }
}
