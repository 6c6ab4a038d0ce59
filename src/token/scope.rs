//! What an application's API keys may do, by the names that stand in its configuration.

use super::Purpose;

/// One thing that an API key may do. A key without any may do nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Make links that set a password, and have those mailed that set the first one.
    IssuePasswordResets,
    /// Make links that confirm an address.
    IssueEmailConfirmations,
    /// Make links that log somebody in.
    IssueLogins,
    /// Be told why a token does nothing.
    ExplainTokens,
    /// Void every link of an account.
    RevokeTokens,
    /// Be told whose session it is.
    IntrospectSessions,
    /// Name the client that is counted, where the call is made for somebody else.
    AskOnBehalf,
    /// Say what the mails say that are asked for, where the system that somebody moves from lets
    /// them.
    DefineMails,
}

/// The scopes by name.
const TABLE: [(Scope, &str); 8] = [
    (Scope::IssuePasswordResets, "tokens:issue:password-reset"),
    (Scope::IssueEmailConfirmations, "tokens:issue:email-confirmation"),
    (Scope::IssueLogins, "tokens:issue:login"),
    (Scope::ExplainTokens, "tokens:explain"),
    (Scope::RevokeTokens, "tokens:revoke"),
    (Scope::IntrospectSessions, "sessions:introspect"),
    (Scope::AskOnBehalf, "ask:on-behalf"),
    (Scope::DefineMails, "mail:define"),
];

impl Scope {
    /// The scope of this name, as [`Scope::name`] spells it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, known)| *known == name).map(|(scope, _)| *scope)
    }

    /// The name of every scope.
    #[must_use]
    pub fn names() -> [&'static str; TABLE.len()] {
        TABLE.map(|(_, name)| name)
    }

    /// Its name in the configuration and in refusals, say `tokens:explain`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        TABLE[self as usize].1
    }

    /// What a key needs to make tokens of a purpose. Nobody makes sessions but a login itself.
    #[must_use]
    pub const fn to_issue(purpose: Purpose) -> Option<Self> {
        match purpose {
            Purpose::PasswordReset => Some(Self::IssuePasswordResets),
            Purpose::EmailConfirmation => Some(Self::IssueEmailConfirmations),
            Purpose::Login => Some(Self::IssueLogins),
            Purpose::Session => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_has_its_own_row_and_is_found_by_its_name() {
        for (row, (scope, name)) in TABLE.into_iter().enumerate() {
            assert_eq!((scope as usize, scope.name()), (row, name));
            assert_eq!(Scope::from_name(name), Some(scope));
            assert_eq!(Scope::names()[row], name);
        }
        assert_eq!(Scope::from_name("tokens:issue:session"), None);
    }

    #[test]
    fn what_makes_tokens_of_a_purpose_is_called_after_it() {
        for purpose in Purpose::ALL {
            let name = Scope::to_issue(purpose).map(Scope::name);
            let called =
                (purpose != Purpose::Session).then(|| format!("tokens:issue:{}", purpose.name()));
            assert_eq!(name.map(str::to_owned), called);
        }
    }
}
