//! Carries mail: what it says, how it is written down, and to whom it is handed over.

mod carrier;
mod connection;
mod connections;
mod error;
mod failures;
mod file;
mod mailer;
mod message;
mod outbox;
mod preview;
mod provider;
mod samples;
mod smtp;
mod template;
mod wire;
mod wording;
mod words;
mod writer;

pub use error::MailConfigError;
pub use failures::{Failure, Failures};
pub use mailer::Mailer;
pub use outbox::{Kept, Outbox};
pub use preview::{Preview, previews};
pub use samples::Samples;
pub use smtp::ProviderSecrets;
pub use template::Written;
pub use wording::sender;
pub use writer::Writer;
