//! Who knows which passwords were breached.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Span;

/// A service that knows which passwords were breached, asked as Have I Been Pwned's range API is.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BreachSettings {
    /// Where ranges are: https, or http to loopback. Five hexadecimal digits come after it. Without one
    /// the service does not start.
    #[serde(default)]
    pub url: String,
    /// What becomes of a password of which the service does not tell.
    #[serde(default)]
    pub on_failure: OnFailure,
    /// Longest wait for the service's answer. For a turn to ask, where many do, it is twice as much.
    #[serde(default = "timeout")]
    pub timeout: Span,
    /// A PEM file with the authority that signed the service's certificate, beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// Whether the service may have an address of a private network.
    #[serde(default)]
    pub allow_private_network: bool,
}

/// What becomes of a password of which the service does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// It is taken, as where no service is asked.
    #[default]
    Allow,
    /// It is not taken for now.
    Refuse,
}

fn timeout() -> Span {
    Span(Duration::from_secs(1))
}
