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
    let marks = account.marks(wish.purpose, rests_on(wish.origin));
    let mut claims = Claims {
        user_id: account.id.clone(),
        fingerprint: app.keys.fingerprint(wish.purpose, &marks),
        lifetime: wish.lifetime,
        return_to: wish.return_to.clone(),
    };
    let token = app.keys.mint(wish.purpose, at, &claims);
    if token.expose().len() <= MAX_TOKEN_BYTES {
        return token;
    }
    claims.return_to = None;
    app.keys.mint(wish.purpose, at, &claims)
}

/// How much of the stamp a link rests on: no asking of a stranger voids what an operator made.
const fn rests_on(origin: Origin) -> Stamp {
    match origin {
        Origin::Person => Stamp::Whole,
        Origin::Operator => Stamp::Base,
    }
}
