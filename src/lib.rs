//! Signup and login for an app, as one small container.
//!
//! Each module names only modules to its right, and a test enforces the order. The mechanisms are
//! `throttle`, `passwords`, `passkeys`, `tokens` and `outbox`:
//!
//! ```text
//! main → cli → app → http → telemetry → service → mechanisms → database → store → domain
//!                                                  │  ├→ mail, webhooks → blocking
//!                                                  │  └→ events → store
//!                                                  └→ hash → crates/bcrypt-lanes
//! ```

pub mod app;
mod blocking;
pub mod cli;
pub mod clock;
pub mod config;
mod database;
pub mod domain;
pub mod events;
pub mod hash;
pub mod http;
pub mod mail;
mod meter;
mod outbox;
pub mod passkeys;
mod passwords;
pub mod random;
pub mod service;
pub mod store;
pub mod telemetry;
mod throttle;
mod tokens;
mod webhooks;
