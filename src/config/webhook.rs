//! Where an application's backend is told what happened.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{SecretSource, Span};

/// Where an application's backend is told what happened, by the Standard Webhooks scheme.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookSettings {
    /// Where events are posted to: https, or http to loopback.
    pub url: String,
    /// What they are signed with: `whsec_` and base64.
    pub secret: SecretSource,
    /// The secret before that, by which receivers may still verify: calls carry both signatures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<SecretSource>,
    /// Which ones: `password.changed`.
    pub events: Vec<String>,
    /// A PEM file with the authority that signed the receiver's certificate, beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Whether the receiver may have an address of a private network.
    #[serde(default)]
    pub allow_private_network: bool,
    /// Longest wait for the receiver's answer, from looking its name up on.
    #[serde(default = "timeout")]
    pub timeout: Span,
}

fn timeout() -> Span {
    Span(Duration::from_secs(10))
}
