//! Tokens, the fingerprints in them, and the keys under both. Nothing here is stored anywhere.
//!
//! The stack is acyclic, each layer knowing only those above it in this list:
//!
//! 1. [`base64url`] writes bytes in the one accepted spelling.
//! 2. `mac` is HMAC-SHA256 with the key prepared beforehand; `ring` is several keys, one signing.
//! 3. `signer` puts a signature behind a text: `message.signature`.
//! 4. `timed` puts a time between the two: `payload.timestamp.signature`.
//! 5. `claims` is the payload's JSON, and `fingerprint` what ties it to a row as it was.
//! 6. [`ApplicationKeys`] joins them for one application, with `seal` for cookies and jobs.
//!
//! The result is, byte for byte, what itsdangerous' `URLSafeTimedSerializer` makes and reads with
//! SHA-256, `key_derivation="hmac"` and the salt `<app>/<purpose salt>`, less compression.
//!
//! Of an incoming token the shape and the signature's spelling are looked at, then the MAC is
//! checked; only when it holds are time and payload decoded. No algorithm is read from a token.
//! MACs and fingerprints are compared in constant time (`Mac::verify_slice`).
//!
//! Beside the stack stand [`ApiKey`], by which an application's backend shows who it is, and
//! [`Scope`], what it may do then.

mod api_key;
mod application;
pub mod base64url;
mod claims;
mod error;
mod fingerprint;
mod keyring;
mod mac;
mod purpose;
mod ring;
mod scope;
mod seal;
mod secret;
mod signer;
mod timed;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod vectors;

pub use api_key::{ApiKey, ApiKeys, KeyDigest, KnownKey};
pub use application::{ApplicationKeys, Opened, Token};
pub use claims::Claims;
pub use error::{KeyringError, NotRenewed, TokenError, WeakSecret};
pub use fingerprint::Marks;
pub use keyring::{KeyFacts, Keyring, LimiterKey, MAX_KEYS};
pub use purpose::Purpose;
pub use scope::Scope;
pub use secret::Secret;
pub use timed::MAX_TOKEN_BYTES;
