//! What can be wrong: with a token as it comes in, and with keys before anything starts.
//!
//! How a refusal is told to the outside is decided in `http`: there every [`TokenError`] but
//! [`TokenError::Expired`] looks the same.

use thiserror::Error;
use time::OffsetDateTime;

/// Why a token was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It has not the shape of a token, or was signed over something that is not one.
    #[error("not a token")]
    Malformed,
    /// No key made this signature for this application and purpose.
    #[error("the signature does not hold")]
    BadSignature,
    /// It was good once. Known only after the signature held.
    #[error("the token expired")]
    Expired {
        /// When it was made, in whole seconds.
        issued_at: OffsetDateTime,
        /// The last second in which it was good.
        expired_at: OffsetDateTime,
    },
    /// Its time is further ahead than clocks of replicas may differ.
    #[error("the token was issued in the future")]
    FromTheFuture,
}

/// Why a secret is refused. Nothing of the secret is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WeakSecret {
    /// There is nothing in it.
    #[error("the secret is empty")]
    Empty,
    /// It is too short for HMAC-SHA256.
    #[error("the secret has {bytes} bytes and needs at least 32")]
    TooShort {
        /// How long it is, in bytes.
        bytes: usize,
    },
    /// One character over and over.
    #[error("the secret is one character repeated")]
    RepeatedCharacter,
    /// Too few different bytes to have come from a generator.
    #[error("the secret has only {distinct} different bytes and needs at least 8")]
    FewDistinctBytes {
        /// How many different bytes it has.
        distinct: usize,
    },
    /// A word said again and again, or bytes that count up or down.
    #[error("the secret follows a pattern")]
    Pattern,
    /// Printed in somebody's documentation, so that everybody knows it.
    #[error("the secret is an example out of a documentation")]
    Example,
}

/// Why secrets do not make a keyring.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyringError {
    /// There are more keys than a rotation needs.
    #[error("there are more than 8 keys")]
    TooMany,
    /// Two keys have one name.
    #[error("there are two keys named {0:?}")]
    DuplicateName(String),
    /// The key that is to sign is not there.
    #[error("the signing key {0:?} is not among the secrets")]
    NoSigningKey(String),
}

/// Why a keyring that is renewed does not follow what was found of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum NotRenewed {
    /// It signs, and is not there any more.
    #[error("it is gone, and it signs")]
    Signs,
    /// Another secret stands under its name.
    #[error("another secret stands under its name")]
    Changed,
    /// There are as many keys as there may be.
    #[error("there are 8 keys already")]
    TooMany,
}
