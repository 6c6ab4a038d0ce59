//! What mails say. Templates are compiled in; what people wrote is text in them and never code.

use std::time::Duration;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use time::OffsetDateTime;
use time::macros::format_description;

use super::error::MailConfigError;
use crate::recovery::{Letter, Message, SendError};

/// The templates of every kind of mail.
pub struct Templates(Environment<'static>);

/// A mail's subject, text and HTML.
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("templates/", $name)))),+]
    };
}

const SOURCES: [(&str, &str); 10] = sources![
    "layout.html",
    "password_reset/subject.txt",
    "password_reset/body.txt",
    "password_reset/body.html",
    "password_changed/subject.txt",
    "password_changed/body.txt",
    "password_changed/body.html",
    "test/subject.txt",
    "test/body.txt",
    "test/body.html",
];

impl Templates {
    /// Compiles the templates.
    pub fn new() -> Result<Self, MailConfigError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|name| {
            if name.strip_suffix(".html").is_some() { AutoEscape::Html } else { AutoEscape::None }
        });
        for (name, source) in SOURCES {
            templates
                .add_template(name, source)
                .map_err(|error| MailConfigError::Template(error.to_string()))?;
        }
        Ok(Self(templates))
    }

    /// Writes a letter of the application that people know as `title`.
    pub fn write(&self, letter: &Letter, title: &str) -> Result<Written, SendError> {
        let kind = letter.message.kind();
        let (link, lifetime) = match &letter.message {
            Message::PasswordReset { link, lifetime } => (link.as_str(), words(*lifetime)),
            Message::PasswordChanged | Message::Test => ("", String::new()),
        };
        let title = one_line(title);
        let values = |subject: &str| {
            context! {
                subject, link, href => in_html(link), title => &title, lifetime => &lifetime,
                greeting => greeting(letter.display_name.as_deref()),
                reference => &letter.reference,
                time => clock_time(letter.now),
            }
        };
        let render = |part: &str, subject: &str| {
            let template = self.0.get_template(&format!("{kind}/{part}"));
            let text = template.and_then(|template| template.render(values(subject)));
            text.map_err(|error| SendError::Final(format!("template {kind}/{part}: {error}")))
        };
        let subject = one_line(&render("subject.txt", "")?);
        let text = render("body.txt", &subject)?;
        let html = render("body.html", &subject)?;
        Ok(Written { subject, text, html })
    }
}

/// A link in HTML with its slashes as they are, which some mail readers want to see.
fn in_html(link: &str) -> Value {
    let escaped = link.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Value::from_safe_string(escaped)
}

/// Greets by name, unless the name could be taken for a link or for markup: anybody may have
/// chosen any name, and mail readers make links of what looks like one.
fn greeting(name: Option<&str>) -> String {
    let name = name.map(one_line).unwrap_or_default();
    let odd = |c: char| c.is_control() || "<>{}[]()\"\\/@:%&=#?|".contains(c);
    let like_a_host = name.split_whitespace().any(|word| {
        let inner = word.trim_end_matches('.');
        inner.split_once('.').is_some_and(|(_, rest)| rest.starts_with(char::is_alphanumeric))
    });
    if name.is_empty() || name.chars().count() > 64 || name.contains(odd) || like_a_host {
        "Hello".to_owned()
    } else {
        format!("Hello {name}")
    }
}

/// The text on one line: control characters and the line breaks of Unicode become spaces.
fn one_line(text: &str) -> String {
    let broken = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{85}');
    let spaced: String = text.chars().map(|c| if broken(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A lifetime in the largest unit that is exact.
fn words(lifetime: Duration) -> String {
    let seconds = lifetime.as_secs();
    let (number, unit) = match seconds {
        _ if seconds.is_multiple_of(3600) => (seconds / 3600, "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

fn clock_time(time: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute] UTC");
    time.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn letter(name: Option<&str>, message: Message) -> Letter {
        Letter {
            app: "shop".to_owned(),
            to: "ada@example.com".to_owned(),
            display_name: name.map(str::to_owned),
            locale: None,
            reference: "req-1".to_owned(),
            now: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
            message,
        }
    }

    fn reset() -> Message {
        Message::PasswordReset {
            link: Zeroizing::new("https://a.example/reset/eyJ1IjoiMSJ9.a0oHgA.c2ln".to_owned()),
            lifetime: Duration::from_mins(30),
        }
    }

    fn write(name: Option<&str>, message: Message, title: &str) -> Written {
        Templates::new().unwrap().write(&letter(name, message), title).unwrap()
    }

    #[test]
    fn a_reset_mail_reads_well() {
        let mail = write(Some("Ada"), reset(), "Example & Sons");
        insta::assert_snapshot!(mail.subject, @"Choose a new password for Example & Sons");
        insta::assert_snapshot!("password_reset_text", mail.text);
        insta::assert_snapshot!("password_reset_html", mail.html);
    }

    #[test]
    fn a_notice_reads_well_and_holds_no_link() {
        let mail = write(None, Message::PasswordChanged, "Example");
        insta::assert_snapshot!(mail.subject, @"Your password for Example was changed");
        insta::assert_snapshot!("password_changed_text", mail.text);
        assert!(!mail.text.contains("http") && !mail.html.contains("href"));
    }

    #[test]
    fn a_test_mail_says_what_it_is_and_holds_no_link() {
        let mail = write(None, Message::Test, "Example");
        insta::assert_snapshot!(mail.subject, @"A test mail of Example");
        assert!(mail.text.contains("sent this for Example at 2027-01-15 08:00 UTC"));
        assert!(!mail.text.contains("http") && !mail.html.contains("href"));
    }

    #[test]
    fn a72_names_are_never_links_markup_or_code() {
        for name in [
            "<a href=\"https://evil.example\">x</a>",
            "http://evil.example",
            "evil.example",
            "www.evil.example",
            "{{7*7}}",
            "{% include \"layout.html\" %}",
            "a@b.example",
            "x/../y",
            "49 {{ link }}",
        ] {
            let mail = write(Some(name), reset(), "Example");
            for text in [&mail.text, &mail.html] {
                assert!(!text.contains("evil") && !text.contains("49"), "{name}: {text}");
                assert!(text.contains("Hello,"), "{name}: {text}");
            }
        }
        for name in ["Ada", "Ada Lovelace", "Mr. Ada", "Ada B. C.", "Žofie", "李"] {
            assert!(write(Some(name), reset(), "E").text.contains(&format!("Hello {name},")));
        }
    }

    #[test]
    fn a70_line_breaks_in_names_stay_on_one_line() {
        for broken in ["Shop\r\nBcc: eve@evil.example", "Shop\u{2028}x", "Shop\u{85}x", "Shop\0x"] {
            let mail = write(Some("Ada\r\nX: y"), reset(), broken);
            assert!(
                !mail.subject.contains(['\r', '\n', '\u{2028}', '\u{85}', '\0']),
                "{}",
                mail.subject
            );
        }
    }

    #[test]
    fn html_escapes_what_the_operator_named() {
        let mail = write(None, reset(), "<b>\"Shop\"</b>");
        assert!(mail.html.contains("&lt;b&gt;") && !mail.html.contains("<b>"));
    }

    #[test]
    fn lifetimes_are_told_in_the_largest_exact_unit() {
        assert_eq!(words(Duration::from_mins(30)), "30 minutes");
        assert_eq!(words(Duration::from_hours(1)), "1 hour");
        assert_eq!(words(Duration::from_secs(90)), "90 seconds");
    }
}
