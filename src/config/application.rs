//! What is set for one application.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{
    CloudCmsSettings, Compat, PagesSettings, PasswordSettings, Rate, Span, StructrSettings,
    UsersSettings, WebhookSettings,
};
use crate::token::Purpose;

/// One application: its users, its mail, its links and its policy.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationSettings {
    /// What people know it as.
    pub name: String,
    /// The scheme, host and port that people reach its pages under; those of the service if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Who its mails come from.
    pub mail: SenderSettings,
    /// Where its links lead, if not to Regain's own pages.
    #[serde(default)]
    pub links: LinkSettings,
    /// How long its links live, if not as long as the purpose says.
    #[serde(default)]
    pub lifetimes: LifetimeSettings,
    /// How often one may ask of it, and how much mail its accounts get, if not as everywhere.
    #[serde(default)]
    pub limits: ApplicationLimitSettings,
    /// Whether people may log in by a mailed link.
    #[serde(default)]
    pub login_links: LoginLinks,
    /// Where people go on to with their session who logged in by a link on Regain's own page; the
    /// first of `return_to` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_to: Option<String>,
    /// Whether a mailed link voids those mailed before it.
    #[serde(default)]
    pub newest_link_wins: bool,
    /// Where people may be sent back to: scheme, host and port exactly, the path by whole segments.
    #[serde(default)]
    pub return_to: Vec<String>,
    /// The origins whose scripts may call its API from a browser, and what `compat` has: scheme, host
    /// and port, exactly as browsers send them.
    #[serde(default)]
    pub cors: Vec<String>,
    /// The language of its mails and pages where nothing else is said.
    #[serde(default = "english")]
    pub language: String,
    /// A folder with templates and texts of the operator's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<PathBuf>,
    /// How its pages look.
    #[serde(default)]
    pub pages: PagesSettings,
    /// What a new password must be.
    #[serde(default)]
    pub password: PasswordSettings,
    /// Where its backend is told what happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<WebhookSettings>,
    /// The systems whose calls are answered as well, for those who move from them.
    #[serde(default)]
    pub compat: BTreeSet<Compat>,
    /// How Cloud CMS' calls name it, where they are answered.
    #[serde(default)]
    pub cloud_cms: CloudCmsSettings,
    /// What its backend and its operators call with.
    #[serde(default)]
    pub api_keys: Vec<ApiKeySettings>,
    /// The mail and the link of Structr's password reset, where its calls are answered.
    #[serde(default)]
    pub structr: StructrSettings,
    /// Its users table.
    pub users: UsersSettings,
}

impl ApplicationSettings {
    /// What the calls of another system name this application by, whose own name is `name`; nothing
    /// where they name none.
    #[must_use]
    pub fn called_by<'a>(&'a self, system: Compat, name: &'a str) -> &'a str {
        match system {
            Compat::CloudCms => self.cloud_cms.application_id.as_deref().unwrap_or(name),
            Compat::BettyBlocks => name,
            Compat::Structr => "",
        }
    }
}

fn english() -> String {
    "en".to_owned()
}

/// Who an application's mails come from.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SenderSettings {
    /// Name of a provider under `[mail.providers]`.
    pub provider: String,
    /// The From header, say `Example <no-reply@example.com>`.
    pub from: String,
    /// Mails in an hour; more are sent later.
    #[serde(default = "per_hour")]
    pub per_hour: u32,
}

fn per_hour() -> u32 {
    1000
}

/// Patterns with `{token}` in them; Regain's own pages where left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkSettings {
    /// Where a password reset link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reset: Option<String>,
    /// Where a link to confirm an address leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_confirmation: Option<String>,
    /// Where a link to log in leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Where one says that it was somebody else who changed a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_me: Option<String>,
}

impl LinkSettings {
    /// Where links of a purpose lead, and what that setting is called, where there is one.
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> Option<(&'static str, Option<&str>)> {
        match purpose {
            Purpose::PasswordReset => Some(("password_reset", self.password_reset.as_deref())),
            Purpose::EmailConfirmation => {
                Some(("email_confirmation", self.email_confirmation.as_deref()))
            }
            Purpose::Login => Some(("login", self.login.as_deref())),
            Purpose::Session => None,
        }
    }
}

/// Lifetimes of links; the purpose's own where left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifetimeSettings {
    /// Of password reset links.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reset: Option<Span>,
    /// Of links to confirm an address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_confirmation: Option<Span>,
    /// Of links to log in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<Span>,
    /// Of the sessions that they are answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Span>,
    /// Of invitations; three days where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Span>,
}

impl LifetimeSettings {
    /// How long tokens of a purpose live, and what that setting is called, where there is one.
    #[must_use]
    pub const fn of(&self, purpose: Purpose) -> Option<(&'static str, Option<Span>)> {
        match purpose {
            Purpose::PasswordReset => Some(("password_reset", self.password_reset)),
            Purpose::EmailConfirmation => Some(("email_confirmation", self.email_confirmation)),
            Purpose::Login => Some(("login", self.login)),
            Purpose::Session => Some(("session", self.session)),
        }
    }
}

/// Limits of one application; those of the service where left out.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApplicationLimitSettings {
    /// Requests by one client, which are then counted apart from those for other applications.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_client: Option<Rate>,
    /// Mails to one account, over all purposes and spellings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mails_per_account: Option<Rate>,
}

/// Whether people may log in by a mailed link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(from = "LoginLinksValue", into = "LoginLinksValue")]
pub enum LoginLinks {
    /// They may not.
    #[default]
    Off,
    /// They may, where no second factor is known of.
    On,
    /// They may, past a second factor: said by an operator whose application asks for it itself.
    DespiteMfa,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged, expecting = "a switch: true, false or \"despite-mfa\"")]
enum LoginLinksValue {
    Switch(bool),
    Word(LoginLinksWord),
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
enum LoginLinksWord {
    DespiteMfa,
}

impl From<LoginLinksValue> for LoginLinks {
    fn from(value: LoginLinksValue) -> Self {
        match value {
            LoginLinksValue::Switch(false) => Self::Off,
            LoginLinksValue::Switch(true) => Self::On,
            LoginLinksValue::Word(LoginLinksWord::DespiteMfa) => Self::DespiteMfa,
        }
    }
}

impl From<LoginLinks> for LoginLinksValue {
    fn from(setting: LoginLinks) -> Self {
        match setting {
            LoginLinks::Off => Self::Switch(false),
            LoginLinks::On => Self::Switch(true),
            LoginLinks::DespiteMfa => Self::Word(LoginLinksWord::DespiteMfa),
        }
    }
}

/// A key that its backend or its operators call with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeySettings {
    /// What logs call it.
    pub name: String,
    /// The SHA-256 of the key in hexadecimal digits: the key itself stands nowhere.
    pub sha256: String,
    /// What it may do; nothing where left out.
    #[serde(default)]
    pub scopes: Vec<String>,
}
