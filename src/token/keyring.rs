//! The named secrets of an installation: one signs, all verify.
//!
//! Rotation: add the new secret everywhere, then name it as signing, then drop the old one after
//! the longest live link has expired.

use std::collections::HashSet;
use std::fmt;

use super::application::ApplicationKeys;
use super::error::KeyringError;
use super::mac::{MacKey, TAG_BYTES};
use super::ring::Ring;
use super::secret::Secret;

/// Most secrets of a keyring: each costs an invalid token one more MAC.
pub const MAX_KEYS: usize = 8;

/// No application's context: those go on by a slash and a name.
const LIMITER_CONTEXT: &str = "regain/v1/limit";

/// One to eight named secrets, one of them signing.
pub struct Keyring(Ring<(String, Secret)>);

impl Keyring {
    /// Puts secrets together, of which the one named `signing` signs, wherever it stands.
    ///
    /// # Errors
    /// [`KeyringError`] for more than eight, a name used twice, or a signing key not among them.
    pub fn new(
        signing: &str,
        secrets: impl IntoIterator<Item = (String, Secret)>,
    ) -> Result<Self, KeyringError> {
        let mut others: Vec<_> = secrets.into_iter().take(MAX_KEYS + 1).collect();
        if others.len() > MAX_KEYS {
            return Err(KeyringError::TooMany);
        }
        let mut names = HashSet::new();
        if let Some((twice, _)) = others.iter().find(|(name, _)| !names.insert(name.as_str())) {
            return Err(KeyringError::DuplicateName(twice.clone()));
        }
        let position = others
            .iter()
            .position(|(name, _)| name == signing)
            .ok_or_else(|| KeyringError::NoSigningKey(signing.to_owned()))?;
        let signing = others.remove(position);
        Ok(Self(Ring::new(signing, others)))
    }

    /// The name of the secret that signs.
    #[must_use]
    pub fn signing_name(&self) -> &str {
        &self.0.signing().0
    }

    /// The names of all secrets, the one that signs first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Derives and prepares every key of one application, once for all its requests.
    ///
    /// # Panics
    /// When the name holds a `/`, which no application's name does: it could make the salt of a
    /// purpose into the context of a subkey.
    #[must_use]
    pub fn application(&self, app: &str) -> ApplicationKeys {
        assert!(!app.contains('/'), "an application's name holds no slash");
        ApplicationKeys::derive(&self.0.map(|(_, secret)| secret), app)
    }

    /// The key of counts that belong to no application, derived from the secret that signs.
    #[must_use]
    pub fn limiter(&self) -> LimiterKey {
        LimiterKey(MacKey::derive(&self.0.signing().1, LIMITER_CONTEXT))
    }
}

/// Hides what is counted that belongs to no application: clients at the door.
#[derive(Clone)]
pub struct LimiterKey(MacKey);

impl LimiterKey {
    /// What a limiter counts under instead of an address in clear.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; TAG_BYTES] {
        self.0.tag(message)
    }
}

impl fmt::Debug for LimiterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LimiterKey(…)")
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::token::base64url;

    fn named(names: &[&str]) -> Vec<(String, Secret)> {
        let random = Random::repeatable(1);
        let secret = || {
            let text = base64url::encode(&random.bytes::<32>());
            Secret::parse(text.as_bytes()).expect("strong")
        };
        names.iter().map(|name| ((*name).to_owned(), secret())).collect()
    }

    #[test]
    fn a27_the_named_key_signs_wherever_it_stands() {
        let ring = Keyring::new("b", named(&["a", "b", "c"])).expect("a keyring");
        assert_eq!(ring.signing_name(), "b");
        assert_eq!(ring.names().collect::<Vec<_>>(), ["b", "a", "c"]);
    }

    #[test]
    fn a26_rings_without_a_signing_key_with_doubles_or_too_many_are_refused() {
        let refusal = |names: &[&str]| Keyring::new("a", named(names)).err();
        assert_eq!(refusal(&[]), Some(KeyringError::NoSigningKey("a".into())));
        assert_eq!(refusal(&["b"]), Some(KeyringError::NoSigningKey("a".into())));
        assert_eq!(refusal(&["a", "b", "b"]), Some(KeyringError::DuplicateName("b".into())));
        let nine = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        assert_eq!(refusal(&nine[..8]), None);
        assert_eq!(refusal(&nine), Some(KeyringError::TooMany));
    }

    #[test]
    #[should_panic(expected = "no slash")]
    fn a24_a_name_that_could_pass_for_a_subkey_makes_no_keys() {
        let ring = Keyring::new("a", named(&["a"])).expect("a keyring");
        let _ = ring.application("regain/v1/seal");
    }

    #[test]
    fn debug_shows_names_only() {
        let ring = Keyring::new("2026-11", named(&["2026-11"])).expect("a keyring");
        assert_eq!(format!("{ring:?}"), "[\"2026-11\"]");
    }
}
