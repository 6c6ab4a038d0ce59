//! What it takes to use a token that is its own answer: one that confirms an address or logs in.

/// A token that somebody uses.
#[derive(Clone)]
pub struct TokenUse {
    /// The token as it came.
    pub token: String,
    /// Who tries: the key of the client's allowance.
    pub client: String,
    /// The request, as logs and hooks show it.
    pub reference: String,
}
