//! Services that know which passwords were breached, asked by k-anonymity as Have I Been Pwned's range
//! API has it: five hexadecimal digits of the password's SHA-1 leave the process, every digest that
//! begins with them comes back, and which of them was meant nobody is told.

mod digest;
mod error;
mod range;
mod rest;
mod service;
mod services;

#[cfg(test)]
mod tests;

pub use error::BreachConfigError;
pub use services::BreachServices;
