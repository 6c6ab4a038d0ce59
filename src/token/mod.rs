//! Placeholder, replaced by the token core.
/// What fingerprints are made of.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    /// Row id.
    pub user_id: &'a str,
    /// Stored address.
    pub email: Option<&'a str>,
    /// Stored hash.
    pub password: Option<&'a str>,
    /// Recovery stamp.
    pub recovery_stamp: Option<&'a str>,
    /// Last login.
    pub last_login: Option<&'a str>,
}
/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Reset.
    PasswordReset,
    /// Confirm.
    EmailConfirmation,
    /// Login.
    Login,
    /// Session.
    Session,
}
