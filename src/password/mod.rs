//! New passwords: what they must be, and how they are stored.

mod policy;
mod scheme;
mod secret;

pub use policy::{Policy, Refusal};
pub use scheme::{
    Argon2Cost, Family, HashError, Prepare, Recognised, Scheme, UnknownFamily, recognise,
};
pub use secret::Password;
