//! One POST per event, to the configured URL and nowhere else.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::error::HookConfigError;
use super::receiver::{Receiver, WebhookSecrets};
use crate::config::WebhookSettings;
use crate::outbound::{LookUp, NoAnswer, by_the_machine};
use crate::recovery::trace::{self, TraceLink};
use crate::recovery::{Call, Hooks, SendError};

/// Calls the webhooks of all applications.
pub struct Webhooks {
    receivers: BTreeMap<String, Receiver>,
    look_up: LookUp,
}

impl Default for Webhooks {
    /// Without a receiver yet.
    fn default() -> Self {
        Self::looking_up(by_the_machine())
    }
}

impl Webhooks {
    /// Without a receiver yet, whose names are looked up in this way.
    pub(super) const fn looking_up(look_up: LookUp) -> Self {
        Self { receivers: BTreeMap::new(), look_up }
    }

    /// Adds the webhook of an application. Its receiver need not be up, nor its name lead anywhere.
    ///
    /// # Errors
    /// [`HookConfigError`] for the first setting that cannot be used.
    pub fn add(
        &mut self,
        app: &str,
        settings: &WebhookSettings,
        secrets: &WebhookSecrets,
    ) -> Result<(), HookConfigError> {
        let receiver = Receiver::new(settings, secrets, self.look_up.clone())?;
        self.receivers.insert(app.to_owned(), receiver);
        Ok(())
    }

    /// Looks where the name of an application's receiver leads, and calls nobody.
    ///
    /// # Errors
    /// Why no call would go there, in words for operators.
    pub async fn look(&self, app: &str) -> Result<(), String> {
        match self.receivers.get(app) {
            Some(receiver) => receiver.look().await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Hooks for Webhooks {
    async fn call(&self, call: &Call) -> Result<(), SendError> {
        let Some(receiver) = self.receivers.get(&call.app) else { return Ok(()) };
        let span = trace::call("POST");
        span.text("http.request.method", "POST");
        receiver.told_of(&span);
        let request = receiver.call(&call.id, call.now.unix_timestamp(), body(call));
        let request = match span.link() {
            Some(link) => part_of(request, &link),
            None => request,
        };
        // What it has to say beyond the status is never read: the connection goes with it.
        let answer = span.around(request.send()).await.map_err(trouble);
        let answer = answer.inspect_err(|error| span.failed(error.word()))?;
        span.number("http.response.status_code", answer.status().as_u16().into());
        if !answer.status().is_success() {
            span.failed(answer.status().as_str());
        }
        match answer.status() {
            status if status.is_success() => Ok(()),
            // The scheme's word for a receiver that is no more.
            StatusCode::GONE => Err(SendError::Final("the receiver is gone (410)".to_owned())),
            status => Err(SendError::Passing(format!("the receiver answered {status}"))),
        }
    }
}

fn body(call: &Call) -> String {
    let mut data = json!({ "app": call.app, "user_id": call.user_id });
    if let Some(purpose) = call.purpose {
        data["purpose"] = json!(purpose.name());
    }
    json!({
        "type": call.event.name(),
        "timestamp": call.at.format(&Rfc3339).unwrap_or_default(),
        "data": data,
    })
    .to_string()
}

/// Has the receiver's own spans become children of that of the call.
fn part_of(request: RequestBuilder, link: &TraceLink) -> RequestBuilder {
    request.header("traceparent", link.parent())
}

/// Why there was no answer. Where the name leads is somebody's doing and not passing trouble.
fn trouble(error: reqwest::Error) -> SendError {
    match NoAnswer::from(error) {
        NoAnswer::Refused(refused) => SendError::Final(refused.to_string()),
        passing => SendError::Passing(format!("the receiver {passing}")),
    }
}
