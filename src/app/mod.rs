//! Puts everything together: settings in, a running service out.

mod again;
mod breaches;
mod build;
mod check;
mod connections;
mod demo;
mod error;
mod keys;
mod logging;
mod operators;
mod permits;
mod preview;
mod run;
pub mod secrets;
mod shared;
mod structr;
mod texts;
mod tokens;
mod traces;
mod waiting;
mod webhooks;
mod workers;

pub use build::{Served, Service};
pub use check::{CheckOptions, Finding, Level, check};
pub use demo::{FRONT_END_PORTS, demo};
pub use error::StartError;
pub use preview::{Previewed, preview_mails};
pub use run::{Listening, serve};
pub use secrets::SecretError;
pub use tokens::{
    IssuedToken, Notice, TokenWish, inspect_token, issue_token, revoke_tokens, rfc3339,
};
pub use waiting::waiting_jobs;

pub use crate::queue::{DeadLetter, Report};

/// The OpenAPI document as JSON.
#[must_use]
pub fn document_json() -> String {
    crate::http::document::json()
}

/// The OpenAPI document as YAML.
#[must_use]
pub fn document_yaml() -> String {
    crate::http::document::yaml()
}

/// The OpenAPI document of the calls of other systems, as JSON.
#[must_use]
pub fn compat_document_json() -> String {
    crate::http::document::compat::json()
}

/// The OpenAPI document of the calls of other systems, as YAML.
#[must_use]
pub fn compat_document_yaml() -> String {
    crate::http::document::compat::yaml()
}
