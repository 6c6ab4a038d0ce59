//! `regain token issue`, `inspect` and `revoke`, for operators who hold the key.

use std::io::Read;

use clap::ValueEnum;
use zeroize::Zeroizing;

use super::commands::{block_on, settings};
use super::output::{Failure, print, remark};
use super::{ConfigFile, TokenArguments};
use crate::app::{self, Notice, TokenWish};
use crate::config::Span;
use crate::token::Purpose;

/// A token is a few hundred bytes; more is not one.
const LONGEST_TOKEN: u64 = 16 * 1024;

/// A purpose as the command line writes it.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum PurposeName {
    /// To choose a new password
    PasswordReset,
    /// To confirm an address
    EmailConfirmation,
    /// To log in once
    Login,
    /// To be logged in for a while
    Session,
}

impl From<PurposeName> for Purpose {
    fn from(name: PurposeName) -> Self {
        match name {
            PurposeName::PasswordReset => Self::PasswordReset,
            PurposeName::EmailConfirmation => Self::EmailConfirmation,
            PurposeName::Login => Self::Login,
            PurposeName::Session => Self::Session,
        }
    }
}

/// Prints a new token, its link and when it ends; and, beside, whether its owner is told.
pub(super) fn issue(
    of: &TokenArguments,
    user: &str,
    lifetime: Option<Span>,
) -> Result<(), Failure> {
    let settings = settings(&of.config)?;
    let lifetime = lifetime.map(|span| span.0);
    let wish = TokenWish { app: &of.app, purpose: of.purpose.into(), user_id: user, lifetime };
    let issued = block_on(app::issue_token(&settings, wish))??;
    remark(&match &issued.notice {
        Notice::Sent => "its owner is told by mail".to_owned(),
        Notice::Queued => "its owner is told by mail, by a running service".to_owned(),
        Notice::NotSent(why) => format!("its owner is NOT told: the mail was not taken: {why}"),
    });
    let (token, link) = (issued.token.as_str(), issued.link.as_str());
    let expires_at = app::rfc3339(issued.expires_at);
    print(&Zeroizing::new(format!("token {token}\nlink {link}\nexpires_at {expires_at}\n")))
}

/// Voids every link of an account.
pub(super) fn revoke(config: &ConfigFile, app: &str, user: &str) -> Result<(), Failure> {
    let settings = settings(config)?;
    block_on(app::revoke_tokens(&settings, app, user))??;
    print("every link made before is void\n")
}

/// Prints what a token is worth now.
pub(super) fn inspect(of: &TokenArguments, token: String) -> Result<(), Failure> {
    let mut token = Zeroizing::new(token);
    if *token == "-" {
        token = read_token(std::io::stdin().lock())?;
    }
    let settings = settings(&of.config)?;
    print(&block_on(app::inspect_token(&settings, &of.app, of.purpose.into(), &token))??)
}

fn read_token(input: impl Read) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = input.take(LONGEST_TOKEN).read_to_string(&mut text);
    read.map_err(|error| Failure::new(format!("cannot read the token: {error}")))?;
    Ok(Zeroizing::new(text.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_from_standard_input_loses_its_newline_only() {
        let token = read_token(&b"eyJ.a.b\n"[..]).ok().unwrap();
        assert_eq!(*token, "eyJ.a.b");
    }
}
