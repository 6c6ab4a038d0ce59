//! A row of the users table, as it was read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::identifier::mask;
use super::{Condition, EmailAddress, EmailMatch, Footing, Identifier, LastLogin, Stamp, Username};
use crate::token::{Marks, Purpose};

/// An account as it was read at one moment. Every value is the column's text, byte for byte,
/// since the compare-and-swap repeats it.
///
/// Where it is written into a job, the password hash and the stamp stay behind: a job holds nothing
/// secret.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Account {
    /// The row's key as text, as tokens carry it.
    pub id: String,
    /// The stored address, to which mail goes.
    pub email: Option<String>,
    /// The login name, where such a column is mapped.
    pub username: Option<String>,
    /// What to call the person, where such a column is mapped.
    pub display_name: Option<String>,
    /// The stored password hash.
    #[serde(skip)]
    pub password: Option<String>,
    /// The recovery stamp, where such a column is mapped.
    #[serde(skip)]
    pub recovery_stamp: Option<String>,
    /// The time of the last login, where such a column is mapped.
    pub last_login: Option<LastLogin>,
    /// The language tag, where such a column is mapped.
    pub locale: Option<String>,
    /// The conditions that make an account active, each with the value read.
    #[serde(default)]
    pub active: Vec<(Condition, Option<String>)>,
    /// The conditions that make its address confirmed, each with the value read.
    #[serde(default)]
    pub confirmed: Vec<(Condition, Option<String>)>,
    /// A second address for recovery, where such a column is mapped.
    pub recovery_email: Option<RecoveryEmail>,
}

/// A second address, to which links go instead of the first once it is proved.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct RecoveryEmail {
    /// The stored address.
    pub address: Option<String>,
    /// The condition that makes it confirmed, and the value read.
    pub confirmed: (Condition, Option<String>),
}

impl Account {
    /// Where a link for this purpose goes: an address is confirmed by a link to itself, all others
    /// go to [`Account::link_address`].
    #[must_use]
    pub fn address_for(&self, purpose: Purpose) -> Option<&str> {
        match purpose {
            Purpose::EmailConfirmation => self.email.as_deref(),
            Purpose::PasswordReset | Purpose::Login | Purpose::Session => self.link_address(),
        }
    }

    /// Where links go: the recovery address once it is confirmed, else the address.
    #[must_use]
    pub fn link_address(&self) -> Option<&str> {
        self.confirmed_recovery_address().or(self.email.as_deref())
    }

    /// Where notices go: to every address that belongs to the account, each once.
    #[must_use]
    pub fn notice_addresses(&self) -> Vec<&str> {
        let own = self.email.as_deref().filter(|text| is_address(text));
        let recovery = self.confirmed_recovery_address().filter(|text| Some(*text) != own);
        own.into_iter().chain(recovery).collect()
    }

    /// Enough to recognise it for one who knows it: `a…@example.com`, or the login name as `a…`.
    #[must_use]
    pub fn masked(&self) -> String {
        let email = self.email.as_deref().or(self.username.as_deref()).or(self.link_address());
        let email = email.unwrap_or_default();
        EmailAddress::parse(email).map_or_else(|_| mask(email), |email| email.masked())
    }

    /// Whether a person who typed this meant this account.
    #[must_use]
    pub fn is_called(&self, typed: &Identifier) -> bool {
        let email = self.email.as_deref();
        let named =
            |typed: &Username| self.username.as_deref().is_some_and(|name| typed.matches(name));
        match typed {
            Identifier::Email(typed) => {
                email.is_some_and(|email| typed.matches(email, EmailMatch::AsciiLower))
            }
            Identifier::Username(typed) => named(typed),
            Identifier::Principal(typed) => named(typed) || typed.matches(&self.id),
        }
    }

    fn confirmed_recovery_address(&self) -> Option<&str> {
        let recovery = self.recovery_email.as_ref()?;
        let (condition, value) = &recovery.confirmed;
        let address = recovery.address.as_deref().filter(|text| is_address(text))?;
        condition.holds(value.as_deref()).then_some(address)
    }

