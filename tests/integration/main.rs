//! Everything through its real parts.
//!
//! `tests/all` starts the servers and sets `REGAIN_TEST_…`; without them a test says what it
//! leaves out, and with `REGAIN_TEST_ALL=1` leaving out is a failure.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails")]

mod applications;
mod asking;
mod breaches;
mod browser;
mod canary;
mod certified;
mod check;
mod compat;
mod completing;
mod confirming;
mod connection;
mod counts;
mod databases;
mod declared;
mod delivering;
mod demo;
mod disputing;
mod document;
mod durable;
mod edge;
mod examples;
mod failures;
mod families;
mod faults;
mod harness;
mod hostile;
mod invitations;
mod issuing;
mod itsdangerous;
mod journey;
mod languages;
mod limits;
mod logging_in;
mod methods;
mod metrics;
mod model;
mod newest_link;
mod operations;
mod operators;
mod pacing;
mod pages;
mod passwords;
mod peer;
mod people;
mod postgres_server;
mod preview;
mod process;
mod purposes;
mod python;
mod queue;
mod race;
mod rate_limit;
mod recovery_email;
mod redis_server;
mod relay;
mod rotation;
mod schemes;
mod second_factor;
mod serving;
mod silence;
mod smtp;
mod smtp_faults;
mod store;
mod timing;
mod together;
mod traces;
mod trouble;
mod webhooks;
