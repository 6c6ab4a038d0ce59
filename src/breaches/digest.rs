//! A password's SHA-1 in two parts: what is asked by, and what stays here.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

use crate::password::Password;

/// How many hexadecimal digits are told: 20 bits, by which a thousand breached passwords or more are
/// alike.
const TOLD: usize = 5;
/// How many stay here, of the 40 that a digest has.
pub(super) const KEPT: usize = 40 - TOLD;

/// The digest in hexadecimal digits, wiped when dropped. SHA-1 protects nothing here: it is what the
/// lists are made with.
pub(super) struct Digest(Zeroizing<String>);

impl Digest {
    pub(super) fn of(password: &Password) -> Self {
        let mut digits = Zeroizing::new(String::with_capacity(TOLD + KEPT));
        for byte in Sha1::digest(password.expose()) {
            // Nothing fails that is written into a string.
            let _ = write!(digits, "{byte:02X}");
        }
        Self(digits)
    }

    /// The digits that are asked by.
    pub(super) fn told(&self) -> &str {
        &self.0[..TOLD]
    }

    /// The digits that stay here.
    pub(super) fn kept(&self) -> &str {
        &self.0[TOLD..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_one_that_everybody_knows_in_two_parts() {
        let digest = Digest::of(&Password::new("password".to_owned()));
        assert_eq!(digest.told(), "5BAA6");
        assert_eq!(digest.kept(), "1E4C9B93F3F0682250B6CF8331B7EE68FD8");
        assert_eq!(digest.kept().len(), KEPT);
    }
}
