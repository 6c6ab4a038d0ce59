//! One application as the journeys see it: its keys, its accounts, its policy, its links.

use std::sync::Arc;
use std::time::Duration;

use super::{Accounts, Event, LinkPattern, ReturnTargets};
use crate::language::{Catalogue, Language};
use crate::password::{Policy, Scheme};
use crate::token::{ApplicationKeys, Claims, Purpose};

/// A tenant, put together from the configuration.
pub struct Application {
    /// The name in URLs and keys: `[a-z0-9][a-z0-9-]{0,31}`.
    pub name: String,
    /// What people know it as.
    pub title: String,
    /// The language of its mails and pages where nothing else is said.
    pub language: Language,
    /// The texts of its mails and pages.
    pub texts: Arc<Catalogue>,
    /// Its keys, derived from the keyring.
    pub keys: ApplicationKeys,
    /// Its users table.
    pub accounts: Arc<dyn Accounts>,
    /// Whether its accounts have a recovery stamp, which a reset renews.
    pub has_stamp: bool,
    /// Whether people may type a user name instead of an address.
    pub usernames: bool,
    /// What a new password must be.
    pub policy: Policy,
    /// The names of the paces that its mails keep: its own and its provider's.
    pub paces: Vec<String>,
    /// How a new password is stored.
    pub scheme: Scheme,
    /// Where a password reset link leads.
    pub reset_link: LinkPattern,
    /// Where one says that it was somebody else who changed a password.
    pub not_me_link: String,
    /// How long a password reset link lives.
    pub reset_lifetime: Duration,
    /// Where people may be sent back to.
    pub return_targets: ReturnTargets,
    /// What its webhook is told; empty where it has none.
    pub hooks: Vec<Event>,
}

impl Application {
    /// Where a token leads back to. The list is asked again: it may have changed since.
    #[must_use]
    pub fn return_target(&self, claims: &Claims) -> Option<String> {
        self.return_targets.check(claims.return_to.as_deref()?)
    }

    /// How long a token of this purpose lives here.
    #[must_use]
    pub fn lifetime(&self, purpose: Purpose) -> Duration {
        match purpose {
            Purpose::PasswordReset => self.reset_lifetime,
            other => other.lifetime(),
        }
    }
}
