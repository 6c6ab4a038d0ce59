//! From a letter to a whole message, with the templates and the sender of one application.

use std::path::Path;
use std::sync::Arc;

use lettre::Message;
use lettre::message::Mailbox;

use super::error::MailConfigError;
use super::message::message;
use super::template::{Templates, Written};
use crate::language::Catalogue;
use crate::recovery::{Letter, SendError};

/// Writes the letters of one application.
pub struct Writer {
    title: String,
    templates: Templates,
    from: Mailbox,
}

impl Writer {
    /// For the application `app`, which people know as `title` and whose mails come `from` there,
    /// with the templates of the operator's folder instead of ours.
    ///
    /// # Errors
    /// [`MailConfigError`]: a template that cannot be used, or a sender that is no address.
    pub fn new(
        app: &str,
        title: &str,
        from: &str,
        texts: Arc<Catalogue>,
        folder: Option<&Path>,
    ) -> Result<Self, MailConfigError> {
        let from = from.parse().map_err(|_| MailConfigError::From { app: app.to_owned() })?;
        Ok(Self { title: title.to_owned(), templates: Templates::new(texts, folder)?, from })
    }

    /// Writes a letter: what it says, and the whole message as it is sent.
    ///
    /// # Errors
    /// [`SendError::Final`] for a template that cannot be filled in, or an address that is none.
    pub fn write(&self, letter: &Letter) -> Result<(Written, Message), SendError> {
        let written = self.templates.write(letter, &self.title)?;
        let message = message(letter, &written, &self.from)?;
        Ok((written, message))
    }
}
