//! Why a webhook cannot be used, each reason with its cure.

use thiserror::Error;

use super::network::Refused;
use super::signature::InvalidSecret;

/// A webhook that cannot be used. The text reads on after the name of the setting, and holds
/// nothing of a secret.
#[derive(Debug, Error)]
pub enum HookConfigError {
    /// No URL that calls can go to.
    #[error("{0}")]
    Url(&'static str),
    /// The URL itself holds an address that no call goes to.
    #[error("holds {}, {}", .0.address, .0.kind)]
    Address(#[from] Refused),
    /// Not a usable secret.
    #[error("{0}")]
    Secret(#[from] InvalidSecret),
    /// The same of the secret before it.
    #[error("{0}")]
    PreviousSecret(InvalidSecret),
    /// The authority's certificate cannot be used.
    #[error("cannot be used: {0}")]
    Ca(String),
    /// No time to answer in.
    #[error("is 0, so no answer would ever come in time")]
    Timeout,
    /// The HTTP client could not be made.
    #[error("cannot be called: {0}")]
    Client(String),
}

impl HookConfigError {
    /// The name of the setting below `webhook`.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::Address(_) | Self::Client(_) => "url",
            Self::Secret(_) => "secret",
            Self::PreviousSecret(_) => "previous_secret",
            Self::Ca(_) => "ca",
            Self::Timeout => "timeout",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::Client(_) => {
                "write it like \"https://app.example.com/hooks/regain\", or \
                 \"http://127.0.0.1:8000/hooks/regain\" to try things out"
            }
            Self::Address(refused) => refused.cure,
            Self::Secret(_) | Self::PreviousSecret(_) => {
                "make a new one: echo whsec_$(openssl rand -base64 32)"
            }
            Self::Ca(_) => "give a PEM file with the certificate of the authority",
            Self::Timeout => "write it like \"10s\", or leave it out",
        }
    }
}
