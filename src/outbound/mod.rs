//! Calls of HTTP servers that others run: how far their names may lead, by which TLS they are known,
//! and why one did not answer. What the webhooks and the breach service share, who may not know each
//! other.

mod error;
mod network;
mod no_answer;
mod peer;
mod resolver;

pub use error::OutboundError;
pub use network::{Named, Refused};
pub use no_answer::NoAnswer;
pub use peer::{Peer, Whereabouts};
pub use resolver::{LookUp, by_the_machine};
