//! Why the service does not start.

use thiserror::Error;

use super::SecretError;
use crate::http::dress::DressError;

/// What stands in the way of starting, and its cure.
#[derive(Debug, Error)]
pub enum StartError {
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A setting cannot be used.
    #[error("`{setting}` {problem}\n    {cure}")]
    Setting {
        /// The setting's path, say `keys.signing`.
        setting: String,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        cure: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}: {source}\n    choose a free port by {setting}")]
    Listen {
        /// The address tried.
        listen: String,
        /// What says it.
        setting: &'static str,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A part failed while running.
    #[error("{0}")]
    Failed(String),
}

impl StartError {
    pub(super) fn setting(
        setting: impl Into<String>,
        problem: impl std::fmt::Display,
        cure: impl Into<String>,
    ) -> Self {
        Self::Setting { setting: setting.into(), problem: problem.to_string(), cure: cure.into() }
    }
}

impl From<DressError> for StartError {
    fn from(error: DressError) -> Self {
        match error {
            DressError::Setting { setting, problem, cure } => Self::setting(setting, problem, cure),
            DressError::Template { .. } => Self::Failed(error.to_string()),
        }
    }
}
