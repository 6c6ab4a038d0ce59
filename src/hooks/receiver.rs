//! One application's receiver: where it is, and what calls of it are signed with.

use reqwest::RequestBuilder;
use zeroize::Zeroizing;

use super::error::HookConfigError;
use super::signature::SigningSecret;
use crate::config::WebhookSettings;
use crate::outbound::{LookUp, Named, Peer, Whereabouts};
use crate::recovery::trace;

/// How a receiver is called in what is said of it.
const NAMED: Named = Named { section: "webhook", who: "receiver" };

/// The secrets that a webhook's settings name.
pub struct WebhookSecrets {
    /// What calls are signed with.
    pub secret: Zeroizing<String>,
    /// What they are signed with, too, while the secret is being changed.
    pub previous: Option<Zeroizing<String>>,
}

/// Who is called.
pub(super) struct Receiver {
    peer: Peer,
    secrets: Vec<SigningSecret>,
}

impl Receiver {
    pub(super) fn new(
        settings: &WebhookSettings,
        secrets: &WebhookSecrets,
        look_up: LookUp,
    ) -> Result<Self, HookConfigError> {
        let whereabouts = Whereabouts {
            named: NAMED,
            url: &settings.url,
            ca: settings.ca.as_deref(),
            allow_private_network: settings.allow_private_network,
            in_clear: false,
            timeout: settings.timeout.0,
        };
        let peer = Peer::new(whereabouts, look_up)?;
        let mut signing = vec![SigningSecret::parse(&secrets.secret)?];
        if let Some(previous) = &secrets.previous {
            let previous = SigningSecret::parse(previous);
            signing.push(previous.map_err(HookConfigError::PreviousSecret)?);
        }
        Ok(Self { peer, secrets: signing })
    }

    /// Looks where its name leads, and calls nobody.
    pub(super) async fn look(&self) -> Result<(), String> {
        self.peer.look().await
    }

    /// Notes where a call goes, and of its URL no more than that.
    pub(super) fn told_of(&self, span: &trace::Span) {
        span.text("server.address", self.peer.url().host_str().unwrap_or_default());
        if let Some(port) = self.peer.url().port_or_known_default() {
            span.number("server.port", port.into());
        }
    }

    /// A signed call that is not sent yet.
    pub(super) fn call(&self, id: &str, timestamp: i64, body: String) -> RequestBuilder {
        let signatures = self.secrets.iter().map(|secret| secret.sign(id, timestamp, &body));
        let signatures = signatures.collect::<Vec<_>>().join(" ");
        self.peer
            .client()
            .post(self.peer.url().clone())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures)
            .body(body)
    }
}
