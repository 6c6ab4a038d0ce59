//! Calls of an application's webhook, signed by the Standard Webhooks scheme.

mod signature;
mod webhook;

pub use signature::{InvalidSecret, SigningSecret};
pub use webhook::{HookConfigError, Webhooks};
