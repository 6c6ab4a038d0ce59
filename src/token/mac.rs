//! HMAC-SHA256 (RFC 2104) with the key prepared once, and the derivation of keys by it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::secret::Secret;

/// Length of a tag and of a derived key, in bytes.
pub(super) const TAG_BYTES: usize = 32;

/// A key with its two HMAC blocks already hashed; every use works on a clone.
#[derive(Clone)]
pub(super) struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// The key for one context: HMAC(secret, context).
    pub(super) fn derive(secret: &Secret, context: &str) -> Self {
        Self(keyed(derive(secret, context).as_slice()))
    }

    /// The tag of one message.
    pub(super) fn tag(&self, message: &[u8]) -> [u8; TAG_BYTES] {
        self.tag_of(|feed| feed(message))
    }

    /// The tag of a message that comes in pieces.
    pub(super) fn tag_of(&self, message: impl FnOnce(&mut dyn FnMut(&[u8]))) -> [u8; TAG_BYTES] {
        self.absorb(message).finalize().into_bytes().into()
    }

    /// Whether this is the tag of the message, in constant time.
    pub(super) fn holds(&self, message: &[u8], tag: &[u8; TAG_BYTES]) -> bool {
        self.absorb(|feed| feed(message)).verify_slice(tag).is_ok()
    }

    /// Whether these are the first bytes of the tag of a message, in constant time.
    pub(super) fn starts_with<const N: usize>(
        &self,
        message: impl FnOnce(&mut dyn FnMut(&[u8])),
        first: &[u8; N],
    ) -> bool {
        const { assert!(N >= 16 && N <= TAG_BYTES, "shorter tags can be guessed") };
        self.absorb(message).verify_truncated_left(first).is_ok()
    }

    fn absorb(&self, message: impl FnOnce(&mut dyn FnMut(&[u8]))) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        message(&mut |bytes| mac.update(bytes));
        mac
    }
}

/// HMAC(secret, context), itself a key. The contexts of different uses are different texts.
pub(super) fn derive(secret: &Secret, context: &str) -> Zeroizing<[u8; TAG_BYTES]> {
    let mut mac = keyed(secret.expose());
    mac.update(context.as_bytes());
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    let Ok(mac) = Hmac::new_from_slice(key) else {
        unreachable!("RFC 2104 §2: HMAC takes keys of any length")
    };
    mac
}
