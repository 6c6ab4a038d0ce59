//! Formats of stored passwords: one file each.

mod argon2id;

pub use argon2id::{Argon2Cost, Argon2id};

use thiserror::Error;

use super::Password;
use crate::random::Random;

/// A format that new passwords are written in.
#[derive(Clone, Debug)]
pub enum Scheme {
    /// A PHC string of Argon2id.
    Argon2id(Argon2id),
}

/// A password that could not be hashed: memory ran out. The text holds nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(pub String);

impl Scheme {
    /// Hashes a password with a fresh salt. Takes tens of milliseconds of CPU: not for an async thread.
    ///
    /// # Errors
    /// [`HashError`] when the hash function gives up.
    pub fn hash(&self, password: &Password, random: &Random) -> Result<String, HashError> {
        match self {
            Self::Argon2id(scheme) => scheme.hash(password, random),
        }
    }
}
