//! New passwords: what they must be, and how they are stored.

mod context;
mod policy;
mod refusal;
mod scheme;
mod secret;
mod strength;

pub use context::Context;
pub use policy::Policy;
pub use refusal::Refusal;
pub use scheme::{
    Argon2Cost, Family, HashError, Prepare, Recognised, Scheme, UnknownFamily, recognise,
};
pub use secret::Password;
pub use strength::Weakness;
