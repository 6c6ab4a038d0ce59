//! Whether an account gets a link, and may use it.

use thiserror::Error;
use time::OffsetDateTime;

use super::row::{holds, is_address};
use super::{Account, Condition, LastLogin};
use crate::token::Purpose;

/// Why an account gets no mail and completes nothing. Operators may see it, the public never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Ineligible {
    /// NULL, empty or not an address.
    #[error("the account has no address that mail can go to")]
    NoAddress,
    /// NULL, empty or marked as unusable.
    #[error("the account has no usable password")]
    NoPassword,
    /// An `active` condition does not hold.
    #[error("the account is not active")]
    Inactive,
    /// A `confirmed` condition does not hold.
    #[error("the account's address is not confirmed")]
    Unconfirmed,
    /// Nobody could tell whether a login link was used.
    #[error("the time of the account's last login cannot be read as a time")]
    LastLoginUnread,
    /// There is nothing to confirm.
    #[error("the account's address is confirmed already")]
    Confirmed,
}

/// What an account must be for a purpose, beside being active and having an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// What the link is for, which says where it goes.
    pub purpose: Purpose,
    /// Whether it needs a usable password.
    pub password: bool,
    /// Whether its address must be confirmed, or must not; either will do where nothing is said.
    pub confirmed: Option<bool>,
    /// Whether using the link confirms the address that it went to, which then need not be confirmed.
    pub confirms: bool,
}

impl Needs {
    /// What a token for this purpose needs of its account to be used.
    #[must_use]
    pub const fn to_use(purpose: Purpose) -> Self {
        match purpose {
            // Who confirms an address once more is told that it is confirmed.
            Purpose::EmailConfirmation => {
                Self { purpose, password: false, confirmed: None, confirms: true }
            }
            Purpose::PasswordReset | Purpose::Login | Purpose::Session => {
                Self { purpose, password: true, confirmed: Some(true), confirms: false }
            }
        }
    }

    /// What an invitation needs, to be sent and to be used: an operator vouches for the account, so
    /// that there need be no password yet, and the address need not be confirmed.
    #[must_use]
    pub const fn of_an_invitation(confirms: bool) -> Self {
        Self { purpose: Purpose::PasswordReset, password: false, confirmed: None, confirms }
    }

    /// The same, and what an account needs to be sent a link: one to confirm an address that is
    /// confirmed would tell its owner nothing.
    #[must_use]
    pub const fn to_be_sent(self) -> Self {
        match self.purpose {
            Purpose::EmailConfirmation => Self { confirmed: Some(false), ..self },
            Purpose::PasswordReset | Purpose::Login | Purpose::Session => self,
        }
    }

    /// Whether using the link confirms this account's address, by going there and nowhere else.
    #[must_use]
    pub fn would_confirm(&self, account: &Account) -> bool {
        self.confirms && account.address_for(self.purpose) == account.email.as_deref()
    }
}

impl Account {
    /// Whether its owner may choose a new password.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn eligible(&self) -> Result<(), Ineligible> {
        self.fits(&Needs::to_use(Purpose::PasswordReset))
    }

    /// Whether the account is active, has an address, and is what a purpose needs besides.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn fits(&self, needs: &Needs) -> Result<(), Ineligible> {
        let confirmed = self.is_confirmed();
        let will_do = confirmed || needs.would_confirm(self);
        let checks = [
            (holds(&self.active), Ineligible::Inactive),
            (self.address_for(needs.purpose).is_some_and(is_address), Ineligible::NoAddress),
            (!needs.password || self.has_password(), Ineligible::NoPassword),
            (needs.confirmed != Some(true) || will_do, Ineligible::Unconfirmed),
            (
                needs.purpose != Purpose::Login || self.tells_last_login(),
                Ineligible::LastLoginUnread,
            ),
            (needs.confirmed != Some(false) || !confirmed, Ineligible::Confirmed),
        ];
        match checks.into_iter().find(|(holds, _)| !holds) {
            Some((_, reason)) => Err(reason),
            None => Ok(()),
        }
    }

    /// Whether the last login is a time, or there was none.
    fn tells_last_login(&self) -> bool {
        self.last_login.as_ref().is_none_or(|last| last.time().is_some())
    }

    /// Whether somebody has logged in at that time or later, in whole seconds.
    #[must_use]
    pub fn has_logged_in_since(&self, time: OffsetDateTime) -> bool {
        let last = self.last_login.as_ref().and_then(LastLogin::time);
        last.is_some_and(|last| last.truncate_to_second() >= time.truncate_to_second())
    }

    /// Whether its address is confirmed, as far as the table says.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        holds(&self.confirmed)
    }

    /// What has to become true for its address to be confirmed.
    pub fn unconfirmed(&self) -> impl Iterator<Item = &Condition> {
        let not_yet = |(on, value): &&(Condition, Option<String>)| !on.holds(value.as_deref());
        self.confirmed.iter().filter(not_yet).map(|(on, _)| on)
    }
}
