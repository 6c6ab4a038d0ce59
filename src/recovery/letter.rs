//! A mail before it is written: what it must say, to whom.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

/// A mail to one account.
#[derive(Clone)]
pub struct Letter {
    /// The application's name, which names the sender.
    pub app: String,
    /// The stored address.
    pub to: String,
    /// What to call the person, if known.
    pub display_name: Option<String>,
    /// The language asked for or stored; the application's own where absent.
    pub locale: Option<String>,
    /// The request that it comes from, for support staff.
    pub reference: String,
    /// When it is written.
    pub now: OffsetDateTime,
    /// What it says.
    pub message: Message,
}

/// What a letter says.
#[derive(Clone)]
pub enum Message {
    /// Here is a link to choose a new password.
    PasswordReset {
        /// The link, the only place where a token leaves the process.
        link: Zeroizing<String>,
        /// How long it works.
        lifetime: Duration,
    },
    /// The password was changed.
    PasswordChanged,
    /// Mail arrives: what an operator sends to see that it does.
    Test,
}

impl Message {
    /// The name of its templates.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::PasswordReset { .. } => "password_reset",
            Self::PasswordChanged => "password_changed",
            Self::Test => "test",
        }
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("app", &self.app)
            .field("kind", &self.message.kind())
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
