//! One application as the journeys see it: its keys, its accounts, its policy, its links.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{
    Accounts, Event, HandOver, HashingShare, LinkMail, LinkPattern, LinkWish, Origin,
    ReturnTargets, Wording, Worthless,
};
use crate::account::Needs;
use crate::language::{Catalogue, Language};
use crate::password::{Policy, Scheme};
use crate::token::{ApiKeys, ApplicationKeys, Claims, Purpose};

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
    /// What renews the recovery stamp of its accounts.
    pub stamp: StampUse,
    /// What its tokens may be for: all else is not switched on, or its table has no column for it.
    pub offered: BTreeSet<Purpose>,
    /// Whether a completed reset confirms the address that its link went to.
    pub reset_confirms: bool,
    /// Whether a completed invitation does, even where a reset does not.
    pub invitation_confirms: bool,
    /// Whether people may type a user name instead of an address.
    pub usernames: bool,
    /// What a new password must be.
    pub policy: Policy,
    /// Whether it is asked of a new password that it was breached.
    pub breaches: BreachUse,
    /// What its passwords hold while they are hashed: no more take a turn at a time than may.
    pub hashing_share: Arc<HashingShare>,
    /// What its jobs hold while they are done: no more workers look up its accounts and carry its mail
    /// than may.
    pub job_share: Arc<Semaphore>,
    /// What its mails hold while they are worked on, together with those of other applications that
    /// have the same provider: no more wait for a slow mail server than may.
    pub lane: Arc<Semaphore>,
    /// What the calls of its webhook hold while they are made: no more wait for a slow receiver than
    /// may, and no mail waits for it.
    pub hook_lane: Arc<Semaphore>,
    /// The names of the paces that its mails keep: its own and its provider's.
    pub paces: Vec<String>,
    /// How a new password is stored.
    pub scheme: Scheme,
    /// Where links lead, by what they are for.
    pub links: BTreeMap<Purpose, LinkPattern>,
    /// What the mails with its links say, by what those are for, where that is not what the templates
    /// say.
    pub wordings: BTreeMap<Purpose, Box<Wording>>,
    /// Where one says that it was somebody else who changed a password.
    pub not_me_link: String,
    /// How long tokens live, where that is not what their purpose says.
    pub lifetimes: BTreeMap<Purpose, Duration>,
    /// How long invitations live.
    pub invitation_lifetime: Duration,
    /// Where people may be sent back to.
    pub return_targets: ReturnTargets,
    /// Who gets the sessions of people who logged in on Regain's own page, if anybody can.
    pub login_to: Option<HandOver>,
    /// What its webhook is told; empty where it has none.
    pub hooks: Vec<Event>,
    /// What its backend and its operators call with.
    pub api_keys: ApiKeys,
}

/// What renews a recovery stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StampUse {
    /// Nothing: its accounts have none.
    None,
    /// A reset and a revocation.
    Renewed,
    /// These, and in part each mailed link, which so voids those mailed before it.
    NewestLinkWins,
}

/// Whether it is asked of a new password that it was breached, and what becomes of one of which that
/// cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreachUse {
    /// Nobody is asked.
    NotAsked,
    /// Such a password is taken.
    OrAllow,
    /// Such a password is not taken for now.
    OrRefuse,
}

impl Application {
    /// Whether its accounts have a recovery stamp.
    #[must_use]
    pub fn has_stamp(&self) -> bool {
        self.stamp != StampUse::None
    }

    /// Whether a mailed link voids those mailed before it.
    #[must_use]
    pub fn newest_link_wins(&self) -> bool {
        self.stamp == StampUse::NewestLinkWins
    }

    /// Where a token leads back to. The list is asked again: it may have changed since.
    #[must_use]
    pub fn return_target(&self, claims: &Claims) -> Option<String> {
        self.return_targets.check(claims.return_to.as_deref()?)
    }

    /// How long a token of this purpose lives here.
    #[must_use]
    pub fn lifetime(&self, purpose: Purpose) -> Duration {
        self.lifetimes.get(&purpose).copied().unwrap_or_else(|| purpose.lifetime())
    }

    /// How long the link of a wish works here.
    #[must_use]
    pub fn life_of(&self, wish: &LinkWish) -> Duration {
        let own = wish.lifetime.map(|seconds| Duration::from_secs(seconds.into()));
        own.unwrap_or_else(|| self.lifetime(wish.purpose))
    }

    /// What a token has to say of a lifetime, in seconds: nothing where tokens of its purpose live so
    /// long here.
    #[must_use]
    pub fn own_lifetime(&self, purpose: Purpose, lifetime: Duration) -> Option<u32> {
        let own = lifetime != self.lifetime(purpose);
        own.then(|| u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX))
    }

    /// Whether anything is done here with tokens of this purpose.
    #[must_use]
    pub fn offers(&self, purpose: Purpose) -> bool {
        self.offered.contains(&purpose)
    }

    /// Refuses what would let somebody in past a second factor: a link to log in, and the session that
    /// it was answered with. Only the table can tell, where a column need not be there.
    ///
    /// # Errors
    /// [`Worthless::PastSecondFactor`], and [`Worthless::Unavailable`] when that cannot be told.
    pub async fn refuse_past_second_factor(&self, purpose: Purpose) -> Result<(), Worthless> {
        if !matches!(purpose, Purpose::Login | Purpose::Session) {
            return Ok(());
        }
        let told_by = self.accounts.second_factor().await?;
        if told_by.is_empty() { Ok(()) } else { Err(Worthless::PastSecondFactor(told_by)) }
    }

    /// What a token of this purpose needs of its account to be used here.
    #[must_use]
    pub fn needs(&self, purpose: Purpose) -> Needs {
        let needs = Needs::to_use(purpose);
        let confirms = needs.confirms || self.reset_confirms && purpose == Purpose::PasswordReset;
        Needs { confirms, ..needs }
    }

    /// What an invitation needs of its account here.
    #[must_use]
    pub fn needs_of_an_invitation(&self) -> Needs {
        Needs::of_an_invitation(self.reset_confirms || self.invitation_confirms)
    }

    /// What an account needs to be sent the link of a wish.
    #[must_use]
    pub fn needs_to_be_sent(&self, wish: &LinkWish) -> Needs {
        match wish.origin {
            Origin::Person | Origin::Operator => self.needs(wish.purpose).to_be_sent(),
            Origin::Invitation => self.needs_of_an_invitation(),
        }
    }

    /// What the mail with the link of a wish says, where that is not what the templates say. What is
    /// said of a forgotten password says nothing to who never had one.
    #[must_use]
    pub fn wording_of(&self, wish: &LinkWish) -> Option<Box<Wording>> {
        let own = || match wish.origin {
            Origin::Person | Origin::Operator => self.wordings.get(&wish.purpose).cloned(),
            Origin::Invitation => None,
        };
        wish.wording.clone().or_else(own)
    }

    /// The purposes of the links that are mailed here, with the kind of mail that carries each.
    pub fn mailed(&self) -> impl Iterator<Item = (Purpose, LinkMail)> {
        self.offered.iter().filter_map(|purpose| Some((*purpose, LinkMail::of(*purpose)?)))
    }
}
