//! The mail and the link of Structr's password reset, by the names that they have there.

use serde::{Deserialize, Serialize};

/// The settings of Structr's password reset, with Structr's defaults; sender address and base URL are
/// the application's own where left out.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct StructrSettings {
    /// The subject.
    #[serde(rename = "RESET_PASSWORD_SUBJECT")]
    pub subject: String,
    /// The name beside the sender's address.
    #[serde(rename = "RESET_PASSWORD_SENDER_NAME")]
    pub sender_name: String,
    /// The sender's address; that of the application's own mails where left out.
    #[serde(rename = "RESET_PASSWORD_SENDER_ADDRESS", skip_serializing_if = "Option::is_none")]
    pub sender_address: Option<String>,
    /// The text part, with `${link}` in it.
    #[serde(rename = "RESET_PASSWORD_TEXT_BODY")]
    pub text_body: String,
    /// The HTML part, with `${link}` in it.
    #[serde(rename = "RESET_PASSWORD_HTML_BODY")]
    pub html_body: String,
    /// What the link begins with; the public URL where left out.
    #[serde(rename = "RESET_PASSWORD_BASE_URL", skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The parameter of the link that holds the key.
    #[serde(rename = "RESET_PASSWORD_CONFIRM_KEY_KEY")]
    pub key_parameter: String,
    /// The parameter of the link that names the target.
    #[serde(rename = "RESET_PASSWORD_TARGET_PAGE_KEY")]
    pub target_parameter: String,
    /// Where people go on to who logged in: a path below the base URL, or a URL.
    #[serde(rename = "RESET_PASSWORD_TARGET_PAGE")]
    pub target_page: String,
}

impl Default for StructrSettings {
    fn default() -> Self {
        Self {
            subject: "Request to reset your Structr password".to_owned(),
            sender_name: "Structr Mail Daemon".to_owned(),
            sender_address: None,
            text_body: "Go to ${link} to reset your password.".to_owned(),
            html_body: "<div>Click <a href='${link}'>here</a> to reset your password.</div>"
                .to_owned(),
            base_url: None,
            key_parameter: "key".to_owned(),
            target_parameter: "target".to_owned(),
            target_page: "/reset-password".to_owned(),
        }
    }
}
