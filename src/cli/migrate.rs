//! `daemun migrate`

use std::io::{self, Write};

use super::Outcome;
use crate::{app, config::Config};

/// Brings the database up to date.
pub(super) fn run(config: &Config) -> Outcome {
    app::database(config)?;
    writeln!(io::stdout(), "{} is up to date", config.database.url)?;
    Ok(())
}
