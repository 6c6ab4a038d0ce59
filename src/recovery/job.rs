//! What waits to be done. A job holds nothing secret: the token is minted when the mail is sent.
//!
//! Jobs are written down where they outlive the process, and read by whichever release takes them:
//! a member that is added must be optional, and one that is not known is passed over.

use std::borrow::Cow;
use std::fmt;
use std::ops::Not;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::trace::TraceLink;
use super::{Change, Event, LinkMail, Wording};
use crate::account::{Identifier, NEWEST_CHARS};
use crate::language::Language;
use crate::token::Purpose;

/// Something to be mailed or called after the request was answered.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Job {
    /// The application's name.
    pub app: String,
    /// The request that it comes from, as logs and mails show it.
    pub reference: String,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub asked_at: OffsetDateTime,
    /// How often doing it was tried.
    #[serde(default)]
    pub attempt: u32,
    /// Whether its turn in the paces of mails has come.
    #[serde(default)]
    pub has_turn: bool,
    /// Whether it was given out before, and what became of it then is not known: it may be paid for
    /// already.
    #[serde(skip)]
    pub redone: bool,
    /// What the spans of doing it are part of, where the request that it comes from was traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceLink>,
    /// What is to be done.
    pub task: Task,
}

/// What is left of a job that was done as far as it could be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// What is to be done then.
    pub job: Job,
    /// After how long.
    pub after: Duration,
}

/// What is to be done. What a person asked for is what there may be many of: nothing else is larger.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A mail.
    Mail(Mail),
    /// A call of the application's webhook.
    Hook(Event, About),
}

/// What an event is about.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A change, told only once the row carries it.
    Change(Box<Change>),
    /// An account.
    Account {
        /// Its id.
        user_id: String,
        /// The event's own: one request may be about several accounts.
        event_id: String,
        /// What the link is for, where the event is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<Purpose>,
    },
}

/// A mail to be made.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mail {
    /// A person asked for a link; whose account it is, is still to be found.
    Ask(Identifier, LinkWish),
    /// The link of one account, found before and paid from its budget.
    Link {
        /// The account.
        user_id: String,
        /// What was asked for.
        wish: LinkWish,
        /// What makes a second try the same mail as the first.
        draft: Box<Draft>,
    },
    /// The notice that a password was changed, sent only once the row carries the new hash: to
    /// the account's address of that number, since each of them is told by a mail of its own.
    PasswordChanged(Box<Change>, usize),
    /// The notice that an operator was given a link, to the account's address of that number.
    LinkIssued(Box<GivenLink>, usize),
}

/// A link that an operator was given, of which its owner is told.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct GivenLink {
    /// The account.
    pub user_id: String,
    /// What the link is for.
    pub purpose: Purpose,
    /// Until when it works.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// What a person asked for, or an operator in their place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct LinkWish {
    /// What the link is for.
    pub purpose: Purpose,
    /// The languages wanted.
    #[serde(default)]
    pub languages: Languages,
    /// An allowed target to go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<Box<str>>,
    /// Whether it was asked for because somebody else changed the password.
    #[serde(default)]
    pub disputed: bool,
    /// What its mail says, where the caller may say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Box<Wording>>,
    /// Who wants it sent.
    #[serde(default, skip_serializing_if = "Origin::is_a_person")]
    pub origin: Origin,
    /// How long the link works in seconds, where that is not as long as the application's do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifetime: Option<u32>,
}

/// Who wants a link sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Somebody who asked, and may be anybody.
    #[default]
    Person,
    /// An operator, for an account that they named.
    Operator,
    /// An operator, for whoever is invited: to choose a password, be there one yet or not.
    Invitation,
}

impl Origin {
    /// Whether it is somebody who may be anybody.
    #[must_use]
    pub fn is_a_person(&self) -> bool {
        *self == Self::Person
    }

