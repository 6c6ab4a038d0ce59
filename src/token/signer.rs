//! `message.signature`: puts a signature behind a text, and takes it off if it holds.

use super::base64url;
use super::error::TokenError;
use super::mac::{MacKey, TAG_BYTES};
use super::ring::Ring;
use super::secret::Secret;

/// What stands between the parts; base64url does not have it.
pub(super) const SEPARATOR: char = '.';

/// Signs and verifies under one salt.
pub(super) struct Signer(Ring<MacKey>);

/// A text whose signature held.
pub(super) struct Signed<'a> {
    /// What was signed, with nothing decoded yet.
    pub(super) message: &'a str,
    /// The number of the key that signed.
    pub(super) key: usize,
}

impl Signer {
    pub(super) fn new(secrets: &Ring<&Secret>, salt: &str) -> Self {
        Self(secrets.map(|secret| MacKey::derive(secret, salt)))
    }

    /// Appends the signature of the signing key.
    pub(super) fn sign(&self, mut message: String) -> String {
        let tag = self.0.signing().tag(message.as_bytes());
        message.push(SEPARATOR);
        base64url::encode_onto(&mut message, &tag);
        message
    }

    /// What was signed, if the text after the last separator is its signature by any key.
    pub(super) fn unsign<'a>(&self, text: &'a str) -> Result<Signed<'a>, TokenError> {
        let (message, signature) = text.rsplit_once(SEPARATOR).ok_or(TokenError::Malformed)?;
        let tag: [u8; TAG_BYTES] =
            base64url::decode_array(signature).ok_or(TokenError::Malformed)?;
        let key = self.0.position(|key| key.holds(message.as_bytes(), &tag));
        key.map(|key| Signed { message, key }).ok_or(TokenError::BadSignature)
    }
}
