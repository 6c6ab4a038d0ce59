//! Why a server cannot be called as its settings have it, each reason with its cure.

use thiserror::Error;

use super::network::Refused;

/// A server that cannot be called. The text reads on after the name of the setting.
#[derive(Debug, Error)]
pub enum OutboundError {
    /// No URL that calls can go to.
    #[error("{0}")]
    Url(&'static str),
    /// The URL itself holds an address that no call goes to.
    #[error("holds {}, {}", .0.address, .0.kind)]
    Address(#[from] Refused),
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

impl OutboundError {
    /// The name of the setting, in the section of the server.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::Address(_) | Self::Client(_) => "url",
            Self::Ca(_) => "ca",
            Self::Timeout => "timeout",
        }
    }

    /// What to do; `example` is a URL as it may be written.
    #[must_use]
    pub fn cure(&self, example: &str) -> String {
        match self {
            Self::Url(_) | Self::Client(_) => format!("write it like {example}"),
            Self::Address(refused) => refused.cure.clone(),
            Self::Ca(_) => "give a PEM file with the certificate of the authority".to_owned(),
            Self::Timeout => "write it like \"10s\", or leave it out".to_owned(),
        }
    }
}
