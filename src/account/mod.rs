//! Who is asked about: identifiers as people type them, accounts as the users table holds them.

mod condition;
mod eligible;
mod email;
mod identifier;
mod last_login;
mod row;
mod stamp;

pub use condition::{Condition, Test};
pub use eligible::{Ineligible, Needs};
pub use email::{EmailAddress, EmailMatch};
pub use identifier::{Identifier, InvalidIdentifier, Username};
pub use last_login::LastLogin;
pub use row::{Account, RecoveryEmail, logged_id};
pub use stamp::{
    BASE_BYTES, Footing, NEWEST_CHARS, Newest, REVOKING_BYTES, Stamp, revoking_base, stamp_chars,
};
