//! Who gets the sessions of people who logged in on Regain's own page.

use super::SessionTarget;

/// How a session reaches those who use it. It comes from the configuration and from nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandOver {
    /// The application's page at this address gets it, behind a `#`.
    Page(SessionTarget),
    /// The person's browser keeps it as a cookie of ours, and goes on to where the link leads back to or
    /// else to this address, which gets no session.
    Cookie(String),
}
