//! What it takes to use a token that is its own answer: one that confirms an address or logs in.

use super::Caller;

/// A token that somebody uses.
#[derive(Clone)]
pub struct TokenUse {
    /// The token as it came.
    pub token: String,
    /// Who tries, as limits count it.
    pub client: Caller,
    /// The request, as logs and hooks show it.
    pub reference: String,
}
