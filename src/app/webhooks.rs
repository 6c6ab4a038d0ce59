//! The webhooks of all applications, with the secrets that calls are signed with.

use super::{StartError, secrets};
use crate::config::{ApplicationSettings, Settings, WebhookSettings};
use crate::hooks::{WebhookSecrets, Webhooks};
use crate::recovery::Event;

/// Who is called.
pub(super) fn of(settings: &Settings) -> Result<Webhooks, StartError> {
    let mut webhooks = Webhooks::default();
    for (name, app) in &settings.apps {
        let Some(webhook) = &app.webhook else { continue };
        let secrets = secrets_of(name, webhook)?;
        webhooks.add(name, webhook, &secrets).map_err(|error| {
            let setting = format!("apps.{name}.webhook.{}", error.setting());
            StartError::setting(setting, &error, error.cure())
        })?;
    }
    Ok(webhooks)
}

fn secrets_of(name: &str, webhook: &WebhookSettings) -> Result<WebhookSecrets, StartError> {
    let at = |key: &str| format!("apps.{name}.webhook.{key}");
    let secret = secrets::text(&webhook.secret, &at("secret"))?;
    let previous = webhook.previous_secret.as_ref();
    let previous = previous.map(|source| secrets::text(source, &at("previous_secret")));
    Ok(WebhookSecrets { secret, previous: previous.transpose()? })
}

/// What an application's webhook is told.
pub(super) fn events(name: &str, app: &ApplicationSettings) -> Result<Vec<Event>, StartError> {
    let names = app.webhook.iter().flat_map(|webhook| &webhook.events);
    let parse = |event: &String| {
        Event::from_name(event).ok_or_else(|| {
            let known = Event::ALL.map(Event::name).join(", ");
            StartError::setting(
                format!("apps.{name}.webhook.events"),
                format!("holds {event:?}, which is no event"),
                format!("name some of: {known}"),
            )
        })
    };
    names.map(parse).collect()
}
