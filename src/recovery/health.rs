//! Whether this process can take an ask, and what else is not as it should be.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Recovery;

/// How long a database may take to answer before it counts as not answering.
const PING_PATIENCE: Duration = Duration::from_secs(2);

/// The state of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether an ask would be accepted now.
    pub takes_asks: bool,
    /// What is in trouble though asks are taken, in words for operators.
    pub trouble: Vec<String>,
}

impl Recovery {
    /// Looks at the queue, the users tables and the last delivery.
    pub async fn health(&self) -> Health {
        let mut trouble = Vec::new();
        for app in self.applications.values() {
            let ping = tokio::time::timeout(PING_PATIENCE, app.accounts.ping()).await;
            if !matches!(ping, Ok(Ok(()))) {
                trouble.push(format!("the users table of {} cannot be reached", app.name));
            }
        }
        if self.mail_fails.load(Ordering::Relaxed) {
            trouble.push("the last mail could not be handed over".to_owned());
        }
        Health { takes_asks: self.jobs.has_room(), trouble }
    }

    pub(super) fn note_delivery(&self, succeeded: bool) {
        self.mail_fails.store(!succeeded, Ordering::Relaxed);
    }
}
