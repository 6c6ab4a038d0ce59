//! The services of all applications.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;

use super::digest::Digest;
use super::error::BreachConfigError;
use super::service::Service;
use crate::clock::Clock;
use crate::config::BreachSettings;
use crate::outbound::{LookUp, by_the_machine};
use crate::password::Password;
use crate::recovery::{Breaches, NotTold};

/// How long to wait before one that did not tell is asked again.
const SOON: Duration = Duration::from_secs(2);

/// Asks the services of all applications.
pub struct BreachServices {
    services: BTreeMap<String, Service>,
    look_up: LookUp,
    clock: Clock,
}

impl BreachServices {
    /// Without a service yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self::looking_up(by_the_machine(), clock)
    }

    /// Without a service yet; their names are looked up in this way.
    pub(super) const fn looking_up(look_up: LookUp, clock: Clock) -> Self {
        Self { services: BTreeMap::new(), look_up, clock }
    }

    /// Adds the service of an application. It need not be up.
    ///
    /// # Errors
    /// [`BreachConfigError`] for the first setting that cannot be used.
    pub fn add(&mut self, app: &str, settings: &BreachSettings) -> Result<(), BreachConfigError> {
        let service = Service::new(settings, self.look_up.clone())?;
        self.services.insert(app.to_owned(), service);
        Ok(())
    }

    /// Asks an application's service for a range that nobody's password is asked by.
    ///
    /// # Errors
    /// Why it does not answer as it should, in words for operators.
    pub async fn look(&self, app: &str) -> Result<(), String> {
        match self.services.get(app) {
            Some(service) => service.look().await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Breaches for BreachServices {
    async fn list(&self, app: &str, password: &Password) -> Result<bool, NotTold> {
        let Some(service) = self.services.get(app) else { return Ok(false) };
        let resting =
            || service.rest.left(self.clock.now()).map_or(Ok(()), |it| Err(NotTold::Failed(it)));
        resting()?;
        let _turn = service.turn().await.ok_or(NotTold::Crowded(SOON))?;
        // Those before may have found that it is away.
        resting()?;
        match service.lists(&Digest::of(password)).await {
            Ok(listed) => {
                if service.rest.answered() {
                    tracing::info!(app, "the breach service answers again");
                }
                Ok(listed)
            }
            Err(why) => {
                tracing::warn!(app, why, "the breach service did not tell");
                let now = self.clock.now();
                service.rest.failed(now);
                Err(NotTold::Failed(service.rest.left(now).unwrap_or(SOON)))
            }
        }
    }
}