    /// From whose budget of an account its mails are taken. What operators send leaves the owner
    /// theirs, so that they can ask again at any time; and a stranger who used that up keeps no
    /// operator from sending. Both are of one size, so that a mailbox gets twice as many at most.
    #[must_use]
    pub fn payer(self, user_id: &str) -> Cow<'_, str> {
        match self {
            Self::Person => Cow::Borrowed(user_id),
            // No key has a NUL in it.
            Self::Operator | Self::Invitation => Cow::Owned(format!("operators\0{user_id}")),
        }
    }
}

impl LinkWish {
    /// What somebody wishes for who says nothing but what for.
    #[must_use]
    pub fn of(purpose: Purpose) -> Self {
        Self {
            purpose,
            languages: Languages::default(),
            return_to: None,
            disputed: false,
            wording: None,
            origin: Origin::Person,
            lifetime: None,
        }
    }

    /// The kind of mail that carries the link, if any does.
    #[must_use]
    pub const fn kind(&self) -> Option<LinkMail> {
        match self.origin {
            Origin::Person | Origin::Operator => LinkMail::of(self.purpose),
            Origin::Invitation => Some(LinkMail::Invitation),
        }
    }
}

/// The languages that a request wants, of those that there are texts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Languages {
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Language>,
    /// What the person's browser accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Language>,
}

impl Languages {
    /// What it says, then the account's own, then what the browser accepts.
    #[must_use]
    pub fn choose(self, account: Option<Language>) -> Option<Language> {
        self.said.or(account).or(self.accepted)
    }
}

/// A mail with a link, before it is minted: whatever is tried again within half the link's life
/// carries the same link under the same Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Draft {
    /// The issue time of the token.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// What the mail is called among all mails.
    pub id: String,
    /// Whether its link was made one of the newest of its account, and may be so still or be out.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub stamped: bool,
    /// The link that was the delivered one then, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// Whether the application's backend is told of it already.
    #[serde(default)]
    pub told: bool,
}

impl Draft {
    /// What stands for it in the recovery stamp: the same however often it is tried.
    #[must_use]
    pub fn newest(&self) -> &str {
        self.id.get(..NEWEST_CHARS).unwrap_or(&self.id)
    }
}

impl Task {
    /// A name for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Mail(Mail::Ask(..)) => "ask",
            Self::Mail(Mail::Link { .. }) => "link",
            Self::Mail(Mail::PasswordChanged(..) | Mail::LinkIssued(..)) => "notice",
            Self::Hook(..) => "hook",
        }
    }

    /// Whose account it is about, once that is known.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        match self {
            Self::Mail(Mail::Ask(..)) => None,
            Self::Mail(Mail::Link { user_id, .. })
            | Self::Hook(_, About::Account { user_id, .. }) => Some(user_id),
            Self::Mail(Mail::LinkIssued(given, _)) => Some(&given.user_id),
            Self::Mail(Mail::PasswordChanged(change, _)) | Self::Hook(_, About::Change(change)) => {
                Some(&change.user_id)
            }
        }
    }
}

impl Mail {
    /// The name of its letter's templates.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ask(_, wish) | Self::Link { wish, .. } => {
                wish.kind().map_or("link", LinkMail::name)
            }
            Self::PasswordChanged(..) => "password_changed",
            Self::LinkIssued(..) => "link_issued",
        }
    }
}

