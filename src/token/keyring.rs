//! The named secrets of an installation: one signs, all verify.
//!
//! Rotation: add the new secret everywhere, then name it as signing, then drop the old one after
//! the longest live link has expired. Those that verify only come and go while the service runs
//! ([`Keyring::renew`]); which one signs is settled at its start.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::application::ApplicationKeys;
use super::error::{KeyringError, NotRenewed};
use super::mac::{MacKey, TAG_BYTES};
use super::ring::Ring;
use super::secret::Secret;

/// Most secrets of a keyring: each costs an invalid token one more MAC.
pub const MAX_KEYS: usize = 8;

/// No application's context: those go on by a slash and a name.
const LIMITER_CONTEXT: &str = "regain/v1/limit";

/// Nor is this.
const CHECK_CONTEXT: &str = "regain/v1/check";

/// One to eight named secrets, one of them signing.
pub struct Keyring(Mutex<Inside>);

struct Inside {
    secrets: Ring<(String, Secret)>,
    /// The keys that were made of them, by application.
    made: BTreeMap<String, ApplicationKeys>,
}

/// A secret by what may be told of it, so that replicas can be compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyFacts {
    /// Its name.
    pub name: String,
    /// Eight hexadecimal digits, which another secret has once in four thousand million times.
    pub check: String,
    /// Whether it is the one that signs.
    pub signs: bool,
}

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
        let secrets = Ring::new(signing, others);
        Ok(Self(Mutex::new(Inside { secrets, made: BTreeMap::new() })))
    }

    /// What may be told of each secret, the one that signs first.
    #[must_use]
    pub fn facts(&self) -> Vec<KeyFacts> {
        let inside = self.inside();
        let facts = inside.secrets.iter().enumerate().map(|(number, (name, secret))| KeyFacts {
            name: name.clone(),
            check: check(secret),
            signs: number == 0,
        });
        facts.collect()
    }

    /// Derives and prepares every key of one application, once for all its requests. Whoever asks
    /// again shares them.
    ///
    /// # Panics
    /// When the name holds a `/`, which no application's name does: it could make the salt of a
    /// purpose into the context of a subkey.
    #[must_use]
    pub fn application(&self, app: &str) -> ApplicationKeys {
        assert!(!app.contains('/'), "an application's name holds no slash");
        let Inside { secrets, made } = &mut *self.inside();
        let derive = || ApplicationKeys::derive(&secrets.map(|(_, secret)| secret), app);
        made.entry(app.to_owned()).or_insert_with(derive).clone()
    }

    /// From now on takes what is found: a name that is new is a further key, and one that is gone
    /// verifies no more. A name without a secret is one whose secret cannot be had: what it stood for
    /// stays. So does the key that signs, and whatever was behind a name before: a mistake must not
    /// void every link that is out. Where the key that signs is gone, nothing is followed: it is no set of
    /// keys that anybody meant.
    ///
    /// The names that were not followed are told with why.
    pub fn renew(
        &self,
        found: impl IntoIterator<Item = (String, Option<Secret>)>,
    ) -> Vec<(String, NotRenewed)> {
        let mut found: BTreeMap<_, _> = found.into_iter().collect();
        let Inside { secrets, made } = &mut *self.inside();
        let signing = &secrets.signing().0;
        if !found.contains_key(signing) {
            return vec![(signing.clone(), NotRenewed::Signs)];
        }
        let mut refused = vec![];
        // What stands under a name that is known is looked at, and never taken.
        let mut is_still_there = |(name, secret): &(String, Secret)| match found.remove(name) {
            None => false,
            Some(now) => {
                if now.is_some_and(|now| !now.is(secret)) {
                    refused.push((name.clone(), NotRenewed::Changed));
                }
                true
            }
        };
        is_still_there(secrets.signing());
        let before = secrets.others().len();
        secrets.others().retain(is_still_there);
        let mut renewed = secrets.others().len() != before;
        for (name, secret) in found {
            match secret {
                Some(secret) if secrets.iter().count() < MAX_KEYS => {
                    secrets.others().push((name, secret));
                    renewed = true;
                }
                Some(_) => refused.push((name, NotRenewed::TooMany)),
                None => {}
            }
        }
        if renewed {
            let secrets = secrets.map(|(_, secret)| secret);
            for (app, keys) in made {
                keys.renew(&secrets, app);
            }
        }
        refused
    }

    /// The key of counts that belong to no application, derived from the secret that signs.
    #[must_use]
    pub fn limiter(&self) -> LimiterKey {
        LimiterKey(MacKey::derive(&self.inside().secrets.signing().1, LIMITER_CONTEXT))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(secret: &Secret) -> String {
    let [a, b, c, d, ..] = MacKey::derive(secret, CHECK_CONTEXT).tag(b"");
    format!("{:08x}", u32::from_be_bytes([a, b, c, d]))
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
        f.debug_list().entries(self.facts().iter().map(|key| &key.name)).finish()
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
        let facts = ring.facts();
        let facts: Vec<_> = facts.iter().map(|key| (key.name.as_str(), key.signs)).collect();
        assert_eq!(facts, [("b", true), ("a", false), ("c", false)]);
    }

    #[test]
    fn replicas_tell_the_same_of_the_same_secret_and_nothing_else_of_it() {
        let check = |name: &str, secret: &str| {
            let ring = Keyring::new(name, [(name.to_owned(), parse(secret))]).expect("a keyring");
            ring.facts()[0].check.clone()
        };
        assert_eq!(check("a", ONE), check("b", ONE));
        assert_ne!(check("a", ONE), check("a", TWO));
        // By Python: k = hmac.digest(ONE, b"regain/v1/check", "sha256"); hmac.digest(k, b"", "sha256")[:4].hex()
        assert_eq!(check("a", ONE), "030db3ea");
    }

    const ONE: &str = "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
    const TWO: &str = "oQ3Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9";

    fn parse(secret: &str) -> Secret {
        Secret::parse(secret.as_bytes()).expect("strong")
    }

    /// The names in a ring of which `a` signs, after it found these, and what it did not follow.
    fn renewed(
        ring: &Keyring,
        found: &[(&str, Option<&str>)],
    ) -> (Vec<String>, Vec<(String, NotRenewed)>) {
        let found = found.iter().map(|(name, secret)| ((*name).to_owned(), secret.map(parse)));
        let refused = ring.renew(found);
        (ring.facts().into_iter().map(|key| key.name).collect(), refused)
    }

    fn of_a() -> Keyring {
        Keyring::new("a", [("a".to_owned(), parse(ONE))]).expect("a keyring")
    }

    #[test]
    fn a27_a_key_is_added_and_retired_while_the_service_runs_in_everything_that_was_made() {
        let ring = of_a();
        let keys = ring.application("shop");
        let other = Keyring::new("b", [("b".to_owned(), parse(TWO))]).expect("a keyring");
        let sealed = other.application("shop").seal(&Random::repeatable(1), "cookie", b"text");
        let opens = || keys.unseal("cookie", &sealed).is_some();
        assert!(!opens());
        let both = [("a", Some(ONE)), ("b", Some(TWO))];
        assert_eq!(renewed(&ring, &both), (vec!["a".into(), "b".into()], vec![]));
        assert!(opens());
        assert_eq!(renewed(&ring, &both[..1]), (vec!["a".into()], vec![]));
        assert!(!opens());
    }

    #[test]
    fn a27_no_mistake_takes_the_place_of_a_key_that_works() {
        let ring = of_a();
        let both: Vec<String> = vec!["a".into(), "b".into()];
        renewed(&ring, &[("a", Some(ONE)), ("b", Some(TWO))]);
        for (found, refused) in [
            (vec![], vec![("a", NotRenewed::Signs)]),
            (vec![("c", Some(TWO))], vec![("a", NotRenewed::Signs)]),
            (vec![("a", None), ("b", None)], vec![]),
            (
                vec![("a", Some(TWO)), ("b", Some(ONE))],
                vec![("a", NotRenewed::Changed), ("b", NotRenewed::Changed)],
            ),
            (vec![("a", Some(ONE)), ("b", Some(TWO)), ("c", None)], vec![]),
        ] {
            let before = ring.facts();
            let (names, told) = renewed(&ring, &found);
            let refused: Vec<_> =
                refused.into_iter().map(|(name, why)| (name.to_owned(), why)).collect();
            assert_eq!(told, refused);
            assert_eq!((names, ring.facts()), (both.clone(), before));
        }
    }

    #[test]
    fn a26_there_are_never_more_than_eight_keys() {
        let ring = of_a();
        let secrets: Vec<_> = named(&["b", "c", "d", "e", "f", "g", "h", "i"]);
        let found = secrets.into_iter().map(|(name, secret)| (name, Some(secret)));
        let refused = ring.renew(found.chain([("a".to_owned(), None)]));
        assert_eq!(refused, [("i".to_owned(), NotRenewed::TooMany)]);
        assert_eq!(ring.facts().len(), MAX_KEYS);
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
