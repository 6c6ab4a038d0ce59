//! The operations of the API.

mod health;
mod password_resets;
mod tokens;

use poem_openapi::{OpenApiService, Tags};

use health::Health;
use password_resets::PasswordResets;
use tokens::Tokens;

/// What the operations are about.
#[derive(Tags)]
pub enum Tag {
    /// Ask for a link, and use it.
    #[oai(rename = "Password reset")]
    PasswordReset,
    /// Look at a token without using it.
    Tokens,
    /// Whether the process is well.
    Health,
}

/// Every operation, and with them the document.
pub fn service() -> OpenApiService<(PasswordResets, Tokens, Health), ()> {
    let operations = (PasswordResets, Tokens, Health);
    OpenApiService::new(operations, "Regain", env!("CARGO_PKG_VERSION"))
}
