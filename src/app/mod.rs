//! The composition root: builds a running service from the settings. No other module names them
//! all.

mod branding;
mod database;
mod error;
mod foreign_hashes;
mod passkeys;
pub mod password_filter;
mod reseal;
mod secrets;
mod server;
mod service;
pub mod transfer;
mod webhooks;

use std::time::Duration;

use crate::{config::Config, hash};
use service::engine;

pub use database::{open_database, open_existing_database};
pub use error::StartError;
pub use server::{Application, build};
pub use service::{mailer, service};
pub use webhooks::{webhook_body, webhook_sender};

/// Measures the effect of each bcrypt cost on this machine, and finds the highest that keeps a
/// login within `target`.
#[must_use]
pub fn tuning(config: &Config, target: Duration) -> hash::Tuning {
    hash::Tuning::measure(config.hashing.workers, engine(config), target)
}
