//! `daemun database …`: all of a database at once

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Args, Subcommand};

use super::{Outcome, progress::ProgressLine};
use crate::{
    app::transfer,
    config::{Config, ConfigErrors, DatabaseUrl, Options},
};

/// `daemun database …`
#[derive(Args)]
pub(super) struct DatabaseCommand {
    #[command(subcommand)]
    pub(super) action: Action,
    #[command(flatten)]
    pub(super) options: Options,
}

/// What can be done with a database.
#[derive(Subcommand)]
pub(super) enum Action {
    /// Copy everything to an empty database of either kind, whole or not at all; stop the service before
    Copy(Ends),
    /// Write one moment of a SQLite database to a new file, also while the service runs
    Backup {
        /// The file, which must not be there
        file: PathBuf,
    },
}

/// From where to where. Without `Debug`: a URL may hold a password.
#[derive(Args)]
pub(super) struct Ends {
    /// The database that is read: `sqlite://PATH` or `postgres://…`
    #[arg(long, value_name = "URL", required_unless_present = "from_file")]
    from: Option<String>,
    /// A file that holds its URL
    #[arg(long, value_name = "PATH")]
    from_file: Option<String>,
    /// The database that is filled; it must be empty
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    to: Option<String>,
    /// A file that holds its URL
    #[arg(long, value_name = "PATH")]
    to_file: Option<String>,
}

/// An action whose arguments are checked.
pub(super) enum Task {
    Copy {
        source: DatabaseUrl,
        target: DatabaseUrl,
    },
    Backup(PathBuf),
}

impl Action {
    /// Reads the URLs, or says what is wrong with the first that cannot be read.
    pub(super) fn check(self) -> Result<Task, ConfigErrors> {
        match self {
            Self::Copy(ends) => Ok(Task::Copy {
                source: DatabaseUrl::from_argument(
                    ("--from", ends.from.as_deref()),
                    ("--from-file", ends.from_file.as_deref()),
                )?,
                target: DatabaseUrl::from_argument(
                    ("--to", ends.to.as_deref()),
                    ("--to-file", ends.to_file.as_deref()),
                )?,
            }),
            Self::Backup { file } => Ok(Task::Backup(file)),
        }
    }
}

/// Does it.
pub(super) fn run(config: &Config, task: Task) -> Outcome {
    match task {
        Task::Copy { source, target } => copy(config, &source, &target),
        Task::Backup(file) => {
            let bytes = transfer::back_up(config, &file)?;
            writeln!(
                io::stdout(),
                "backed up {} to {} ({bytes} bytes)",
                config.database.url,
                file.display()
            )?;
            Ok(())
        }
    }
}

fn copy(config: &Config, source: &DatabaseUrl, target: &DatabaseUrl) -> Outcome {
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
        "copied {rows} rows from {source} to {target}; read back, every table is the same"
    )?;
    Ok(())
}
