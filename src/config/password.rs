//! What a new password must be.

use serde::{Deserialize, Serialize};

use super::BreachSettings;

/// What a new password must be.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordSettings {
    /// Whose rules are kept beside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<PasswordProfile>,
    /// Fewest characters (Unicode code points).
    pub min_length: usize,
    /// Most characters (Unicode code points).
    pub max_length: usize,
    /// How hard to guess, on the scale from 0 to 4 that the crate `zxcvbn` has.
    pub min_strength: u8,
    /// Who is asked whether it was breached; nobody where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaches: Option<BreachSettings>,
}

/// Rules that somebody published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordProfile {
    /// NIST SP 800-63B-4, for passwords that are the only factor.
    Nist,
}

impl PasswordProfile {
    /// Fewest characters that it allows: NIST SP 800-63B-4 §3.1.1.2 has 15 where the password is the
    /// only factor.
    #[must_use]
    pub const fn min_length(self) -> usize {
        match self {
            Self::Nist => 15,
        }
    }
}

impl PasswordSettings {
    /// Fewest characters, by whoever asks for more.
    #[must_use]
    pub fn shortest(&self) -> usize {
        self.min_length.max(self.profile.map_or(0, PasswordProfile::min_length))
    }
}

impl Default for PasswordSettings {
    /// NIST SP 800-63B-4 §3.1.1.2: at least 8 where it is one of several factors; 64 or more should
    /// be allowed.
    fn default() -> Self {
        Self { profile: None, min_length: 8, max_length: 128, min_strength: 3, breaches: None }
    }
}
