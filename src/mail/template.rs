//! What mails say: templates that arrange the texts of a language. What people wrote is text in
//! them and never code.
//!
//! Every template gets `lang` and `dir`, `title`, `subject`, `greeting`, `link` and, for HTML,
//! `href`; `t("entry")` tells a text of the language, filled in.

mod mistakes;

use std::path::Path;
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

use mistakes::{fault, holds_its_link, known_variables, no_strangers};

use super::error::MailConfigError;
use super::samples::Samples;
use super::words::{greeting, in_html, one_line};
use crate::language::{Catalogue, Texts};
use crate::recovery::{Browser, Letter, Message, SendError, System};

/// The templates of every kind of mail, and the texts that they arrange.
pub struct Templates {
    environment: Environment<'static>,
    texts: Arc<Catalogue>,
}

/// A mail's subject, text and HTML.
pub struct Written {
    /// The subject, on one line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("templates/", $name)))),+]
    };
}

const SOURCES: [(&str, &str); 26] = sources![
    "layout.html",
    "layout.txt",
    "link.html",
    "link.txt",
    "button.html",
    "password_reset/subject.txt",
    "password_reset/body.txt",
    "password_reset/body.html",
    "password_changed/subject.txt",
    "password_changed/body.txt",
    "password_changed/body.html",
    "email_confirmation/subject.txt",
    "email_confirmation/body.txt",
    "email_confirmation/body.html",
    "login_link/subject.txt",
    "login_link/body.txt",
    "login_link/body.html",
    "invitation/subject.txt",
    "invitation/body.txt",
    "invitation/body.html",
    "link_issued/subject.txt",
    "link_issued/body.txt",
    "link_issued/body.html",
    "test/subject.txt",
    "test/body.txt",
    "test/body.html",
];

/// What templates may use, beside what they set themselves.
const VARIABLES: [&str; 8] = ["lang", "dir", "title", "subject", "greeting", "link", "href", "t"];

impl Templates {
    /// Compiles the templates: those in `mail` of the operator's folder instead of our own. With
    /// such a folder, every mail is written in every language once, so that a mistake is found now
    /// and not when somebody waits for a mail.
    ///
    /// # Errors
    /// [`MailConfigError::Template`]: file and line, and what is wrong there.
    pub fn new(texts: Arc<Catalogue>, folder: Option<&Path>) -> Result<Self, MailConfigError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| {
            if name.strip_suffix(".html").is_some() { AutoEscape::Html } else { AutoEscape::None }
        });
        let operators = folder.is_some();
        let folder = folder.map(|folder| folder.join("mail")).filter(|folder| folder.exists());
        let folder = folder.as_deref();
        if let Some(folder) = folder {
            no_strangers(folder, folder)?;
        }
        for (name, own) in SOURCES {
            let path = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
            let source = match &path {
                None => own.to_owned(),
                Some(path) => std::fs::read_to_string(path)
                    .map_err(|error| MailConfigError::template(path.display(), error))?,
            };
            let place = path.unwrap_or_else(|| name.into());
            environment
                .add_template_owned(name, source.clone())
                .map_err(|error| fault(&error, folder))?;
            let used = environment.get_template(name).map_err(|error| fault(&error, folder))?;
            known_variables(&place, &source, &used.undeclared_variables(false))?;
        }
        let templates = Self { environment, texts };
        let samples = Samples::default();
        for letter in samples.letters().filter(|_| operators) {
            let written = templates.render(&letter, &samples.title);
            let written = written.map_err(|error| fault(&error, folder))?;
            holds_its_link(&letter, link(&letter.message), &written, folder)?;
        }
        Ok(templates)
    }

    /// Writes a letter of the application that people know as `title`.
    ///
    /// # Errors
    /// [`SendError::Final`] for a template that cannot be filled in.
    pub fn write(&self, letter: &Letter, title: &str) -> Result<Written, SendError> {
        let kind = letter.message.kind();
        self.render(letter, title)
            .map_err(|error| SendError::Final(format!("template {kind}: {error:#}")))
    }

    fn render(&self, letter: &Letter, title: &str) -> Result<Written, Error> {
        let texts = self.texts(letter, title);
        let link = link(&letter.message);
        let (language, title) = (letter.language, one_line(title));
        let greeting = greeting(letter.display_name.as_deref(), &texts);
        let t = Value::from_function(move |entry: &str| {
            texts
                .get(entry)
                .map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
        });
        let values = |subject: &str| {
            context! {
                lang => language.tag(), dir => language.direction(),
                title => &title, subject, greeting => &greeting, link, href => in_html(link),
                t => &t,
            }
        };
        let render = |part: &str, subject: &str| {
            let template = format!("{}/{part}", letter.message.kind());
            self.environment.get_template(&template)?.render(values(subject))
        };
        let subject = one_line(&render("subject.txt", "")?);
        let text = render("body.txt", &subject)?.trim().to_owned() + "\n";
        let html = render("body.html", &subject)?;
        Ok(Written { subject, text, html })
    }

    fn texts(&self, letter: &Letter, title: &str) -> Texts {
        let texts = self.texts.texts(letter.language).with("title", one_line(title));
        let texts = texts.with("reference", one_line(&letter.reference));
        match &letter.message {
            Message::Link { lifetime, .. } => {
                let until = letter.now + *lifetime;
                texts.with_duration("lifetime", *lifetime).with_moment("until", until)
            }
            Message::PasswordChanged { at, client, .. } => {
                let browser = client.browser.map(Browser::name).map(str::to_owned);
                let system = client.system.map(System::name).map(str::to_owned);
                let browser = browser.unwrap_or_else(|| texts.tell("client-unknown-browser"));
                let system = system.unwrap_or_else(|| texts.tell("client-unknown-system"));
                let texts = texts.with("browser", browser).with("system", system);
                let client = texts.tell("client-browser-on-system");
                texts.with("client", client).with_moment("time", *at)
            }
            Message::LinkIssued { purpose, at, expires_at } => texts
                .with("purpose", purpose.name().to_owned())
                .with_moment("time", *at)
                .with_moment("until", *expires_at),
            Message::Test => texts.with_moment("time", letter.now),
        }
    }
}

/// The link that a mail is for; none for a test, and none for a notice of one that somebody else has.
pub(super) fn link(message: &Message) -> &str {
    match message {
        Message::Link { link, .. } => link,
        Message::PasswordChanged { not_me, .. } => not_me,
        Message::LinkIssued { .. } | Message::Test => "",
    }
}

#[cfg(test)]
mod tests;
