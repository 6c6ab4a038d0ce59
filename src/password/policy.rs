//! What a new password must be.

use super::{Context, Password, Refusal, Weakness};

/// The lengths that a new password may have, in Unicode code points (NIST SP 800-63B-4 §3.1.1.2
/// counts each code point as one character), and how hard it must be to guess. There are no
/// composition rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Fewest code points.
    pub min_length: usize,
    /// Most code points.
    pub max_length: usize,
    /// How hard to guess, on the scale from 0 to 4 that the crate `zxcvbn` has.
    pub min_strength: u8,
}

impl Policy {
    /// Whether a password will do as far as that is told at once. How easily it is guessed is told by
    /// [`Policy::check_strength`], which takes its time and is asked afterwards.
    ///
    /// # Errors
    /// Every reason why not. An overlong password is measured no further than it must be.
    pub fn check(&self, password: &Password, context: &Context) -> Result<(), Vec<Refusal>> {
        let text = password.expose();
        let length = text.chars().take(self.max_length.saturating_add(1)).count();
        let mut refusals = Vec::new();
        if length < self.min_length {
            refusals.push(Refusal::TooShort { min: self.min_length });
        }
        if length > self.max_length {
            refusals.push(Refusal::TooLong { max: self.max_length });
        } else if text.contains('\0') {
            refusals.push(Refusal::Nul);
        }
        if refusals.is_empty() && context.is(text) {
            refusals.push(Refusal::Weak(Weakness::Personal));
        }
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }

    /// Whether a password that passed [`Policy::check`] is hard enough to guess for somebody who knows
    /// the context. It takes milliseconds of computing.
    ///
    /// # Errors
    /// Every reason why not, the most telling first.
    pub fn check_strength(
        &self,
        password: &Password,
        context: &Context,
    ) -> Result<(), Vec<Refusal>> {
        let weaknesses = Weakness::of(password, context, self.min_strength);
        let refusals: Vec<_> = weaknesses.into_iter().map(Refusal::Weak).collect();
        if refusals.is_empty() { Ok(()) } else { Err(refusals) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: Policy = Policy { min_length: 8, max_length: 64, min_strength: 3 };

    fn check(text: &str) -> Result<(), Vec<Refusal>> {
        let context = Context::of(["ada.lovelace@example.com"]);
        POLICY.check(&Password::new(text.to_owned()), &context)
    }

    #[test]
    fn a63_length_is_counted_in_code_points_so_64_emoji_fit() {
        assert_eq!(check(&"🦀".repeat(64)), Ok(()));
        assert_eq!(check(&"e\u{301}".repeat(32)), Ok(()));
        assert_eq!(check(&"🦀".repeat(65)), Err(vec![Refusal::TooLong { max: 64 }]));
        assert_eq!(check("🦀🦀🦀🦀🦀🦀🦀"), Err(vec![Refusal::TooShort { min: 8 }]));
    }

    #[test]
    fn a60_a_megabyte_is_refused_by_length_alone() {
        assert_eq!(check(&"x".repeat(1 << 20)), Err(vec![Refusal::TooLong { max: 64 }]));
    }

    #[test]
    fn a62_a_nul_is_refused() {
        assert_eq!(check("correct\0horse"), Err(vec![Refusal::Nul]));
    }

    #[test]
    fn white_space_counts_and_is_kept() {
        assert_eq!(check("        "), Ok(()));
    }

    #[test]
    fn the_address_and_its_name_are_refused_before_anything_is_estimated() {
        for text in ["Ada.Lovelace@Example.com", "ada lovelace", "ADALOVELACE"] {
            assert_eq!(check(text), Err(vec![Refusal::Weak(Weakness::Personal)]), "{text}");
        }
    }

    #[test]
    fn what_is_on_the_list_is_too_weak_however_weak_a_password_may_be() {
        let lenient = Policy { min_strength: 2, ..POLICY };
        for text in ["password", "12345678", "superman", "trustno1", "qwertyui", "jennifer"] {
            let password = Password::new(text.to_owned());
            assert_eq!(check(text), Ok(()), "{text} is long enough");
            assert!(lenient.check_strength(&password, &Context::default()).is_err(), "{text}");
        }
    }
}
