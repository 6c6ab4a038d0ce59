//! From a wish to a token.

use time::OffsetDateTime;

use super::{Application, LinkWish, Origin};
use crate::account::{Account, Stamp};
use crate::token::{Claims, MAX_TOKEN_BYTES, Token};

/// A token as it was wished for. A key of the table may be so long that a return target does not
/// fit beside it; then the person goes without.
pub(super) fn mint(
    app: &Application,
    account: &Account,
    wish: &LinkWish,
    at: OffsetDateTime,
) -> Token {
    let fingerprint = fingerprint(app, account, wish);
    let mut claims = Claims {
        user_id: account.id.clone(),
        fingerprint,
        lifetime: wish.lifetime,
        return_to: wish.return_to.as_deref().map(str::to_owned),
    };
    let token = app.keys.mint(wish.purpose, at, &claims);
    if token.expose().len() <= MAX_TOKEN_BYTES {
        return token;
    }
    claims.return_to = None;
    app.keys.mint(wish.purpose, at, &claims)
}

/// No asking of a stranger voids what an operator made; and an invitation is told from all else, since
/// accounts use it that may use no other link.
fn fingerprint(app: &Application, account: &Account, wish: &LinkWish) -> String {
    let marks = |stamp| account.marks(wish.purpose, stamp);
    match wish.origin {
        Origin::Person => app.keys.fingerprint(wish.purpose, &marks(Stamp::Whole)),
        Origin::Operator => app.keys.fingerprint(wish.purpose, &marks(Stamp::Base)),
        Origin::Invitation => app.keys.invitation(&marks(Stamp::Base)),
    }
}
