//! Made-up letters of every kind in every language: to try templates with, and to look at.

use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;
use zeroize::Zeroizing;

use crate::language::Language;
use crate::recovery::{Browser, Client, Letter, LinkMail, Message, System, TOKEN_PLACE};

/// As long as a real one, and signed by nobody.
const TOKEN: &str =
    "eyJ1IjoiMSIsImYiOiJzYW1wbGUifQ.aSXYAA.this-is-a-sample-and-works-nowhere-at-all-0";

const NOW: OffsetDateTime = datetime!(2026-11-25 14:00 UTC);

/// What the made-up letters say of the application that they come from.
pub struct Samples {
    /// Its name in the settings.
    pub app: String,
    /// What people know it as.
    pub title: String,
    /// Who its mails come from.
    pub from: String,
    /// Where its pages are.
    pub pages: String,
    /// Where a password reset link leads, with `{token}` in it.
    pub password_reset: String,
    /// Where one says that it was somebody else who changed a password.
    pub not_me: String,
    /// How long a password reset link works.
    pub reset_lifetime: Duration,
}

impl Default for Samples {
    /// Those of no application in particular.
    fn default() -> Self {
        let pages = "https://accounts.example.com/a/default";
        Self {
            app: "default".to_owned(),
            title: "Example".to_owned(),
            from: "Example <no-reply@example.com>".to_owned(),
            pages: pages.to_owned(),
            password_reset: format!("{pages}/reset/{TOKEN_PLACE}"),
            not_me: format!("{pages}/not-me"),
            reset_lifetime: Duration::from_mins(30),
        }
    }
}

impl Samples {
    /// A letter of every kind in every language, those of one language together.
    pub fn letters(&self) -> impl Iterator<Item = Letter> {
        Language::all().flat_map(move |language| {
            self.messages().map(move |message| self.letter(language, message))
        })
    }

    fn messages(&self) -> impl Iterator<Item = Message> {
        let links = LinkMail::ALL.map(|kind| {
            let own = |page: &str| format!("{}/{page}/{TOKEN_PLACE}", self.pages);
            let (pattern, lifetime) = match kind {
                LinkMail::PasswordReset => (self.password_reset.clone(), self.reset_lifetime),
                LinkMail::Invitation => (self.password_reset.clone(), Duration::from_hours(72)),
                LinkMail::EmailConfirmation => (own("confirm-email"), Duration::from_hours(24)),
                LinkMail::LoginLink => (own("login"), Duration::from_mins(15)),
            };
            let link = Zeroizing::new(pattern.replace(TOKEN_PLACE, TOKEN));
            Message::Link { kind, link, lifetime }
        });
        let changed = Message::PasswordChanged {
            at: NOW,
            client: Client { browser: Some(Browser::Firefox), system: Some(System::Linux) },
            not_me: self.not_me.clone(),
        };
        links.into_iter().chain([changed, Message::Test])
    }

    fn letter(&self, language: Language, message: Message) -> Letter {
        Letter {
            app: self.app.clone(),
            to: "ada@example.com".to_owned(),
            display_name: Some("Ada Lovelace".to_owned()),
            language,
            id: format!("sample-{}-{}", message.kind(), language.tag()),
            reference: "kX3mPq7RtVw2ZbNd".to_owned(),
            attempt: 1,
            now: NOW,
            message,
        }
    }
}
