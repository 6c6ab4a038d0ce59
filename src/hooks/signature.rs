//! The signature of a call, Standard Webhooks 1.0 ("symmetric signatures").

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;
use zeroize::Zeroizing;

/// What the scheme writes in front of a secret.
const PREFIX: &str = "whsec_";
/// Fewest bytes of a secret that the scheme recommends.
const SECRET_MIN_BYTES: usize = 24;

/// A webhook's secret. It prints nothing of itself.
#[derive(Clone)]
pub struct SigningSecret(Zeroizing<Vec<u8>>);

/// A secret that cannot be used. The text holds nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("is not \"whsec_\" and at least 24 bytes of base64")]
pub struct InvalidSecret;

impl SigningSecret {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// [`InvalidSecret`] for anything else and for fewer than 24 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.trim().strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(encoded).map_err(|_| InvalidSecret)?);
        if bytes.len() < SECRET_MIN_BYTES { Err(InvalidSecret) } else { Ok(Self(bytes)) }
    }

    /// The value of the `webhook-signature` header.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            unreachable!("HMAC takes keys of any length")
        };
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_a_prefix_and_enough_bytes() {
        assert!(SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_ok());
        for bad in ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!"] {
            assert!(SigningSecret::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_signature_covers_id_time_and_body() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("id", 1, "{}");
        assert!(signature.starts_with("v1,") && signature.len() == 3 + 44);
        for (id, timestamp, body) in [("ie", 1, "{}"), ("id", 2, "{}"), ("id", 1, "{ }")] {
            assert_ne!(secret.sign(id, timestamp, body), signature);
        }
    }
}
