//! Puts everything together: settings in, a running service out.

pub mod secrets;

use std::net::SocketAddr;

use thiserror::Error;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::config::Settings;
use crate::token::Purpose;
pub use secrets::SecretError;

/// What stands in the way of starting, and its cure.
#[derive(Debug, Error)]
pub enum StartError {
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Not part of this build.
    #[error("this build cannot do that")]
    Missing,
}

/// A token made by hand.
pub struct IssuedToken {
    /// The token itself.
    pub token: Zeroizing<String>,
    /// The link that carries it.
    pub link: Zeroizing<String>,
    /// The last moment at which it works.
    pub expires_at: OffsetDateTime,
}

/// Runs the service until it is told to stop.
///
/// # Errors
/// [`StartError`].
#[expect(clippy::unused_async, reason = "takes the place of the assembly")]
pub async fn serve(_settings: Settings) -> Result<(), StartError> {
    Err(StartError::Missing)
}

/// Runs the demo until it is told to stop; `ready` is called with its address once it answers.
///
/// # Errors
/// [`StartError`].
#[expect(clippy::unused_async, reason = "takes the place of the assembly")]
pub async fn demo(_listen: &str, _ready: impl FnOnce(SocketAddr)) -> Result<(), StartError> {
    Err(StartError::Missing)
}

/// The OpenAPI document as JSON.
#[must_use]
pub fn document_json() -> String {
    "{}".to_owned()
}

/// The OpenAPI document as YAML.
#[must_use]
pub fn document_yaml() -> String {
    "{}".to_owned()
}

/// Makes a token for an account.
///
/// # Errors
/// [`StartError`].
#[expect(clippy::unused_async, reason = "takes the place of the assembly")]
pub async fn issue_token(
    _settings: &Settings,
    _app: &str,
    _purpose: Purpose,
    _user_id: &str,
) -> Result<IssuedToken, StartError> {
    Err(StartError::Missing)
}

/// Says in one line what a token is worth now.
///
/// # Errors
/// [`StartError`].
#[expect(clippy::unused_async, reason = "takes the place of the assembly")]
pub async fn inspect_token(
    _settings: &Settings,
    _app: &str,
    _purpose: Purpose,
    _token: &str,
) -> Result<String, StartError> {
    Err(StartError::Missing)
}
