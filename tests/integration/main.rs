//! Everything through its real parts.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod databases;
mod itsdangerous;
mod store;
