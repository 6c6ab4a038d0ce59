//! What tokens are for. One row of a table says everything that differs between purposes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Choosing a new password.
    PasswordReset,
    /// Showing that mail to an address arrives.
    EmailConfirmation,
    /// Logging in once, by a link.
    Login,
    /// What a login answers with.
    Session,
}

/// A value of the row that a fingerprint covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    UserId,
    Email,
    Password,
    RecoveryStamp,
    LastLogin,
}

/// The facts of one purpose.
struct Facts {
    purpose: Purpose,
    name: &'static str,
    salt: &'static str,
    lifetime: Duration,
    marks: &'static [Mark],
    mail: Option<&'static str>,
    page: Option<&'static str>,
}

/// An ordinary login changes `last_login`, so only login links are tied to it.
const TABLE: [Facts; 4] = [
    Facts {
        purpose: Purpose::PasswordReset,
        name: "password-reset",
        salt: "recover-key",
        lifetime: Duration::from_mins(30),
        marks: &[Mark::UserId, Mark::Email, Mark::Password, Mark::RecoveryStamp],
        mail: Some("password_reset"),
        page: Some("reset"),
    },
    Facts {
        purpose: Purpose::EmailConfirmation,
        name: "email-confirmation",
        salt: "email-confirm-key",
        lifetime: Duration::from_hours(24),
        marks: &[Mark::UserId, Mark::Email],
        mail: Some("email_confirmation"),
        page: Some("confirm-email"),
    },
    Facts {
        purpose: Purpose::Login,
        name: "login",
        salt: "login-key",
        lifetime: Duration::from_mins(15),
        marks: &[Mark::UserId, Mark::Email, Mark::Password, Mark::RecoveryStamp, Mark::LastLogin],
        mail: Some("login_link"),
        page: Some("login"),
    },
    Facts {
        purpose: Purpose::Session,
        name: "session",
        salt: "session-key",
        lifetime: Duration::from_mins(15),
        marks: &[Mark::UserId, Mark::Email, Mark::Password, Mark::RecoveryStamp],
        mail: None,
        page: None,
    },
];

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 4] =
        [Self::PasswordReset, Self::EmailConfirmation, Self::Login, Self::Session];

    /// The purpose of this name, as [`Purpose::name`] spells it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|facts| facts.name == name).map(|facts| facts.purpose)
    }

    /// Its name in the API, in scopes of keys and in fingerprints, say `password-reset`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What follows the application's name and a `/` in the salt, say `recover-key`.
    #[must_use]
    pub fn salt(self) -> &'static str {
        self.facts().salt
    }

    /// How long its tokens live where neither the application nor the token says otherwise.
    #[must_use]
    pub fn lifetime(self) -> Duration {
        self.facts().lifetime
    }

    /// The kind of mail that carries its tokens, say `password_reset`, if any does.
    #[must_use]
    pub fn mail_kind(self) -> Option<&'static str> {
        self.facts().mail
    }

    /// The path segment of its page, say `reset`, if it has one.
    #[must_use]
    pub fn page(self) -> Option<&'static str> {
        self.facts().page
    }

    /// Whether its fingerprint covers the recovery stamp, so that a new one voids its tokens.
    #[must_use]
    pub fn rests_on_stamp(self) -> bool {
        self.marks().contains(&Mark::RecoveryStamp)
    }

    /// What of a row its fingerprint covers, in this order.
    pub(super) fn marks(self) -> &'static [Mark] {
        self.facts().marks
    }

    fn facts(self) -> &'static Facts {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_purpose_finds_its_own_row_and_is_found_by_its_name() {
        for purpose in Purpose::ALL {
            assert_eq!(purpose.facts().purpose, purpose);
            assert_eq!(Purpose::from_name(purpose.name()), Some(purpose));
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.name(), "and is written so");
        }
        assert_eq!(Purpose::from_name("PASSWORD-RESET"), None);
        assert_eq!(Purpose::from_name("password-changed"), None);
    }

    #[test]
    fn a24_names_and_salts_are_all_different() {
        let names: HashSet<_> = Purpose::ALL.map(Purpose::name).into();
        let salts: HashSet<_> = Purpose::ALL.map(Purpose::salt).into();
        assert_eq!((names.len(), salts.len()), (4, 4));
    }

    #[test]
    fn each_purpose_has_its_life_its_mail_and_its_page() {
        let told = |it: Purpose| (it.lifetime().as_secs() / 60, it.mail_kind(), it.page());
        assert_eq!(
            Purpose::ALL.map(told),
            [
                (30, Some("password_reset"), Some("reset")),
                (24 * 60, Some("email_confirmation"), Some("confirm-email")),
                (15, Some("login_link"), Some("login")),
                (15, None, None),
            ]
        );
    }

    #[test]
    fn a_new_stamp_voids_whatever_lets_in_and_no_link_that_confirms() {
        assert_eq!(Purpose::ALL.map(Purpose::rests_on_stamp), [true, false, true, true]);
    }

    #[test]
    fn only_login_links_are_tied_to_the_last_login() {
        for purpose in Purpose::ALL {
            let tied = purpose.marks().contains(&Mark::LastLogin);
            assert_eq!(tied, purpose == Purpose::Login, "{purpose:?}");
        }
    }
}