    /// Whether it has a password that somebody could log in with.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.password.as_deref().is_some_and(usable)
    }

    /// Whether everything that a token rests on is as it was: what its fingerprint, with its footing in
    /// the stamp, and its conditions read. The host may write other columns meanwhile.
    #[must_use]
    pub fn still_is(&self, was: &Self, footing: &Footing) -> bool {
        self.id == was.id
            && self.email == was.email
            && self.password == was.password
            && self.bears(was, footing)
            && self.active == was.active
            && self.confirmed == was.confirmed
            && self.recovery_email == was.recovery_email
    }

    /// The key as logs show it: whole, unless it is an address.
    #[must_use]
    pub fn logged_id(&self) -> String {
        logged_id(&self.id)
    }

    /// What fingerprints for this purpose are made of, with so much of the stamp; the address is the
    /// one that its links go to.
    #[must_use]
    pub fn marks(&self, purpose: Purpose, stamp: Stamp) -> Marks<'_> {
        Marks {
            user_id: &self.id,
            email: self.address_for(purpose),
            password: self.password.as_deref(),
            recovery_stamp: self.stamp(stamp),
            last_login: self.last_login.as_ref().map(LastLogin::mark),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A key as logs show it: whole, unless it is an address.
#[must_use]
pub fn logged_id(id: &str) -> String {
    match id.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", mask(local)),
        None => id.to_owned(),
    }
}

pub(super) fn is_address(text: &str) -> bool {
    EmailAddress::parse(text).is_ok()
}

pub(super) fn holds(conditions: &[(Condition, Option<String>)]) -> bool {
    conditions.iter().all(|(condition, value)| condition.holds(value.as_deref()))
}

