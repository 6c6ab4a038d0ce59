//! Made-up letters of every kind in every language: to try templates with, and to look at.

use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;
use zeroize::Zeroizing;

use crate::language::Language;
use crate::recovery::{Browser, Client, Letter, LinkMail, Message, System};

/// What the application of the samples is called.
pub const TITLE: &str = "Example";

const NOW: OffsetDateTime = datetime!(2026-11-25 14:00 UTC);

/// A letter of every kind in every language.
pub fn letters() -> impl Iterator<Item = Letter> {
    Language::all().flat_map(|language| messages().map(move |message| letter(language, message)))
}

fn messages() -> impl Iterator<Item = Message> {
    let links = LinkMail::ALL.map(|kind| {
        let (page, lifetime) = match kind {
            LinkMail::PasswordReset | LinkMail::Invitation => ("reset", Duration::from_mins(30)),
            LinkMail::EmailConfirmation => ("confirm-email", Duration::from_hours(24)),
            LinkMail::LoginLink => ("login", Duration::from_mins(15)),
        };
        let link = format!(
            "https://accounts.example.com/a/default/{page}/eyJ1IjoiMSIsImYiOiJzYW1wbGUifQ.\
             aSXYAA.this-is-a-sample-and-works-nowhere-at-all-0"
        );
        Message::Link { kind, link: Zeroizing::new(link), lifetime }
    });
    let changed = Message::PasswordChanged {
        at: NOW,
        client: Client { browser: Some(Browser::Firefox), system: Some(System::Linux) },
        not_me: "https://accounts.example.com/a/default/not-me".to_owned(),
    };
    links.into_iter().chain([changed, Message::Test])
}

fn letter(language: Language, message: Message) -> Letter {
    Letter {
        app: "default".to_owned(),
        to: "ada@example.com".to_owned(),
        display_name: Some("Ada Lovelace".to_owned()),
        language,
        id: "sample".to_owned(),
        reference: "kX3mPq7RtVw2ZbNd".to_owned(),
        now: NOW,
        message,
    }
}
