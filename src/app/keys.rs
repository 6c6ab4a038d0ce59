//! The keys of the installation: read at the start, and their folder again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::secrets::Found;
use super::{StartError, secrets};
use crate::config::KeySettings;
use crate::recovery::meters::{self, KeyRefused};
use crate::token::{Keyring, NotRenewed, Secret};

/// The keys that tokens are signed with, each strong enough.
pub(super) fn keyring(settings: &KeySettings) -> Result<Keyring, StartError> {
    let mut named = BTreeMap::new();
    for (name, source) in &settings.secrets {
        named.insert(name.clone(), secrets::bytes(source, &format!("keys.secrets.{name}"))?);
    }
    if let Some(dir) = &settings.dir {
        named.extend(secrets::folder(dir, "keys.dir")?);
    }
    let parse = |(name, bytes): (String, Zeroizing<Vec<u8>>)| match Secret::parse(&bytes) {
        Ok(secret) => Ok((name, secret)),
        Err(weak) => Err(StartError::setting(
            format!("keys.secrets.{name}"),
            weak,
            "make a new one by `regain key new`",
        )),
    };
    let parsed = named.into_iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    Keyring::new(&settings.signing, parsed).map_err(|error| {
        StartError::setting(
            "keys.signing",
            error,
            "name one of the secrets under [keys] in `signing`",
        )
    })
}

/// The folder of keys, looked at again and again: who adds a key or retires one restarts nothing.
pub(super) struct KeyFolder {
    folder: PathBuf,
    keyring: Arc<Keyring>,
    /// The names that stand in the configuration itself, which is read once.
    fixed: Vec<String>,
    /// What the last look found. What is being written changes between two looks.
    before: Option<Found>,
    /// What the log was told of already.
    told: BTreeSet<String>,
}

impl KeyFolder {
    /// The folder of these settings, where they have one.
    pub(super) fn of(settings: &KeySettings, keyring: Arc<Keyring>) -> Option<Self> {
        let folder = settings.dir.clone()?;
        let fixed = settings.secrets.keys().cloned().collect();
        Some(Self { folder, keyring, fixed, before: None, told: BTreeSet::new() })
    }

    /// Looks at the folder, and follows it once two looks in a row found the same. What is not
    /// followed is counted every time, and told once.
    pub(super) fn look(&mut self) {
        let mut wrong = BTreeSet::new();
        match secrets::each(&self.folder) {
            Ok(found) if self.before.as_ref() == Some(&found) => wrong = self.follow(found),
            Ok(found) => {
                self.before = Some(found);
                return;
            }
            Err(error) => {
                meters::key_refused(KeyRefused::Unusable);
                wrong.insert(format!("keys.dir cannot be read: {error}"));
            }
        }
        for what in wrong.difference(&self.told) {
            tracing::error!(
                what,
                "a key is not taken; what worked before works on, and `regain key new` makes one"
            );
        }
        self.told = wrong;
    }

    /// What of it was wrong.
    fn follow(&self, found: Found) -> BTreeSet<String> {
        let mut wrong = BTreeSet::new();
        let mut refuse = |name: &str, reason: KeyRefused, why: &str| {
            meters::key_refused(reason);
            wrong.insert(format!("keys.dir: {name}: {why}"));
        };
        let mut secrets = vec![];
        for (name, bytes) in found {
            let secret =
                bytes.and_then(|bytes| Secret::parse(&bytes).map_err(|weak| weak.to_string()));
            if let Err(why) = &secret {
                refuse(&name, KeyRefused::Unusable, why);
            }
            secrets.push((name, secret.ok()));
        }
        secrets.extend(self.fixed.iter().map(|name| (name.clone(), None)));
        let before = self.keyring.facts();
        for (name, why) in self.keyring.renew(secrets) {
            refuse(&name, why.into(), &why.to_string());
        }
        let now = self.keyring.facts();
        for key in before.iter().filter(|key| !now.contains(key)) {
            meters::key(key, false);
            tracing::info!(key = key.name, "a key is retired: what it signed works no more");
        }
        for key in now.iter().filter(|key| !before.contains(key)) {
            meters::key(key, true);
            tracing::info!(key = key.name, check = key.check, "a key is added");
        }
        wrong
    }
}

impl From<NotRenewed> for KeyRefused {
    fn from(why: NotRenewed) -> Self {
        match why {
            NotRenewed::Changed => Self::Changed,
            NotRenewed::Signs => Self::SigningGone,
            NotRenewed::TooMany => Self::TooMany,
        }
    }
}
