//! How many jobs are worked on at a time, and how many of those a mail server may have.

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

/// The lane of each provider, by its name.
pub(super) struct Lanes(BTreeMap<String, Arc<Semaphore>>);

impl Lanes {
    /// The lane of a provider.
    pub(super) fn of(&self, provider: &str) -> Arc<Semaphore> {
        // That there is one of the name is looked at where the mailer is made.
        self.0.get(provider).cloned().unwrap_or_else(|| Arc::new(Semaphore::new(1)))
    }
}

/// One worker for each connection to a mail server, since sending mail is mostly waiting, and some
/// beside them. The mails of one provider may have all of them but as many as the others have
/// connections: a server that is slow or silent does not hold up mails that go by another one.
pub(super) fn of(settings: &Settings) -> (usize, Lanes) {
    let providers = || settings.mail.providers.iter();
    let connections: usize = providers().map(|(_, provider)| provider.connections as usize).sum();
    let workers = (connections + BESIDE).clamp(FEWEST, MOST);
    let lane = |own: u32| {
        let others = connections - own as usize;
        workers.saturating_sub(others).max(1)
    };
    let lanes = providers()
        .map(|(name, it)| (name.clone(), Arc::new(Semaphore::new(lane(it.connections)))));
    (workers, Lanes(lanes.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(connections: &[u32]) -> (usize, Vec<usize>) {
        let mut settings = Settings::default();
        for (n, connections) in connections.iter().enumerate() {
            let text = format!("url = \"outbox:\"\nconnections = {connections}");
            settings.mail.providers.insert(n.to_string(), toml::from_str(&text).unwrap());
        }
        let (workers, lanes) = of(&settings);
        (workers, lanes.0.values().map(|lane| lane.available_permits()).collect())
    }

    #[test]
    fn one_provider_has_all_workers_and_of_several_none_has_those_of_another() {
        assert_eq!(lanes(&[4]), (8, vec![8]));
        assert_eq!(lanes(&[50]), (54, vec![54]));
        assert_eq!(lanes(&[4, 10]), (18, vec![8, 14]));
        assert_eq!(lanes(&[200, 200]), (256, vec![56, 56]));
    }
}
