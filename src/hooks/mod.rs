//! Calls of an application's webhook, signed by the Standard Webhooks scheme.

mod error;
mod receiver;
mod signature;
mod webhook;

#[cfg(test)]
mod tests;

pub use error::HookConfigError;
pub use receiver::WebhookSecrets;
pub use signature::InvalidSecret;
pub use webhook::Webhooks;
