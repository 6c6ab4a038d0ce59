//! A mail in somebody else's words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a mail with a link says, where that is not what the templates say. In each part stands
/// `${link}` where the link is to be; what is left out is as the templates have it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Wording {
    /// Whether nothing but the link is filled in; else what is known of the account is, too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub link_alone: bool,
    /// Who it comes from, if not whom the application's mails come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The HTML part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
}

impl fmt::Debug for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wording").finish_non_exhaustive()
    }
}
