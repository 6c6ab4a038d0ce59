//! A mail as bytes: headers by lettre's own types, so that no text becomes a header.

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::template::Written;
use crate::language::Language;
use crate::recovery::{Letter, SendError};

/// Writes a mail down.
pub fn message(letter: &Letter, written: &Written, from: &Mailbox) -> Result<Message, SendError> {
    let to: Address =
        letter.to.parse().map_err(|_| SendError::Final("the address is not one".to_owned()))?;
    let part = |kind, body: &str| {
        SinglePart::builder().header(kind).body(body.replace("\r\n", "\n").replace('\n', "\r\n"))
    };
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(&written.subject)
        .date(std::time::SystemTime::from(letter.now))
        .message_id(Some(format!("<{}@{}>", letter.id, from.email.domain())))
        .header(AutoSubmitted)
        .header(SuppressResponses)
        .header(ContentLanguage(letter.language.tag()))
        .multipart(
            MultiPart::alternative()
                // No encoding of a body makes such a line (RFC 2045 §6.7), and the id is new for
                // each mail; one that is sent again is the same to the byte.
                .boundary(format!("=_{}", letter.id))
                .singlepart(part(ContentType::TEXT_PLAIN, &written.text))
                .singlepart(part(ContentType::TEXT_HTML, &written.html)),
        )
        .map_err(|error| SendError::Final(format!("the mail cannot be written: {error}")))
}

/// A header whose value is always the same.
macro_rules! constant_header {
    ($(#[$doc:meta])* $header:ident, $name:literal, $value:literal) => {
        $(#[$doc])*
        #[derive(Clone)]
        struct $header;

        impl Header for $header {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok(Self)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}
constant_header!(
    /// RFC 3834 §5: no automatic answers, please.
    AutoSubmitted,
    "Auto-Submitted",
    "auto-generated"
);
constant_header!(
    /// The same for Exchange.
    SuppressResponses,
    "X-Auto-Response-Suppress",
    "All"
);

/// RFC 3282 §2.
#[derive(Clone)]
struct ContentLanguage(&'static str);

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(tag: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let language = Language::from_tag(tag).ok_or("there are no texts in this language")?;
        Ok(Self(language.tag()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use time::OffsetDateTime;

    use super::*;

    fn raw(to: &str, subject: &str, text: &str) -> Result<String, SendError> {
        let letter = Letter {
            app: "shop".to_owned(),
            to: to.to_owned(),
            display_name: None,
            username: None,
            language: Language::German,
            id: "mail-1".to_owned(),
            reference: "req-1".to_owned(),
            attempt: 1,
            now: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            message: crate::recovery::Message::Test,
            wording: None,
        };
        let written = Written {
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: format!("<p>{text}</p>"),
        };
        let from: Mailbox = "Example <no-reply@example.com>".parse().unwrap();
        let mail = message(&letter, &written, &from)?;
        Ok(String::from_utf8(mail.formatted()).unwrap())
    }

    #[test]
    fn a_mail_has_the_headers_that_mail_needs() {
        let raw = raw("ada@example.com", "Hello", "Text").unwrap();
        for header in [
            "From: Example <no-reply@example.com>\r\n",
            "To: ada@example.com\r\n",
            "Subject: Hello\r\n",
            "Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "X-Auto-Response-Suppress: All\r\n",
            "Content-Language: de\r\n",
            "Message-ID: <mail-1@example.com>\r\n",
            "MIME-Version: 1.0\r\n",
        ] {
            assert!(raw.contains(header), "{header:?} in {raw}");
        }
    }

    #[test]
    fn a_mail_that_is_sent_again_is_the_same_to_the_byte() {
        let [once, again] = [(), ()].map(|()| raw("ada@example.com", "Hello", "Text").unwrap());
        assert_eq!(once, again);
        assert!(once.contains("boundary=\"=_mail-1\"\r\n"), "{once}");
    }

    #[test]
    fn a70_no_address_or_subject_makes_a_second_header() {
        for to in
            ["ada@example.com\r\nBcc: eve@evil.example", "ada@example.com, eve@evil.example", ""]
        {
            assert!(matches!(raw(to, "Hello", "Text"), Err(SendError::Final(_))), "{to:?}");
        }
        let raw = raw("ada@example.com", "Hello\r\nBcc: eve@evil.example", "Text").unwrap();
        let parsed = MessageParser::new().parse(&raw).unwrap();
        assert!(parsed.bcc().is_none(), "{raw}");
    }

    #[test]
    fn long_links_and_other_scripts_survive_the_transfer_encoding() {
        let link = format!("https://a.example/reset/{}", "x".repeat(300));
        let raw = raw("ada@example.com", "Grüße 🦀", &format!("Grüße\n\n{link}\n.\nEnde")).unwrap();
        let parsed = MessageParser::new().parse(&raw).unwrap();
        assert_eq!(parsed.subject(), Some("Grüße 🦀"));
        let text = parsed.body_text(0).unwrap();
        assert!(
            text.contains(&link) && text.contains("Grüße") && text.contains("\n.\n")
                || text.contains("\r\n.\r\n"),
            "{text}"
        );
        assert!(raw.lines().all(|line| line.len() <= 998), "RFC 5322 §2.1.1");
    }
}
