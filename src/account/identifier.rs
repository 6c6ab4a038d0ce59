//! What a person types to say which account is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::EmailAddress;

/// Longest user name that is looked up, in characters (Django's own limit).
const USERNAME_MAX_CHARS: usize = 150;

/// An address or a user name, already known to be well formed; read back by [`Identifier::parse`].
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Identifier {
    /// Something with an `@`, looked for in the address column.
    Email(EmailAddress),
    /// Anything else, looked for in the user name column where there is one.
    Username(Username),
}

/// Why a text cannot name an account. It never repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidIdentifier {
    /// Nothing but white space.
    #[error("is empty")]
    Empty,
    /// More than an address or a user name can have.
    #[error("is too long")]
    TooLong,
    /// A line break, NUL or another control character.
    #[error("has a control character")]
    ControlCharacter,
    /// Not one plain `local@domain`.
    #[error("is not one plain address")]
    NotAnAddress,
}

impl Identifier {
    /// Reads what a person typed, without the white space around it.
    ///
    /// # Errors
    /// Everything that is neither one plain address nor a user name, see [`InvalidIdentifier`].
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        let text = text.trim_matches([' ', '\t']);
        if text.is_empty() {
            return Err(InvalidIdentifier::Empty);
        }
        if text.contains('@') {
            EmailAddress::parse(text).map(Self::Email)
        } else {
            Username::parse(text).map(Self::Username)
        }
    }

    /// The text as typed, for a job and nothing else: it names a person.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Username(username) => username.as_str(),
        }
    }

    /// Enough to recognise it for one who knows it: `a…@example.com`, `a…`.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Email(email) => email.masked(),
            Self::Username(username) => mask(username.as_str()),
        }
    }
}

impl TryFrom<String> for Identifier {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        identifier.as_str().to_owned()
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({})", self.masked())
    }
}

/// A user name: no `@`, no control characters, at most 150 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Username(String);

impl Username {
    fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        if text.chars().any(char::is_control) {
            return Err(InvalidIdentifier::ControlCharacter);
        }
        if text.chars().count() > USERNAME_MAX_CHARS {
            return Err(InvalidIdentifier::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The name as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a stored name is this one, byte for byte.
    #[must_use]
    pub fn matches(&self, stored: &str) -> bool {
        self.0 == stored
    }
}

/// The first character and an ellipsis.
pub(super) fn mask(text: &str) -> String {
    let first: String = text.chars().take(1).filter(|c| !c.is_control()).collect();
    format!("{first}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_with_an_at_sign_is_an_address_and_other_text_a_user_name() {
        assert!(matches!(Identifier::parse(" ada@example.com "), Ok(Identifier::Email(_))));
        assert!(matches!(Identifier::parse("ada"), Ok(Identifier::Username(_))));
    }

    #[test]
    fn a44_sql_wildcards_and_quotes_are_ordinary_characters_of_a_name() {
        for name in ["%", "_", "' OR 1=1 --", "\\"] {
            assert_eq!(Identifier::parse(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn control_characters_and_excess_are_refused() {
        assert_eq!(Identifier::parse(" "), Err(InvalidIdentifier::Empty));
        assert_eq!(Identifier::parse("a\0b"), Err(InvalidIdentifier::ControlCharacter));
        assert_eq!(Identifier::parse("a\r\nb"), Err(InvalidIdentifier::ControlCharacter));
        assert_eq!(Identifier::parse(&"x".repeat(151)), Err(InvalidIdentifier::TooLong));
    }

    #[test]
    fn debug_output_masks() {
        let identifier = Identifier::parse("ada@example.com").unwrap();
        assert_eq!(format!("{identifier:?}"), "Identifier(a…@example.com)");
    }
}
