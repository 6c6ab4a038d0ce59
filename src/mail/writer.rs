//! From a letter to a whole message, with the templates and the sender of one application.

use std::path::Path;
use std::sync::Arc;

use lettre::Message;
use lettre::message::Mailbox;

use super::error::MailConfigError;
use super::message::message;
use super::template::{Templates, Written};
use super::wording::reworded;
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
        let mut written = self.templates.write(letter, &self.title)?;
        let wording = letter.wording.as_deref();
        if let Some(wording) = wording {
            written = reworded(written, wording, letter);
        }
        let own = wording.and_then(|wording| wording.from.as_deref()).map(str::parse).transpose();
        let own = own.map_err(|_| SendError::Final("the wording's sender is none".to_owned()))?;
        let message = message(letter, &written, own.as_ref().unwrap_or(&self.from))?;
        Ok((written, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Samples;
    use crate::recovery::Wording;

    #[test]
    fn a_wording_says_what_the_templates_would_and_what_it_leaves_out_they_say() {
        let texts = Arc::new(Catalogue::embedded().unwrap());
        let from = "Example <no-reply@example.com>";
        let writer = Writer::new("shop", "Example", from, texts, None).unwrap();
        let samples = Samples::default();
        let letter = samples.letters().next().unwrap();
        let (templates, _) = writer.write(&letter).unwrap();
        let wording = Wording {
            link_alone: false,
            from: Some("Shop Mail <mail@shop.example>".to_owned()),
            subject: Some("For ${user.displayName}\r\nBcc: eve@evil.example".to_owned()),
            html: Some("<a href='${link}'>here</a>".to_owned()),
            text: None,
        };
        let alone = Wording { link_alone: true, ..wording.clone() };
        let alone = Letter { wording: Some(Box::new(alone)), ..letter.clone() };
        let (alone, _) = writer.write(&alone).unwrap();
        assert!(alone.subject.starts_with("For ${user.displayName} Bcc"), "{}", alone.subject);
        assert!(alone.html.starts_with("<a href='https://accounts.example.com/a/default/"));
        let letter = Letter { wording: Some(Box::new(wording)), ..letter };
        let (written, message) = writer.write(&letter).unwrap();
        assert_eq!(written.subject, "For Ada Lovelace Bcc: eve@evil.example");
        assert!(written.html.starts_with("<a href='https://accounts.example.com/a/default/"));
        assert_eq!(written.text, templates.text);
        let raw = String::from_utf8(message.formatted()).unwrap();
        assert!(raw.contains("From: \"Shop Mail\" <mail@shop.example>\r\n"), "{raw}");
    }
}
