//! `daemun database …`: copies or backs up a database as a whole.

pub(super) mod migrate;
mod progress;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, USAGE_ERROR, report, with_config};
use crate::{
    app::transfer,
    config::{Config, ConfigErrors, DatabaseUrl, Options},
    telemetry::Stream,
};

use progress::ProgressLine;

/// The arguments of `daemun database`.
#[derive(Args)]
pub(super) struct DatabaseCommand {
    #[command(subcommand)]
    action: DatabaseAction,
    #[command(flatten)]
    options: Options,
}

/// The subcommands of `daemun database`.
#[derive(Subcommand)]
enum DatabaseAction {
    /// Copy all data to an empty database in one transaction, also between SQLite and PostgreSQL;
    /// stop the service first
    Copy(CopyArgs),
    /// Back up the SQLite database to a new file (online, consistent snapshot)
    Backup {
        /// Path of the backup; an existing file is not overwritten
        file: PathBuf,
    },
}

/// The two databases of a copy. Without `Debug`, because a URL may hold a password.
#[derive(Args)]
struct CopyArgs {
    /// URL of the database to read: `sqlite://PATH` or `postgres://…`
    #[arg(long, value_name = "URL", required_unless_present = "from_file")]
    from: Option<String>,
    /// File that holds the URL of the database to read
    #[arg(long, value_name = "PATH")]
    from_file: Option<String>,
    /// URL of the database to fill, which must be empty
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<String>,
    /// File that holds the URL of the database to fill
    #[arg(long, value_name = "PATH")]
    to_file: Option<String>,
}

impl CopyArgs {
    /// Reads both URLs, or reports the first that is invalid.
    fn parse(&self) -> Result<(DatabaseUrl, DatabaseUrl), ConfigErrors> {
        let source = DatabaseUrl::from_argument(
            ("--from", self.from.as_deref()),
            ("--from-file", self.from_file.as_deref()),
        )?;
        let target = DatabaseUrl::from_argument(
            ("--to", self.to.as_deref()),
            ("--to-file", self.to_file.as_deref()),
        )?;
        Ok((source, target))
    }
}

impl DatabaseCommand {
    pub(super) fn run(self) -> ExitCode {
        match self.action {
            DatabaseAction::Copy(arguments) => match arguments.parse() {
                Ok((source, target)) => with_config(&self.options, Stream::Stderr, |config| {
                    copy(config, &source, &target)
                }),
                Err(errors) => report(&errors, USAGE_ERROR),
            },
            DatabaseAction::Backup { file } => {
                with_config(&self.options, Stream::Stderr, |config| {
                    back_up(config, &file)
                })
            }
        }
    }
}

fn back_up(config: &Config, file: &Path) -> CommandResult {
    let bytes = transfer::back_up(config, file)?;
    writeln!(
        io::stdout(),
        "backed up {} to {} ({bytes} bytes)",
        config.database.url,
        file.display()
    )?;
    Ok(())
}

fn copy(config: &Config, source: &DatabaseUrl, target: &DatabaseUrl) -> CommandResult {
    let mut line = ProgressLine::new();
    let copied = transfer::copy(source, target, config.database.pool, &mut |progress| {
        line.show(progress);
    });
    line.clear();
    let copied = copied?;
    let mut out = io::stdout().lock();
    for table in &copied {
        let (name, rows, digest) = (table.table, table.digest.rows(), table.digest);
        writeln!(out, "{name:<16} {rows:>10} rows  {digest}")?;
    }
    let rows: u64 = copied.iter().map(|table| table.digest.rows()).sum();
    writeln!(
        out,
        "copied {rows} rows from {source} to {target}; every table was read back and verified"
    )?;
    Ok(())
}
