//! Whether this process can take an ask, and what else is not as it should be.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;

use super::{Application, Recovery, meters};
use crate::token::Purpose;

/// How often the users tables are looked at.
const TABLES_EVERY: Duration = Duration::from_secs(5);
/// How often the mail servers are looked at: each time costs them a command.
const MAIL_EVERY: Duration = Duration::from_mins(1);
/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(4);

/// The state of this process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether an ask would be accepted now.
    pub takes_asks: bool,
    /// What is in trouble though asks are taken, in words for operators.
    pub trouble: Vec<String>,
}

/// What was looked at, and whether it could be used the last time.
#[derive(Default)]
pub(super) struct Trouble(Mutex<BTreeMap<String, bool>>);

impl Recovery {
    /// Whether asks are taken, and what the last looks found. Everybody may ask for it, so nothing
    /// in it comes from what people asked for: a mail that fails must not show that there was one.
    #[must_use]
    pub fn health(&self) -> Health {
        let looked_at = self.trouble.all().into_iter();
        let shared = self.jobs.trouble().into_iter().chain(self.limits.trouble());
        let said = |what| format!("{what} cannot be used");
        let trouble = looked_at.chain(shared.map(str::to_owned)).map(said).collect();
        Health { takes_asks: self.jobs.has_room(), trouble }
    }

    /// Looks at the users tables and the mail servers again and again; it never ends.
    pub async fn watch(&self) {
        tokio::join!(self.watch_tables(), self.watch_mail());
    }

    async fn watch_tables(&self) {
        loop {
            let look = |app: &Arc<Application>| {
                let app = Arc::clone(app);
                async move {
                    let what = format!("the users table of {}", app.name);
                    let up = self.note(what, app.accounts.ping()).await;
                    meters::users_table(&app, up);
                    if app.offers(Purpose::Login) {
                        let what = format!("the login links of {}", app.name);
                        self.note(what, app.refuse_past_second_factor(Purpose::Login)).await;
                    }
                }
            };
            join_all(self.applications.values().map(look)).await;
            tokio::time::sleep(TABLES_EVERY).await;
        }
    }

    async fn watch_mail(&self) {
        loop {
            let look = |app: &Arc<Application>| {
                let app = Arc::clone(app);
                async move {
                    let what = format!("the mail of {}", app.name);
                    let up = self.note(what, self.sender.ping(&app.name)).await;
                    meters::mail(&app, up);
                }
            };
            join_all(self.applications.values().map(look)).await;
            tokio::time::sleep(MAIL_EVERY).await;
        }
    }

    /// Notes what a look finds, and logs it the first time and whenever it changes.
    /// Whether it was good.
    async fn note<E: fmt::Display>(
        &self,
        what: String,
        look: impl Future<Output = Result<(), E>>,
    ) -> bool {
        let why = match tokio::time::timeout(PATIENCE, look).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some("no answer in time".to_owned()),
        };
        let mut all = self.trouble.0.lock().unwrap_or_else(PoisonError::into_inner);
        let good = why.is_none();
        let before = all.insert(what.clone(), good);
        match why {
            None if before != Some(true) => tracing::info!(what, "can be used"),
            Some(why) if before != Some(false) => tracing::error!(what, why, "cannot be used"),
            _ => {}
        }
        good
    }
}

impl Trouble {
    fn all(&self) -> Vec<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bad = all.iter().filter(|(_, good)| !**good);
        bad.map(|(what, _)| what.clone()).collect()
    }
}
