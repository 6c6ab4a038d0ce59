//! A password on its way to being hashed.

use std::fmt;

use zeroize::Zeroizing;

/// A password as it was typed, kept whole: neither trimmed, folded nor normalised. It prints
/// nothing of itself and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes what was typed.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The UTF-8 bytes, for hashing and comparing only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_nothing_of_the_password() {
        assert_eq!(format!("{:?}", Password::new("hunter2".into())), "Password(…)");
    }
}
