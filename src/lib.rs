//! Regain lets people back into accounts of the users table you already have. It keeps no token table.
//!
//! The pure core knows no framework; `recovery` holds the journeys on top of it; the
//! adapters and `http` know `recovery` and never each other; `app` puts them together.
//! `docs/architecture.md` walks through it and `tests/architecture.rs` holds the import table.

pub mod account;
pub mod app;
pub mod breaches;
pub mod cli;
pub mod clock;
pub mod config;
pub mod hooks;
pub mod http;
pub mod language;
pub mod limits;
pub mod mail;
pub mod outbound;
pub mod password;
pub mod queue;
pub mod random;
pub mod recovery;
pub mod redis;
pub mod store;
pub mod token;
