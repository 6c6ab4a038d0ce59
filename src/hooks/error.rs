//! Why a webhook cannot be used, each reason with its cure.

use thiserror::Error;

use super::signature::InvalidSecret;
use crate::outbound::OutboundError;

/// A webhook that cannot be used. The text reads on after the name of the setting, and holds
/// nothing of a secret.
#[derive(Debug, Error)]
pub enum HookConfigError {
    /// A receiver that cannot be called.
    #[error(transparent)]
    Receiver(#[from] OutboundError),
    /// Not a usable secret.
    #[error("{0}")]
    Secret(#[from] InvalidSecret),
    /// The same of the secret before it.
    #[error("{0}")]
    PreviousSecret(InvalidSecret),
}

impl HookConfigError {
    /// The name of the setting below `webhook`.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        match self {
            Self::Receiver(error) => error.setting(),
            Self::Secret(_) => "secret",
            Self::PreviousSecret(_) => "previous_secret",
        }
    }

    /// What to do.
    #[must_use]
    pub fn cure(&self) -> String {
        match self {
            Self::Receiver(error) => error.cure(
                "\"https://app.example.com/hooks/regain\", or \
                 \"http://127.0.0.1:8000/hooks/regain\" to try things out",
            ),
            Self::Secret(_) | Self::PreviousSecret(_) => {
                "make a new one: echo whsec_$(openssl rand -base64 32)".to_owned()
            }
        }
    }
}
