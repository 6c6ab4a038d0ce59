//! The operations of the API.

mod ask;
mod email_confirmations;
mod health;
mod inviting;
mod issuing;
mod login_links;
mod me;
mod operators;
mod password_resets;
mod token_body;
mod tokens;

use poem_openapi::{OpenApiService, Tags};

pub use ask::AskBody;
pub use password_resets::CompleteBody;

use email_confirmations::EmailConfirmations;
use health::Health;
use inviting::Inviting;
use issuing::Issuing;
use login_links::LoginLinks;
use me::Me;
use operators::Operators;
use password_resets::PasswordResets;
use tokens::Tokens;

/// What the operations are about.
#[derive(Tags)]
pub enum Tag {
    /// Ask for a link, and use it.
    #[oai(rename = "Password reset")]
    PasswordReset,
    /// Ask for a link that shows that mail to an address arrives, and use it.
    #[oai(rename = "Email confirmation")]
    EmailConfirmation,
    /// Ask for a link to log in, use it once, and the session that it answers.
    #[oai(rename = "One-time login")]
    Login,
    /// Look at a token without using it.
    Tokens,
    /// What an application's backend and its operators do with an API key.
    Operators,
    /// Whether the process is well.
    Health,
}

type Operations = (
    PasswordResets,
    EmailConfirmations,
    LoginLinks,
    Me,
    Tokens,
    Operators,
    Issuing,
    Inviting,
    Health,
);

/// Every operation, and with them the document.
pub fn service() -> OpenApiService<Operations, ()> {
    let operations = (
        PasswordResets,
        EmailConfirmations,
        LoginLinks,
        Me,
        Tokens,
        Operators,
        Issuing,
        Inviting,
        Health,
    );
    OpenApiService::new(operations, "Regain", env!("CARGO_PKG_VERSION"))
}
