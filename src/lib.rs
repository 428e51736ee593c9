//! daemun: signup and login for an app, as one small container.
//!
//! Modules name only those below them; `tests/it/architecture` enforces it:
//!
//! ```text
//! main → cli → app → http → service → { throttle, passwords, tokens, outbox } → database → store → domain
//!                                                 └→ hash    └→ mail             └→ blocking
//! ```

pub mod app;
mod blocking;
pub mod cli;
pub mod clock;
pub mod config;
mod database;
pub mod domain;
mod events;
pub mod hash;
pub mod http;
pub mod mail;
mod outbox;
mod passwords;
pub mod random;
pub mod service;
pub mod store;
pub mod telemetry;
mod throttle;
mod tokens;