/// Django marks unusable passwords by `!`, shadow files and others by `*`.
fn usable(hash: &str) -> bool {
    !hash.is_empty() && !hash.starts_with(['!', '*'])
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::account::{Ineligible, Needs, Test};

    pub(in crate::account) fn ada() -> Account {
        Account {
            id: "1".to_owned(),
            email: Some("ada@example.com".to_owned()),
            username: None,
            display_name: None,
            password: Some("$argon2id$…".to_owned()),
            recovery_stamp: None,
            last_login: None,
            locale: None,
            active: vec![],
            confirmed: vec![],
            recovery_email: None,
        }
    }

    fn with_recovery(address: &str, confirmed: Option<&str>) -> Account {
        let condition = Condition { column: "proved_at".to_owned(), test: Test::NotNull };
        let recovery_email = RecoveryEmail {
            address: Some(address.to_owned()),
            confirmed: (condition, confirmed.map(str::to_owned)),
        };
        Account { recovery_email: Some(recovery_email), ..ada() }
    }

    fn flag(test: Test, value: Option<&str>) -> Vec<(Condition, Option<String>)> {
        vec![(Condition { column: "flag".to_owned(), test }, value.map(str::to_owned))]
    }

    #[test]
    fn an_account_with_address_and_password_is_eligible() {
        assert_eq!(ada().eligible(), Ok(()));
    }

    #[test]
    fn a_reset_rests_on_some_columns_and_not_on_others() {
        let touched =
            Account { last_login: Some("1".to_owned().into()), locale: Some("de".into()), ..ada() };
        let [whole, base] = [Stamp::Whole, Stamp::Base].map(Footing::Stamp);
        assert!(touched.still_is(&ada(), &whole));
        let stamped = Account { recovery_stamp: Some("s".into()), ..ada() };
        let disabled = Account { active: flag(Test::True, Some("0")), ..ada() };
        let moved = with_recovery("ada@home.example", None);
        for changed in [Account { email: None, ..ada() }, stamped, disabled, moved] {
            assert!(!changed.still_is(&ada(), &whole));
            assert!(!changed.still_is(&ada(), &base));
        }
    }

    #[test]
    fn what_rests_on_the_base_is_not_touched_by_a_newer_mail() {
        let at = |stamp: &str| Account { recovery_stamp: Some(stamp.to_owned()), ..ada() };
        let (was, now) = (at("base.AAAAAAAAAAAAAAAA"), at("base.BBBBBBBBBBBBBBBB"));
        let [whole, base] = [Stamp::Whole, Stamp::Base].map(Footing::Stamp);
        assert!(now.still_is(&was, &base) && !now.still_is(&was, &whole));
        assert!(!at("other.AAAAAAAAAAAAAAAA").still_is(&was, &base));
    }

    #[test]
    fn links_go_to_the_recovery_address_once_it_is_confirmed_and_notices_to_both() {
        let (own, home) = ("ada@example.com", "ada@home.example");
        let proved = with_recovery(home, Some("2026-01-01"));
        assert_eq!(proved.link_address(), Some(home));
        assert_eq!(proved.notice_addresses(), [own, home]);
        let mark = |account: &Account, purpose| {
            account.marks(purpose, Stamp::Base).email.map(str::to_owned)
        };
        for purpose in [Purpose::PasswordReset, Purpose::Login, Purpose::Session] {
            assert_ne!(mark(&proved, purpose), mark(&ada(), purpose));
        }
        let own_mark = mark(&proved, Purpose::EmailConfirmation);
        assert_eq!(own_mark.as_deref(), Some(own), "which is what is to be confirmed");

        for unused in [with_recovery(home, None), with_recovery("no address", Some("1"))] {
            assert_eq!(unused.link_address(), Some(own));
            assert_eq!(unused.notice_addresses(), [own]);
            assert_eq!(unused.eligible(), Ok(()));
        }
        let twice = with_recovery(own, Some("2026-01-01"));
        assert_eq!(twice.notice_addresses(), [own]);
        let alone = Account { email: None, ..proved };
        assert_eq!((alone.eligible(), alone.notice_addresses()), (Ok(()), vec![home]));
    }

    #[test]
    fn a06_a_key_that_is_an_address_is_masked_in_logs() {
        assert_eq!(logged_id("42"), "42");
        assert_eq!(logged_id("ada@example.com"), "a…@example.com");
    }

    #[test]
    fn a40_disabled_and_deleted_accounts_are_not_eligible() {
        let disabled = Account { active: flag(Test::True, Some("0")), ..ada() };
        let deleted = Account { active: flag(Test::Null, Some("2026-01-01")), ..ada() };
        assert_eq!(disabled.eligible(), Err(Ineligible::Inactive));
        assert_eq!(deleted.eligible(), Err(Ineligible::Inactive));
    }

    #[test]
    fn a41_null_and_unusable_addresses_and_passwords_are_not_eligible() {
        for email in [None, Some(""), Some("none"), Some("a@b.example, c@d.example")] {
            let account = Account { email: email.map(str::to_owned), ..ada() };
            assert_eq!(account.eligible(), Err(Ineligible::NoAddress), "{email:?}");
        }
        for password in [None, Some(""), Some("!x9"), Some("*")] {
            let account = Account { password: password.map(str::to_owned), ..ada() };
            assert_eq!(account.eligible(), Err(Ineligible::NoPassword), "{password:?}");
        }
    }

    #[test]
    fn a42_an_unconfirmed_address_is_not_eligible() {
        let account = Account { confirmed: flag(Test::NotNull, None), ..ada() };
        assert_eq!(account.eligible(), Err(Ineligible::Unconfirmed));
    }

    #[test]
    fn who_has_an_address_to_confirm_needs_no_password_and_is_written_to_until_it_is_confirmed() {
        let use_it = Needs::to_use(Purpose::EmailConfirmation);
        let password = None;
        let unconfirmed = Account { password, confirmed: flag(Test::NotNull, None), ..ada() };
        let confirmed = Account { confirmed: flag(Test::NotNull, Some("2026-01-01")), ..ada() };
        assert_eq!(unconfirmed.fits(&use_it.to_be_sent()), Ok(()));
        assert_eq!(unconfirmed.unconfirmed().count(), 1);
        assert_eq!(confirmed.fits(&use_it.to_be_sent()), Err(Ineligible::Confirmed));
        assert_eq!(confirmed.fits(&use_it), Ok(()), "and told so");
        let disabled = Account { active: flag(Test::True, Some("0")), ..unconfirmed };
        assert_eq!(disabled.fits(&use_it), Err(Ineligible::Inactive));
    }

    #[test]
    fn a_login_needs_what_a_reset_needs() {
        for (account, refused) in [
            (Account { password: None, ..ada() }, Ineligible::NoPassword),
            (Account { confirmed: flag(Test::True, None), ..ada() }, Ineligible::Unconfirmed),
        ] {
            for purpose in [Purpose::PasswordReset, Purpose::Login, Purpose::Session] {
                assert_eq!(account.fits(&Needs::to_use(purpose)), Err(refused), "{purpose:?}");
            }
        }
    }
}
