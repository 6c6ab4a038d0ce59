//! Every kind of problem: its name, its status and its words.

use poem::http::StatusCode;
use serde::Deserialize;

/// Every kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Code {
    /// Not JSON, a wrong type, a duplicate or unknown key.
    Malformed,
    /// The right shape, but a value that cannot be used.
    InvalidValue,
    /// Every reason but expiry.
    TokenInvalid,
    /// Genuine, but too old.
    TokenExpired,
    /// A password that the policy refuses.
    PasswordRejected,
    /// Too often.
    RateLimited,
    /// No session, or one that is not good.
    Unauthorized,
    /// No API key, or none of this application.
    KeyNeeded,
    /// A form that was not posted from our own page.
    Forbidden,
    /// An API key that may not do this.
    ScopeMissing,
    /// No such application, page or operation.
    NotFound,
    /// No such account, for those who may know.
    NoAccount,
    /// The application does not do this.
    NotConfigured,
    /// Another method.
    MethodNotAllowed,
    /// A body that did not come in time.
    Timeout,
    /// A body beyond the cap.
    TooLarge,
    /// A body of another media type.
    UnsupportedMediaType,
    /// Too much to do, or something needed is away.
    Busy,
    /// A fault of ours.
    Internal,
}

/// Code, status and title of each kind, and the detail where nothing more is known.
const TABLE: [(Code, &str, u16, &str, &str); 19] = [
    (
        Code::Malformed,
        "invalid-request",
        400,
        "The request is not well formed",
        "The body does not have the documented shape.",
    ),
    (
        Code::InvalidValue,
        "invalid-request",
        422,
        "A value cannot be used",
        "The request has the documented shape, but a value in it cannot be used.",
    ),
    (
        Code::TokenInvalid,
        "token-invalid",
        400,
        "The token is not valid",
        "This link is not valid, or no longer: it may have been used already. Ask for a new one.",
    ),
    (
        Code::TokenExpired,
        "token-expired",
        410,
        "The token has expired",
        "This link was good, but its time is over. Ask for a new one.",
    ),
    (
        Code::PasswordRejected,
        "password-rejected",
        422,
        "The password is not accepted",
        "Choose another password. Nothing was spent: a link, or a session, that was good is so still.",
    ),
    (
        Code::RateLimited,
        "rate-limited",
        429,
        "Too many requests",
        "Wait as long as Retry-After says.",
    ),
    (
        Code::Unauthorized,
        "unauthorized",
        401,
        "A session is needed",
        "Send a session that is good now as a bearer token. Log in again to get one.",
    ),
    (
        Code::KeyNeeded,
        "unauthorized",
        401,
        "An API key is needed",
        "Send an API key of this application as a bearer token.",
    ),
    (
        Code::Forbidden,
        "forbidden",
        403,
        "The form was not sent from its own page",
        "Open the page again and send the form from there.",
    ),
    (
        Code::ScopeMissing,
        "forbidden",
        403,
        "The API key may not do this",
        "It lacks the scope that `errors` names. Add it to the key's scopes in the configuration.",
    ),
    (
        Code::NotFound,
        "not-found",
        404,
        "There is nothing here",
        "There is no such page, operation or application.",
    ),
    (
        Code::NoAccount,
        "not-found",
        404,
        "There is no such account",
        "No row of the users table has this id.",
    ),
    (
        Code::NotConfigured,
        "not-configured",
        409,
        "The application does not do this",
        "It is not switched on for this application, or its users table rules it out.",
    ),
    (
        Code::MethodNotAllowed,
        "method-not-allowed",
        405,
        "The method is not allowed here",
        "Use one of the methods that Allow names.",
    ),
    (
        Code::Timeout,
        "timeout",
        408,
        "The body came too slowly",
        "Send the whole body at once, on a new connection.",
    ),
    (
        Code::TooLarge,
        "too-large",
        413,
        "The body is too large",
        "A body may have at most 65536 bytes.",
    ),
    (
        Code::UnsupportedMediaType,
        "unsupported-media-type",
        415,
        "The media type is not supported",
        "Send the documented media type.",
    ),
    (
        Code::Busy,
        "busy",
        503,
        "The service is busy",
        "It was not done, or that is not known. Try again as Retry-After says.",
    ),
    (
        Code::Internal,
        "internal",
        500,
        "Something went wrong",
        "The fault is ours and has been logged.",
    ),
];

impl Code {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Internal; TABLE.len()];
        let mut row = 0;
        while row < TABLE.len() {
            all[row] = TABLE[row].0;
            row += 1;
        }
        all
    };

    fn row(self) -> &'static (Self, &'static str, u16, &'static str, &'static str) {
        &TABLE[self as usize]
    }

    /// The title of a problem of this kind.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().3
    }

    /// What to do about a problem of this kind.
    #[must_use]
    pub fn detail(self) -> &'static str {
        self.row().4
    }

    /// The stable name, the last part of the problem's type.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().2).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_kind_in_its_own_row() {
        for (row, (code, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*code as usize, row);
        }
    }
}
