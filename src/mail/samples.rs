//! Made-up letters of every kind in every language: to try templates with, and to look at.

use std::collections::BTreeMap;
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;
use zeroize::Zeroizing;

use crate::language::Language;
use crate::recovery::{
    Browser, Client, LONGEST_ISSUED, Letter, LinkMail, Message, System, TOKEN_PLACE, Wording,
};
use crate::token::Purpose;

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
    /// Where links lead, with `{token}` in them, by what they are for.
    pub links: BTreeMap<Purpose, String>,
    /// How long they work.
    pub lifetimes: BTreeMap<Purpose, Duration>,
    /// How long invitations work.
    pub invitation_lifetime: Duration,
    /// Where one says that it was somebody else who changed a password.
    pub not_me: String,
    /// What mails with its links say, by what those are for, where that is not what the templates say.
    pub wordings: BTreeMap<Purpose, Box<Wording>>,
}

impl Default for Samples {
    /// Those of no application in particular.
    fn default() -> Self {
        let pages = "https://accounts.example.com/a/default";
        Self {
            app: "default".to_owned(),
            title: "Example".to_owned(),
            from: "Example <no-reply@example.com>".to_owned(),
            links: Purpose::ALL
                .into_iter()
                .filter_map(|of| Some((of, format!("{pages}/{}/{TOKEN_PLACE}", of.page()?))))
                .collect(),
            lifetimes: BTreeMap::new(),
            invitation_lifetime: LONGEST_ISSUED,
            not_me: format!("{pages}/not-me"),
            wordings: BTreeMap::new(),
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
            let (purpose, lifetime) = match kind {
                LinkMail::PasswordReset => (Purpose::PasswordReset, None),
                LinkMail::Invitation => (Purpose::PasswordReset, Some(self.invitation_lifetime)),
                LinkMail::EmailConfirmation => (Purpose::EmailConfirmation, None),
                LinkMail::LoginLink => (Purpose::Login, None),
            };
            let said = lifetime.or_else(|| self.lifetimes.get(&purpose).copied());
            let lifetime = said.unwrap_or_else(|| purpose.lifetime());
            let pattern = self.links.get(&purpose).map_or("", String::as_str);
            let link = Zeroizing::new(pattern.replace(TOKEN_PLACE, TOKEN));
            Message::Link { kind, link, lifetime }
        });
        let changed = Message::PasswordChanged {
            at: NOW,
            client: Client { browser: Some(Browser::Firefox), system: Some(System::Linux) },
            not_me: self.not_me.clone(),
        };
        let issued = Message::LinkIssued {
            purpose: Purpose::PasswordReset,
            at: NOW,
            expires_at: NOW + LONGEST_ISSUED,
        };
        links.into_iter().chain([changed, issued, Message::Test])
    }

    fn wording(&self, message: &Message) -> Option<Box<Wording>> {
        let Message::Link { kind, .. } = message else { return None };
        let said = |(purpose, _): &(&Purpose, _)| LinkMail::of(**purpose) == Some(*kind);
        self.wordings.iter().find(said).map(|(_, wording)| wording.clone())
    }

    fn letter(&self, language: Language, message: Message) -> Letter {
        Letter {
            app: self.app.clone(),
            to: "ada@example.com".to_owned(),
            display_name: Some("Ada Lovelace".to_owned()),
            username: None,
            language,
            id: format!("sample-{}-{}", message.kind(), language.tag()),
            reference: "kX3mPq7RtVw2ZbNd".to_owned(),
            attempt: 1,
            now: NOW,
            wording: self.wording(&message),
            message,
        }
    }
}
