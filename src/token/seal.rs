//! Sealed texts: cookies and queued jobs, which others keep and nobody else reads.
//!
//! XChaCha20-Poly1305, whose nonce of 24 bytes may be random however many are sealed. A sealed
//! text is base64url of the nonce, the ciphertext and the tag of 16 bytes.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::base64url;
use super::mac;
use super::ring::Ring;
use super::secret::Secret;
use crate::random::Random;

/// Length of a nonce, in bytes.
const NONCE_BYTES: usize = 24;

/// Seals and opens for one application.
pub(super) struct Sealer(Ring<XChaCha20Poly1305>);

impl Sealer {
    pub(super) fn new(secrets: &Ring<&Secret>, context: &str) -> Self {
        Self(secrets.map(|secret| {
            let key = mac::derive(secret, context);
            XChaCha20Poly1305::new(<&Key>::from(&*key))
        }))
    }

    /// Seals under the signing key. What it is for stands in `context` and must be said again.
    pub(super) fn seal(&self, random: &Random, context: &str, plaintext: &[u8]) -> String {
        let nonce: [u8; NONCE_BYTES] = random.bytes();
        let payload = Payload { msg: plaintext, aad: context.as_bytes() };
        let Ok(ciphertext) = self.0.signing().encrypt(&XNonce::from(nonce), payload) else {
            unreachable!("RFC 8439 §2.8: only plaintexts of 256 GiB are too long")
        };
        let mut sealed = nonce.to_vec();
        sealed.extend(ciphertext);
        base64url::encode(&sealed)
    }

    /// What was sealed under any key with the same context.
    pub(super) fn unseal(&self, context: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        let sealed = base64url::decode(sealed)?;
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.0.iter().find_map(|key| {
            let payload = Payload { msg: ciphertext, aad: context.as_bytes() };
            key.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
        })
    }
}
