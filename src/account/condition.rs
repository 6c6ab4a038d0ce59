//! What must hold of a column for an account to count as active or confirmed.

use serde::{Deserialize, Serialize};

/// One column and what its value must be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Condition {
    /// Name of the column in the users table.
    pub column: String,
    /// What must hold of its value.
    pub test: Test,
}

/// What must hold of a value, which is read as text.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// A boolean that is true, in any of the engines' spellings.
    True,
    /// A boolean that is false: how an exclusion such as `is_superuser` is said.
    False,
    /// Nothing there, say no time of deletion.
    Null,
    /// Something there, say a time of confirmation.
    NotNull,
    /// One of these texts, byte for byte.
    In(Vec<String>),
}

impl Condition {
    /// Whether the condition holds of a value as read. NULL is neither true nor false.
    #[must_use]
    pub fn holds(&self, value: Option<&str>) -> bool {
        match (&self.test, value) {
            (Test::True, Some(value)) => truth(value) == Some(true),
            (Test::False, Some(value)) => truth(value) == Some(false),
            (Test::Null, value) => value.is_none(),
            (Test::NotNull, value) => value.is_some(),
            (Test::In(values), Some(value)) => values.iter().any(|wanted| wanted == value),
            (Test::True | Test::False | Test::In(_), None) => false,
        }
    }
}

/// PostgreSQL casts booleans to `true`, MySQL keeps 1 or the bit `\x01`, SQLite whatever was put in.
fn truth(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "\u{1}" => Some(true),
        "0" | "false" | "f" | "\u{0}" | "" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(test: Test, value: Option<&str>) -> bool {
        Condition { column: "c".to_owned(), test }.holds(value)
    }

    #[test]
    fn booleans_are_read_in_every_engines_spelling() {
        for value in ["1", "true", "t", "\u{1}"] {
            assert!(
                holds(Test::True, Some(value)) && !holds(Test::False, Some(value)),
                "{value:?}"
            );
        }
        for value in ["0", "false", "f", "\u{0}"] {
            assert!(
                !holds(Test::True, Some(value)) && holds(Test::False, Some(value)),
                "{value:?}"
            );
        }
    }

    #[test]
    fn null_and_nonsense_are_never_active() {
        for value in [None, Some("maybe")] {
            assert!(!holds(Test::True, value) && !holds(Test::False, value));
        }
        assert!(!holds(Test::In(vec!["active".into()]), None));
    }

    #[test]
    fn lists_and_null_tests_are_literal() {
        let active = || Test::In(vec!["active".into(), "trial".into()]);
        assert!(holds(active(), Some("trial")) && !holds(active(), Some("Trial")));
        assert!(holds(Test::Null, None) && !holds(Test::Null, Some("2024-01-01")));
        assert!(holds(Test::NotNull, Some("2024-01-01")) && !holds(Test::NotNull, None));
    }
}
