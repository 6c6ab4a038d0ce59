//! The breach services of all applications.

use super::StartError;
use crate::breaches::BreachServices;
use crate::clock::Clock;
use crate::config::{ApplicationSettings, OnFailure, Settings};
use crate::recovery::BreachUse;

/// Who is asked.
pub(super) fn of(settings: &Settings, clock: Clock) -> Result<BreachServices, StartError> {
    let mut services = BreachServices::new(clock);
    for (name, app) in &settings.apps {
        let Some(breaches) = &app.password.breaches else { continue };
        services.add(name, breaches).map_err(|error| {
            let setting = format!("apps.{name}.password.breaches.{}", error.setting());
            StartError::setting(setting, &error, error.cure())
        })?;
    }
    Ok(services)
}

/// Whether an application has one asked, and what becomes of a password where it does not tell.
pub(super) fn use_of(app: &ApplicationSettings) -> BreachUse {
    match app.password.breaches.as_ref().map(|breaches| breaches.on_failure) {
        None => BreachUse::NotAsked,
        Some(OnFailure::Allow) => BreachUse::OrAllow,
        Some(OnFailure::Refuse) => BreachUse::OrRefuse,
    }
}
