//! The keys of the installation: read at the start, and their folder again and again.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::secrets::Found;
use super::{StartError, secrets};
use crate::config::KeySettings;
use crate::recovery::meters::{self, KeyRefused};
use crate::token::{Keyring, NotRenewed, Secret};

/// The keys that tokens are signed with, each strong enough.
pub(super) fn keyring(settings: &KeySettings) -> Result<Keyring, StartError> {
    let mut keys = vec![];
    for (name, source) in &settings.secrets {
        let setting = format!("keys.secrets.{name}");
        let bytes = secrets::bytes(source, &setting)?;
        keys.push((name.clone(), strong(&bytes, setting)?));
    }
    let found = settings.dir.as_deref().map(|dir| secrets::folder(dir, "keys.dir"));
    for (name, bytes) in found.transpose()?.unwrap_or_default() {
        let setting = format!("keys.dir/{name}");
        if settings.secrets.contains_key(&name) {
            let problem = "is the name of another key in keys.secrets";
            return Err(StartError::setting(setting, problem, "leave one of the two out"));
        }
        keys.push((name, strong(&bytes, setting)?));
    }
    Keyring::new(&settings.signing, keys).map_err(|error| {
        StartError::setting(
            "keys.signing",
            error,
            "name one of the secrets under [keys] in `signing`",
        )
    })
}

fn strong(bytes: &[u8], setting: String) -> Result<Secret, StartError> {
    let cure = "make a new one by `regain key new`";
    Secret::parse(bytes).map_err(|weak| StartError::setting(setting, weak, cure))
}

/// The folder of keys, looked at again and again: who adds a key or retires one restarts nothing.
pub(super) struct KeyFolder {
    folder: PathBuf,
    keyring: Arc<Keyring>,
    /// The names that stand in the configuration itself, which is read once.
    fixed: Vec<String>,
    /// What the last look found. What is being written changes between two looks.
    found: Option<Found>,
    /// What the log was told of already.
    told: BTreeSet<String>,
}

impl KeyFolder {
    /// The folder of these settings, where they have one.
    pub(super) fn of(settings: &KeySettings, keyring: Arc<Keyring>) -> Option<Self> {
        let folder = settings.dir.clone()?;
        let fixed = settings.secrets.keys().cloned().collect();
        Some(Self { folder, keyring, fixed, found: None, told: BTreeSet::new() })
    }

    /// Looks at the folder, and follows what two looks in a row found alike. What is not followed is
    /// counted every time, and told once.
    pub(super) fn look(&mut self) {
        let mut wrong = BTreeSet::new();
        match secrets::each(&self.folder) {
            Ok(now) => {
                if let Some(before) = self.found.replace(now.clone()) {
                    wrong = self.follow(&before, &now);
                }
            }
            Err(error) => {
                self.found = None;
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
        for what in self.told.difference(&wrong) {
            tracing::info!(what, "mended: this was told of a key and holds no more");
        }
        self.told = wrong;
    }

    /// What of it was wrong. What two looks found otherwise, or one of them alone, is being changed: what
    /// it stood for stays.
    fn follow(&self, before: &Found, now: &Found) -> BTreeSet<String> {
        let mut wrong = BTreeSet::new();
        let mut refuse = |name: &str, reason: KeyRefused, why: &str| {
            meters::key_refused(reason);
            wrong.insert(format!("keys.dir: {name}: {why}"));
        };
        let names: BTreeSet<_> = before.keys().chain(now.keys()).collect();
        let mut secrets = vec![];
        for name in names {
            let secret = now.get(name).filter(|now| before.get(name) == Some(now)).map(|found| {
                let bytes = found.as_ref().map_err(Clone::clone)?;
                Secret::parse(bytes).map_err(|weak| weak.to_string())
            });
            if let Some(Err(why)) = &secret {
                refuse(name, KeyRefused::Unusable, why);
            }
            secrets.push((name.clone(), secret.and_then(Result::ok)));
        }
        secrets.extend(self.fixed.iter().map(|name| (name.clone(), None)));
        let had = self.keyring.facts();
        for (name, why) in self.keyring.renew(secrets) {
            refuse(&name, why.into(), &why.to_string());
        }
        let has = self.keyring.facts();
        for key in had.iter().filter(|key| !has.contains(key)) {
            meters::key(key, false);
            tracing::info!(key = key.name, "a key is retired: what it signed works no more");
        }
        for key in has.iter().filter(|key| !had.contains(key)) {
            meters::key(key, true);
            tracing::info!(key = key.name, check = key.check, "a key is added");
            if let Some(same) = had.iter().find(|other| other.check == key.check) {
                tracing::warn!(
                    key = key.name,
                    other = same.name,
                    "two names have one key: to retire one of them retires nothing"
                );
            }
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
