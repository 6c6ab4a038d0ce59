//! What mails say: templates that arrange the texts of a language. What people wrote is text in
//! them and never code.
//!
//! Every template gets `lang` and `dir`, `title`, `subject`, `greeting`, `link` and, for HTML,
//! `href`; `t("entry")` tells a text of the language, filled in.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

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

const SOURCES: [(&str, &str); 23] = sources![
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
            written.map_err(|error| fault(&error, folder))?;
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
        let link = match &letter.message {
            Message::Link { link, .. } => link.as_str(),
            Message::PasswordChanged { not_me, .. } => not_me,
            Message::Test => "",
        };
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
            Message::Test => texts.with_moment("time", letter.now),
        }
    }
}

/// Every file in the folder must be one that is used.
fn no_strangers(root: &Path, folder: &Path) -> Result<(), MailConfigError> {
    let unreadable = |error| MailConfigError::template(folder.display(), error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        // Kubernetes keeps what it mounts under such names, beside the links to it.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if path.is_dir() {
            no_strangers(root, &path)?;
        } else if !SOURCES.iter().any(|(known, _)| *known == name) {
            let names: Vec<_> = SOURCES.iter().map(|(name, _)| *name).collect();
            let problem = format!("is no template; there are {}", names.join(", "));
            return Err(MailConfigError::template(path.display(), problem));
        }
    }
    Ok(())
}

/// What a template uses must be among what it is given: found here even where no sample leads.
fn known_variables(
    place: &Path,
    source: &str,
    used: &std::collections::HashSet<String>,
) -> Result<(), MailConfigError> {
    let used: BTreeSet<_> = used.iter().map(String::as_str).collect();
    let Some(stranger) = used.into_iter().find(|name| !VARIABLES.contains(name)) else {
        return Ok(());
    };
    let line = source.lines().position(|line| line.contains(stranger)).map_or(1, |at| at + 1);
    let problem = format!("there is no {stranger:?}; there are {}", VARIABLES.join(", "));
    Err(MailConfigError::template(format!("{}, line {line}", place.display()), problem))
}

fn fault(error: &Error, folder: Option<&Path>) -> MailConfigError {
    let name = error.name().unwrap_or_default();
    let place = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
    let place = place.unwrap_or_else(|| name.into());
    let line = error.line().map_or(String::new(), |line| format!(", line {line}"));
    MailConfigError::template(format!("{}{line}", place.display()), error)
}

#[cfg(test)]
mod tests;
