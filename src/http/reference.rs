//! The id of a request, as logs, mails and the answer show it.

use poem::Request;

use crate::random::Random;

/// The id of a request: ours, never the client's.
#[derive(Clone)]
pub struct Reference(pub String);

impl Reference {
    /// A new id of 96 random bits.
    pub fn new(random: &Random) -> Self {
        Self(crate::token::base64url::encode(&random.bytes::<12>()))
    }

    /// The id that the edge gave a request.
    pub fn of(request: &Request) -> String {
        request.data::<Self>().map(|reference| reference.0.clone()).unwrap_or_default()
    }
}
