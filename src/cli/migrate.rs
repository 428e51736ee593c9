//! `daemun migrate`: creates or migrates the database.

use std::io::{self, Write};

use super::runtime::CommandResult;
use crate::{app, config::Config};

/// Creates or migrates the database.
pub(super) fn run(config: &Config) -> CommandResult {
    app::open_database(config)?;
    writeln!(io::stdout(), "{} is up to date", config.database.url)?;
    Ok(())
}
