//! Every kind of mail in every language, written and sent to nobody.

use std::path::Path;
use std::sync::Arc;

use super::error::MailConfigError;
use super::samples::Samples;
use super::template::Written;
use super::writer::Writer;
use crate::language::{Catalogue, Language};

/// One mail, written with sample data.
pub struct Preview {
    /// The language that it is in.
    pub language: Language,
    /// The name of its templates.
    pub kind: &'static str,
    /// Its subject, text and HTML.
    pub written: Written,
    /// The whole message as it would be sent.
    pub raw: Vec<u8>,
}

/// Writes every kind of mail in every language, with the templates of the operator's folder. The
/// same samples give the same bytes.
///
/// # Errors
/// [`MailConfigError`]: a template that cannot be used, or a sender that is no address.
pub fn previews(
    samples: &Samples,
    texts: Arc<Catalogue>,
    folder: Option<&Path>,
) -> Result<Vec<Preview>, MailConfigError> {
    let writer = Writer::new(&samples.app, &samples.title, &samples.from, texts, folder)?;
    let preview = |letter: crate::recovery::Letter| {
        let (language, kind) = (letter.language, letter.message.kind());
        let written = writer.write(&letter);
        let (written, mail) = written.map_err(|error| MailConfigError::template(kind, error))?;
        Ok(Preview { language, kind, written, raw: mail.formatted() })
    };
    samples.letters().map(preview).collect()
}

#[cfg(test)]
mod tests {
    use crate::token::Purpose;
    use std::collections::BTreeSet;

    use super::*;
    use crate::recovery::Wording;

    fn raws(samples: &Samples) -> Vec<Vec<u8>> {
        let texts = Arc::new(Catalogue::embedded().unwrap());
        let previews = previews(samples, texts, None).unwrap();
        previews.into_iter().map(|preview| preview.raw).collect()
    }

    #[test]
    fn a_preview_is_the_same_to_the_byte_and_no_two_mails_of_it_are() {
        let (one, other) = (raws(&Samples::default()), raws(&Samples::default()));
        assert_eq!(one, other);
        let differing: BTreeSet<_> = one.iter().collect();
        assert_eq!(differing.len(), Language::all().len() * 7);
    }

    #[test]
    fn a_preview_says_what_the_application_would() {
        let samples = Samples {
            title: "The Shop".to_owned(),
            from: "The Shop <hello@shop.example>".to_owned(),
            links: [(Purpose::PasswordReset, "https://shop.example/new#{token}".to_owned())].into(),
            ..Samples::default()
        };
        let first = String::from_utf8(raws(&samples).swap_remove(0)).unwrap();
        assert!(first.contains("From: \"The Shop\" <hello@shop.example>\r\n"), "{first}");
        assert!(first.contains("Subject: Choose a new password for The Shop\r\n"), "{first}");
        assert!(first.contains("https://shop.example/new#eyJ1"), "{first}");
    }

    #[test]
    fn a_preview_has_the_words_of_another_system_where_mails_have_them() {
        let wording = Wording { subject: Some("In other words".to_owned()), ..Wording::default() };
        let wordings = [(Purpose::Login, Box::new(wording))].into();
        let worded = raws(&Samples { wordings, ..Samples::default() });
        let worded = worded
            .into_iter()
            .filter(|raw| String::from_utf8_lossy(raw).contains("Subject: In other words\r\n"));
        assert_eq!(worded.count(), Language::all().len());
    }
}
