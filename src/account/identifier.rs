//! What a person types to say which account is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::EmailAddress;

/// Longest user name that is looked up, in characters (Django's own limit).
const USERNAME_MAX_CHARS: usize = 150;

/// An address or a user name, already known to be well formed. In a job it is written as it was
/// typed; a principal with an `@` before it, by which neither of the others begins.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Identifier {
    /// Something with an `@`, looked for in the address column.
    Email(EmailAddress),
    /// Anything else, looked for in the user name column where there is one.
    Username(Username),
    /// A user name or, where nobody has it, the id of a row: what a program may know of an account.
    /// No person is asked for it, and nothing that is typed is read as one.
    Principal(Username),
}

/// What a principal begins with where it is written down.
const PRINCIPAL: char = '@';

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

    /// Reads what a program sends that may know an account by its id.
    ///
    /// # Errors
    /// As for [`Identifier::parse`].
    pub fn parse_principal(text: &str) -> Result<Self, InvalidIdentifier> {
        Ok(match Self::parse(text)? {
            Self::Username(name) => Self::Principal(name),
            other => other,
        })
    }

    /// The text as typed, for a job and nothing else: it names a person.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Email(email) => email.as_str(),
            Self::Username(name) | Self::Principal(name) => name.as_str(),
        }
    }

    /// Enough to recognise it for one who knows it: `a…@example.com`, `a…`.
    #[must_use]
    pub fn masked(&self) -> String {
        match self {
            Self::Email(email) => email.masked(),
            Self::Username(name) | Self::Principal(name) => mask(name.as_str()),
        }
    }
}

impl TryFrom<String> for Identifier {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.strip_prefix(PRINCIPAL) {
            Some(principal) => Username::parse(principal).map(Self::Principal),
            None => Self::parse(&text),
        }
    }
}

impl From<Identifier> for String {
    fn from(identifier: Identifier) -> Self {
        match identifier {
            Identifier::Principal(name) => format!("{PRINCIPAL}{}", name.as_str()),
            other => other.as_str().to_owned(),
        }
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
        if text.is_empty() {
            return Err(InvalidIdentifier::Empty);
        }
        if text.contains('@') {
            return Err(InvalidIdentifier::NotAnAddress);
        }
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
    fn a_principal_is_asked_for_by_programs_alone_and_read_back_as_one() {
        assert!(matches!(Identifier::parse("@42"), Err(InvalidIdentifier::NotAnAddress)));
        assert!(matches!(Identifier::parse_principal("a@b.example"), Ok(Identifier::Email(_))));
        let written = |identifier: &Identifier| serde_json::to_string(identifier).unwrap();
        for text in ["42", "ada", "a@b.example"] {
            for identifier in [Identifier::parse(text), Identifier::parse_principal(text)] {
                let identifier = identifier.unwrap();
                assert_eq!(identifier.as_str(), text);
                let read: Identifier = serde_json::from_str(&written(&identifier)).unwrap();
                assert!(read == identifier, "{}", written(&identifier));
            }
        }
        assert_eq!(written(&Identifier::parse_principal("42").unwrap()), "\"@42\"");
        for refused in ["\"@\"", "\"@a@b.example\"", "\"@a\\u0000\""] {
            assert!(serde_json::from_str::<Identifier>(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn debug_output_masks() {
        let identifier = Identifier::parse("ada@example.com").unwrap();
        assert_eq!(format!("{identifier:?}"), "Identifier(a…@example.com)");
    }
}
