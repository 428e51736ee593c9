//! `daemun migrate`: creates or migrates the database.

use std::io::{self, Write};

use crate::{app, cli::runtime::CommandResult, config::Config};

/// Creates or migrates the database.
pub(in crate::cli) fn run(config: &Config) -> CommandResult {
    app::open_database(config)?;
    writeln!(io::stdout(), "{} is up to date", config.database.url)?;
    Ok(())
}
