//! What Cloud CMS has of an application that moves from there.

use serde::{Deserialize, Serialize};

/// How Cloud CMS' calls name the application.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CloudCmsSettings {
    /// The id that they name it by; its own name where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
}
