//! How many jobs are worked on at a time, and how many of those an application, a mail server or a webhook
//! may have.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::config::Settings;

/// Fewest workers, where little mail is sent at a time.
const FEWEST: usize = 8;
/// Most of them: each may hold a connection to a database.
const MOST: usize = 256;
/// Workers beside those that send, who look up what is sent next.
const BESIDE: usize = 4;

/// How many calls one webhook is made at a time, where there are not too many webhooks.
const CALLS: usize = 4;
/// Most workers that calls have, those of all webhooks together.
const MOST_CALLS: usize = 64;

/// The share of each application, the lane of each provider, and that of the webhook of each application,
/// by their names.
pub(super) struct Lanes {
    applications: BTreeMap<String, Arc<Semaphore>>,
    providers: BTreeMap<String, Arc<Semaphore>>,
    webhooks: BTreeMap<String, Arc<Semaphore>>,
}

impl Lanes {
    /// The share of an application.
    pub(super) fn of_application(&self, name: &str) -> Arc<Semaphore> {
        self.applications.get(name).cloned().unwrap_or_else(|| lane(1))
    }

    /// The lane of a provider.
    pub(super) fn of_provider(&self, name: &str) -> Arc<Semaphore> {
        // That there is one of the name is looked at where the mailer is made.
        self.providers.get(name).cloned().unwrap_or_else(|| lane(1))
    }

    /// The lane of an application's webhook.
    pub(super) fn of_webhook(&self, app: &str) -> Arc<Semaphore> {
        // Where there is none, calls that are left over are done with at once.
        self.webhooks.get(app).cloned().unwrap_or_else(|| lane(1))
    }
}

fn lane(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(permits))
}

/// One worker for each connection to a mail server and for each call, since sending and calling is
/// mostly waiting, and some beside them. The mails of one provider may have all of them but as many as
/// the others have connections, and calls have: a server that is slow or silent does not hold up mails
/// that go by another one, nor does a webhook.
///
/// Where there are several applications, the mails of one have as many as its provider has connections,
/// and there are enough for each, within reason: a flood of one application, or a database that hangs,
/// holds up nobody else's.
pub(super) fn of(settings: &Settings) -> (usize, Lanes) {
    let providers = || settings.mail.providers.iter();
    let connections: usize = providers().map(|(_, provider)| provider.connections as usize).sum();
    let (calls, webhooks) = of_webhooks(settings);
    let shares = shares(settings);
    let sending = connections.max(shares.values().sum());
    let workers = (sending + calls + BESIDE).clamp(FEWEST, MOST);
    let of_provider = |own: u32| {
        let others = connections - own as usize + calls;
        lane(workers.saturating_sub(others).max(1))
    };
    let of_providers = providers().map(|(name, it)| (name.clone(), of_provider(it.connections)));
    let providers = of_providers.collect();
    let alone = shares.len() == 1;
    let share = |own: usize| lane(if alone { workers } else { own });
    let applications = shares.into_iter().map(|(name, own)| (name, share(own))).collect();
    (workers, Lanes { applications, providers, webhooks })
}

/// How many mails of each application its provider carries at a time.
fn shares(settings: &Settings) -> BTreeMap<String, usize> {
    let carried = |provider: &str| {
        // That there is one of the name is looked at where the mailer is made.
        settings.mail.providers.get(provider).map_or(1, |it| it.connections.max(1) as usize)
    };
    let apps = settings.apps.iter();
    apps.map(|(name, app)| (name.clone(), carried(&app.mail.provider))).collect()
}

/// How many calls there may be at a time, and a lane for each webhook; beyond so many webhooks some
/// share one.
fn of_webhooks(settings: &Settings) -> (usize, BTreeMap<String, Arc<Semaphore>>) {
    let apps = settings.apps.iter().filter(|(_, app)| app.webhook.is_some());
    let count = apps.clone().count().min(MOST_CALLS);
    if count == 0 {
        return (0, BTreeMap::new());
    }
    let each = CALLS.min(MOST_CALLS / count);
    let lanes: Vec<_> = (0..count).map(|_| lane(each)).collect();
    let of_webhooks = apps.zip(lanes.iter().cycle());
    let of_webhooks = of_webhooks.map(|((name, _), lane)| (name.clone(), lane.clone()));
    (count * each, of_webhooks.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many workers there are, how many of them mails of each provider may have, and how many the
    /// calls of each webhook.
    fn lanes(connections: &[u32], webhooks: usize) -> (usize, Vec<usize>, Vec<usize>) {
        let (workers, lanes) = of(&settings(connections, webhooks));
        let permits = |lanes: &BTreeMap<_, Arc<Semaphore>>| {
            lanes.values().map(|lane| lane.available_permits()).collect()
        };
        (workers, permits(&lanes.providers), permits(&lanes.webhooks))
    }

    /// Providers with so many connections each, and so many applications with a webhook each.
    fn settings(connections: &[u32], webhooks: usize) -> Settings {
        let mut settings = Settings::default();
        for (n, connections) in connections.iter().enumerate() {
            let text = format!("url = \"outbox:\"\nconnections = {connections}");
            settings.mail.providers.insert(n.to_string(), toml::from_str(&text).unwrap());
        }
        let app = "name = \"A\"\nmail = { provider = \"0\", from = \"a@example.com\" }\n\
                   users = { database = \"sqlite::memory:\" }\n\
                   webhook = { url = \"http://127.0.0.1/\", secret = \"s\", events = [] }";
        for n in 0..webhooks {
            settings.apps.insert(format!("a{n:03}"), toml::from_str(app).unwrap());
        }
        settings
    }

    #[test]
    fn one_provider_has_all_workers_and_of_several_none_has_those_of_another() {
        assert_eq!(lanes(&[4], 0), (8, vec![8], vec![]));
        assert_eq!(lanes(&[50], 0), (54, vec![54], vec![]));
        assert_eq!(lanes(&[4, 10], 0), (18, vec![8, 14], vec![]));
        assert_eq!(lanes(&[200, 200], 0), (256, vec![56, 56], vec![]));
    }

    #[test]
    fn webhooks_have_workers_that_mails_have_not_and_leave_theirs_to_mails() {
        assert_eq!(lanes(&[4], 1), (12, vec![8], vec![4]));
        assert_eq!(lanes(&[4, 10], 2), (26, vec![8, 14], vec![4, 4]));
        assert_eq!(lanes(&[4], 20), (144, vec![84], vec![3; 20]));
        assert_eq!(lanes(&[4], 300), (256, vec![192], vec![1; 300]));
    }

    #[test]
    fn one_application_has_all_workers_and_of_several_each_as_many_as_its_mails_are_carried_by() {
        let shares = |webhooks| {
            let (workers, lanes) = of(&settings(&[4], webhooks));
            let shares = lanes.applications.values();
            (workers, shares.map(|lane| lane.available_permits()).collect::<Vec<_>>())
        };
        assert_eq!(shares(1), (12, vec![12]));
        assert_eq!(shares(2), (20, vec![4; 2]));
        assert_eq!(shares(3), (28, vec![4; 3]), "calls, and all three at a time, and some beside");
    }
}