impl Job {
    /// The same job with something else to be done.
    #[must_use]
    pub(super) fn with(&self, task: Task) -> Self {
        Self { task, ..self.clone() }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("app", &self.app)
            .field("task", &self.task.kind())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn job(task: Task) -> Job {
        let asked_at = OffsetDateTime::UNIX_EPOCH + Duration::from_millis(1_800_000_000_123);
        let (app, reference) = ("shop".to_owned(), "r1".to_owned());
        let (attempt, has_turn, redone, trace) = (2, true, false, None);
        Job { app, reference, asked_at, attempt, has_turn, redone, trace, task }
    }

    fn wish() -> LinkWish {
        let languages = Languages { said: Some(Language::German), accepted: None };
        LinkWish { languages, ..LinkWish::of(Purpose::PasswordReset) }
    }

    fn ask() -> Job {
        job(Task::Mail(Mail::Ask(Identifier::parse("ada@example.com").unwrap(), wish())))
    }

    #[test]
    fn jobs_are_written_in_this_form_and_read_back() {
        let written = serde_json::to_value(ask()).unwrap();
        let languages = json!({ "said": "de" });
        let wish =
            json!({ "purpose": "password-reset", "languages": languages, "disputed": false });
        assert_eq!(
            written,
            json!({
                "app": "shop", "reference": "r1", "asked_at": "2027-01-15T08:00:00.123Z",
                "attempt": 2, "has_turn": true, "task": { "mail": { "ask": ["ada@example.com", wish] } },
            })
        );
        let (issued_at, id) = (OffsetDateTime::UNIX_EPOCH, "m1".to_owned());
        let draft = Box::new(Draft { issued_at, id, stamped: false, over: None, told: true });
        let (user_id, wish) = ("7".to_owned(), super::tests::wish());
        let link = job(Task::Mail(Mail::Link { user_id, wish, draft: draft.clone() }));
        let wish =
            LinkWish { origin: Origin::Operator, lifetime: Some(259_200), ..super::tests::wish() };
        let user_id = "7".to_owned();
        let draft = Box::new(Draft { stamped: true, over: Some("m0".to_owned()), ..*draft });
        let issued = job(Task::Mail(Mail::Link { user_id, wish, draft }));
        let given = GivenLink {
            user_id: "7".to_owned(),
            purpose: Purpose::Login,
            expires_at: OffsetDateTime::UNIX_EPOCH,
        };
        let notice = job(Task::Mail(Mail::LinkIssued(Box::new(given), 1)));
        let (user_id, event_id) = ("7".to_owned(), "e1".to_owned());
        let about = About::Account { user_id, event_id, purpose: Some(Purpose::Login) };
        let dispute = job(Task::Hook(Event::AccountDisputed, about));
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let traced = Job { trace: TraceLink::parse(parent), ..ask() };
        assert_eq!(serde_json::to_value(&traced).unwrap()["trace"], json!(parent));
        for job in [ask(), link, issued, notice, dispute, traced] {
            let written = serde_json::to_vec(&job).unwrap();
            assert!(serde_json::from_slice::<Job>(&written).unwrap() == job);
        }
    }

    #[test]
    fn a_newer_release_may_add_members_and_an_older_one_may_lack_the_optional_ones() {
        let mut written = serde_json::to_value(ask()).unwrap();
        written["priority"] = json!("high");
        written["task"]["mail"]["ask"][1]["urgent"] = json!(["de", "en"]);
        assert!(serde_json::from_value::<Job>(written.clone()).unwrap() == ask());

        let members = written.as_object_mut().unwrap();
        members.remove("attempt");
        members.remove("has_turn");
        written["task"]["mail"]["ask"][1] = json!({ "purpose": "password-reset" });
        let read = serde_json::from_value::<Job>(written).unwrap();
        assert_eq!((read.attempt, read.has_turn), (0, false));
    }

    #[test]
    fn what_is_not_known_or_not_well_formed_is_not_read() {
        let refused = |change: fn(&mut Value)| {
            let mut written = serde_json::to_value(ask()).unwrap();
            change(&mut written);
            serde_json::from_value::<Job>(written).is_err()
        };
        assert!(refused(|job| job["task"] = json!({ "sms": "+49" })));
        assert!(refused(|job| job["task"]["mail"] = json!({ "poem": {} })));
        assert!(refused(|job| job["task"]["mail"]["ask"][0] = json!("a@b@c")));
        assert!(refused(|job| job["task"]["mail"]["ask"][1]["purpose"] = json!("anything")));
    }
}
