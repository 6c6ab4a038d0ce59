//! Keys that an application's backend and its operators call with.
//!
//! A key is 256 random bits behind a prefix by which people and secret scanners know it. Only its
//! SHA-256 is kept: what nobody can guess needs neither salt nor a slow hash.

use std::sync::Arc;

use sha2::{Digest, Sha256};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::base64url;
use super::scope::Scope;
use crate::random::Random;

/// Random bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of a SHA-256.
const DIGEST_BYTES: usize = 32;

/// A key as its bearer holds it: it neither prints nor is compared, but by its digest.
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// What every key begins with.
    pub const PREFIX: &str = "regain_";

    /// A new key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        let bytes = Zeroizing::new(random.bytes::<KEY_BYTES>());
        Self(Zeroizing::new(Self::PREFIX.to_owned() + &base64url::encode(bytes.as_slice())))
    }

    /// The key, if it has the shape of one. So what somebody made up is none, though its digest
    /// were written into the configuration.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bits = base64url::decode_array::<KEY_BYTES>(text.strip_prefix(Self::PREFIX)?);
        bits.map(Zeroizing::new).map(|_| Self(Zeroizing::new(text.to_owned())))
    }

    /// What of it may be kept: the SHA-256 of the whole text.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest(Sha256::digest(self.0.as_bytes()).into())
    }

    /// The text, for the one to whom it is given.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The SHA-256 of a key. It is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyDigest([u8; DIGEST_BYTES]);

impl KeyDigest {
    /// The digest in hexadecimal digits of either case, as `sha256sum` and we write it.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok());
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        bytes.collect::<Option<Vec<_>>>()?.try_into().ok().map(Self)
    }

    /// The digest in 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        let digit = |nibble: u8| char::from_digit(nibble.into(), 16).unwrap_or('0');
        self.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }
}

/// What an application knows of a key that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownKey {
    /// What logs call it.
    pub name: String,
    /// What the key itself is known by.
    pub digest: KeyDigest,
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl KnownKey {
    /// Whether it may do this.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}

/// The keys of one application.
#[derive(Clone, Debug, Default)]
pub struct ApiKeys(Vec<Arc<KnownKey>>);

impl ApiKeys {
    /// These keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = KnownKey>) -> Self {
        Self(keys.into_iter().map(Arc::new).collect())
    }

    /// The known key that this one is. It is compared with all of them, in constant time each, so
    /// that how long it takes tells of none how near it was, nor which one it is.
    #[must_use]
    pub fn find(&self, key: &ApiKey) -> Option<Arc<KnownKey>> {
        let digest = key.digest();
        let mut place = u32::MAX;
        for (known, number) in self.0.iter().zip(0_u32..) {
            place.conditional_assign(&number, known.digest.0.ct_eq(&digest.0));
        }
        self.0.get(usize::try_from(place).ok()?).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, key: &ApiKey) -> KnownKey {
        KnownKey { name: name.to_owned(), digest: key.digest(), scopes: vec![Scope::RevokeTokens] }
    }

    #[test]
    fn a_key_is_256_bits_behind_a_prefix_and_never_the_same() {
        let random = Random::repeatable(1);
        let (one, two) = (ApiKey::generate(&random), ApiKey::generate(&random));
        assert_eq!(one.expose().len(), ApiKey::PREFIX.len() + 43);
        assert_ne!(one.expose(), two.expose());
        assert_eq!(ApiKey::parse(one.expose()).unwrap().digest(), one.digest());
    }

    #[test]
    fn what_was_not_drawn_from_256_bits_is_no_key() {
        let good = ApiKey::generate(&Random::repeatable(1));
        let bits = good.expose().strip_prefix(ApiKey::PREFIX).unwrap();
        for text in [
            String::new(),
            ApiKey::PREFIX.to_owned(),
            "regain_secret".to_owned(),
            bits.to_owned(),
            format!("Regain_{bits}"),
            format!("{}A", good.expose()),
            format!("{}=", good.expose()),
            format!(" {}", good.expose()),
            good.expose()[..49].to_owned(),
        ] {
            assert!(ApiKey::parse(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_digest_is_what_sha256sum_says_of_the_key() {
        // printf %s regain_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | sha256sum
        let key = ApiKey::parse(&format!("regain_{}", "A".repeat(43))).unwrap();
        let hex = "2d6c640672b4aad0e033d16595aaaf31dd46adb12e9706862facd5e6ff505052";
        assert_eq!(key.digest().to_hex(), hex);
        assert_eq!(KeyDigest::from_hex(hex), Some(key.digest()));
        assert_eq!(KeyDigest::from_hex(&hex.to_uppercase()), Some(key.digest()));
    }

    #[test]
    fn a_digest_has_64_hexadecimal_digits() {
        let good = "0123456789abcdef".repeat(4);
        assert!(KeyDigest::from_hex(&good).is_some());
        for bad in ["", &good[1..], &good[2..], &format!("{good}00"), &good.replace('a', "g")] {
            assert_eq!(KeyDigest::from_hex(bad), None, "{bad}");
        }
        assert_eq!(KeyDigest::from_hex(&format!("{}é", &good[2..])), None);
    }

    #[test]
    fn each_of_several_keys_is_found_and_no_other() {
        let random = Random::repeatable(2);
        let keys: Vec<_> = (0..5).map(|_| ApiKey::generate(&random)).collect();
        let names = ["a", "b", "c", "d"];
        let known = ApiKeys::new(names.iter().zip(&keys).map(|(name, key)| known(name, key)));
        let found = keys.iter().map(|key| known.find(key).map(|known| known.name.clone()));
        let wanted = names.map(|name| Some(name.to_owned()));
        assert_eq!(found.collect::<Vec<_>>(), [&wanted[..], &[None]].concat());
        assert!(ApiKeys::default().find(&keys[0]).is_none());
    }

    #[test]
    fn a_key_may_do_what_its_scopes_say_and_nothing_else() {
        let key = known("a", &ApiKey::generate(&Random::repeatable(3)));
        assert!(key.may(Scope::RevokeTokens) && !key.may(Scope::ExplainTokens));
    }
}
