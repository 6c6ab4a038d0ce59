//! How often and how much, as it is set: for all applications together, and for those that say
//! otherwise.

use std::collections::BTreeMap;

use super::gcra::Gcra;
use crate::config::{ApplicationLimitSettings, LimitSettings};
use crate::recovery::{Door, Quota};

/// Every rate there is.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Whether anything is limited at all.
    pub(super) enabled: bool,
    /// The pace of mails, by its name.
    pub(super) paces: BTreeMap<String, Gcra>,
    client: Gcra,
    key: Gcra,
    account: Gcra,
    own: BTreeMap<String, Own>,
}

/// What one application has of its own.
#[derive(Clone, Copy, Debug)]
struct Own {
    client: Option<Gcra>,
    account: Option<Gcra>,
}

/// In whose name a client's requests are counted, and at which rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance<'a> {
    /// The application that counts by itself; none where they count together.
    pub(super) own: Option<&'a str>,
    pub(super) rate: Gcra,
}

impl Rates {
    /// The rates of these settings; `per_hour` is the number of mails an hour of each pace.
    pub fn new(
        settings: &LimitSettings,
        apps: impl IntoIterator<Item = (String, ApplicationLimitSettings)>,
        per_hour: impl IntoIterator<Item = (String, u32)>,
    ) -> Self {
        let own = |(app, it): (String, ApplicationLimitSettings)| {
            let (client, account) = (it.per_client, it.mails_per_account);
            (app, Own { client: client.map(Gcra::from), account: account.map(Gcra::from) })
        };
        let pace = |(name, mails): (String, u32)| (name, Gcra::hourly(mails));
        Self {
            enabled: settings.enabled,
            paces: per_hour.into_iter().map(pace).collect(),
            client: settings.per_client.into(),
            key: settings.per_key.into(),
            account: settings.mails_per_account.into(),
            own: apps.into_iter().map(own).collect(),
        }
    }

    /// What a client's request for an application is taken from. An application with a rate of its
    /// own counts by itself, so that neither a smaller nor a larger one changes what the others
    /// allow; all others count together, since it is one process that they ask. API keys have each
    /// their own, at a rate of their own.
    pub(super) fn client<'a>(&self, app: &'a str, door: Door) -> Allowance<'a> {
        if door == Door::Key {
            return Allowance { own: None, rate: self.key };
        }
        match self.own.get(app).and_then(|own| own.client) {
            Some(rate) => Allowance { own: Some(app), rate },
            None => Allowance { own: None, rate: self.client },
        }
    }

    /// How much a door allows each client, where anything is limited.
    pub(super) fn quota(&self, app: &str, door: Door) -> Option<Quota> {
        self.enabled.then(|| self.client(app, door).rate.into())
    }

    /// The rate of mails to one account of an application.
    pub(super) fn account(&self, app: &str) -> Gcra {
        self.own.get(app).and_then(|own| own.account).unwrap_or(self.account)
    }
}
