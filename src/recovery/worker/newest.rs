//! Where the newest link wins: what makes a mailed link one of the newest, and what becomes of that once
//! the mail was taken, or was not.
//!
//! While its mail is on its way a link is pending, and works beside the one that was delivered last, which
//! it takes the place of once the mail is taken. So a mail that is not taken voids no link that a mailbox
//! holds, however many are on their way at the same time: a pending one takes the place of another
//! pending one alone.
//!
//! A link's part of the recovery stamp is made from the mail's own id, so that trying again finds it
//! there and mints the same link. It is written by compare-and-swap: a base that a reset or a revocation
//! has written meanwhile is never written over.

use std::time::Duration;

use super::super::{Application, Draft, LinkWish, StoreError, Swap};
use crate::account::{Account, Newest, Stamp};
use crate::token::Purpose;

/// How often a row is read again that somebody else has written meanwhile.
const TRIES: usize = 16;

/// How long to wait after trouble with a row whose mail was handed over, time by time.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(750)];

/// An account as its mail is about to be made.
pub(super) struct Stamped {
    /// The account with the stamp that the link rests on.
    pub(super) account: Account,
    /// Its row, where the link wins.
    row: Option<Row>,
}

/// A row in which the mail's link is one of the newest.
struct Row {
    now: Account,
    /// What it was before it was written for this mail, where it was, and the mail is surely not out.
    before: Option<Account>,
}

impl Stamped {
    /// Notes in the draft what was done for it.
    pub(super) fn note(&self, draft: &mut Draft) {
        draft.stamped = self.row.is_some();
        let newest = self.row.as_ref().map(|row| row.now.newest());
        draft.over = newest.and_then(|newest| newest.delivered).map(str::to_owned);
    }
}

/// Whether a link of this wish voids those mailed before it.
pub(super) fn wins(app: &Application, wish: &LinkWish) -> bool {
    app.newest_link_wins() && wish.origin.is_a_person() && wish.purpose.rests_on_stamp()
}

/// Whether the mail of this draft, which was tried before, has been overtaken by a newer one: another
/// was delivered since, and the draft's link is void. One that merely took its place while both were
/// on their way may never be delivered.
pub(super) fn is_overtaken(app: &Application, wish: &LinkWish, row: &Account, it: &Draft) -> bool {
    let newest = row.newest();
    let another = newest.delivered.is_some() && newest.delivered != it.over.as_deref();
    wins(app, wish) && it.stamped && another && !newest.has(it.newest())
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

/// Makes the draft's link a pending one, where that counts. `None` where the account, as it was read
/// again, is none any more that the link would work for, or has been mailed a newer one.
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
        return Ok(Some(Stamped { account, row: None }));
    }
    let link = draft.newest();
    for _try in 0..TRIES {
        let newest = account.newest();
        if newest.has(link) {
            let row = Row { now: account.clone(), before: None };
            return Ok(Some(Stamped { account: account.as_mailed(link), row: Some(row) }));
        }
        let stamp = account.stamp_with(Newest { pending: Some(link), ..newest });
        match app.accounts.swap_stamp(&account, Some(&stamp)).await? {
            Swap::Won => {
                let now = Account { recovery_stamp: Some(stamp), ..account.clone() };
                // What was tried before may be out by that try.
                let row = Row { now, before: (!draft.stamped).then(|| account.clone()) };
                return Ok(Some(Stamped { account: account.as_mailed(link), row: Some(row) }));
            }
            Swap::Lost => match app.accounts.read(&account.id).await? {
                Some(now)
                    if would_work(app, &now, wish, draft)
                        && !is_overtaken(app, wish, &now, draft) =>
                {
                    account = now;
                }
                _ => return Ok(None),
            },
        }
    }
    Err(StoreError::Busy("others write the recovery stamp all the time".to_owned()))
}

/// Makes the link the delivered one, since its mail was taken; a link of another mail that is on its way
/// stays pending. Of mails that are taken at the same time the last one wins, as it is the newest in
/// the mailbox. Nothing is done where the base has changed: then the link is void.
pub(super) async fn deliver(app: &Application, stamped: &Stamped, draft: &Draft) {
    let Some(row) = &stamped.row else { return };
    let link = draft.newest();
    let next = |now: &Account| {
        let newest = now.newest();
        let is_done = newest.delivered == Some(link) || !same_base(now, &row.now);
        let pending = newest.pending.filter(|pending| *pending != link);
        (!is_done).then(|| Some(now.stamp_with(Newest { delivered: Some(link), pending })))
    };
    if let Err(error) = rewrite(app, &row.now, next).await {
        let user_id = row.now.logged_id();
        tracing::warn!(app = app.name, user_id, %error, "a link that was mailed voids none before it");
    }
}

/// Lets the link be pending no more, since the mail with it was surely not taken, and notes that in the
/// draft. Where another has taken its place, or the base has changed, nothing is done.
pub(super) async fn unstamp(app: &Application, stamped: &Stamped, draft: &mut Draft) {
    let Some(Row { now: row, before: Some(before) }) = &stamped.row else { return };
    let link = draft.newest();
    let next = |now: &Account| {
        let Newest { delivered, pending } = now.newest();
        let is_mine = pending == Some(link) && same_base(now, row);
        // What was pending before may have been taken: it is so again, unless another was delivered.
        let none_since = delivered == before.newest().delivered;
        let without = || now.stamp_with(Newest { delivered, pending: None });
        let stamp = if none_since { before.recovery_stamp.clone() } else { Some(without()) };
        is_mine.then_some(stamp)
    };
    match rewrite(app, row, next).await {
        Ok(false) => {}
        Ok(true) => {
            draft.stamped = false;
            draft.over = None;
        }
        Err(error) => {
            let user_id = row.logged_id();
            tracing::warn!(app = app.name, user_id, %error, "an unsent link goes on working");
        }
    }
}

fn same_base(one: &Account, other: &Account) -> bool {
    one.stamp(Stamp::Base) == other.stamp(Stamp::Base)
}

/// Gives a row the stamp that follows from what it is, read again as often as somebody else has written
/// it: whether it did. `None` of `next` is nothing to be done.
async fn rewrite(
    app: &Application,
    row: &Account,
    next: impl Fn(&Account) -> Option<Option<String>> + Send + Sync,
) -> Result<bool, StoreError> {
    let mut now = row.clone();
    let mut pauses = PAUSES.into_iter();
    for _try in 0..TRIES {
        let Some(stamp) = next(&now) else { return Ok(false) };
        let swapped = match app.accounts.swap_stamp(&now, stamp.as_deref()).await {
            Ok(Swap::Won) => return Ok(true),
            Ok(Swap::Lost) => app.accounts.read(&now.id).await,
            Err(error) => Err(error),
        };
        match swapped {
            Ok(Some(read)) => now = read,
            Ok(None) => return Ok(false),
            Err(error) => {
                let Some(pause) = pauses.next() else { return Err(error) };
                tokio::time::sleep(pause).await;
            }
        }
    }
    Err(StoreError::Busy("others write the recovery stamp all the time".to_owned()))
}
