//! `daemun passwords …`: prepares the rules for new passwords.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Subcommand};

use super::runtime::{CommandResult, exit_code};
use crate::app::password_filter::{Entries, ListFormat};

/// The arguments of `daemun passwords`.
#[derive(Args)]
pub(super) struct PasswordsCommand {
    #[command(subcommand)]
    action: PasswordsAction,
}

/// The subcommands of `daemun passwords`.
#[derive(Subcommand)]
enum PasswordsAction {
    /// Build a filter of leaked passwords for `DAEMUN_PASSWORD_FILTER_FILE` from a list with one
    /// password a line
    Filter {
        /// The list, or `-` for standard input
        list: PathBuf,
        /// The file to write; an existing file is not overwritten
        file: PathBuf,
        /// The list holds SHA-1 digests in hexadecimal, each with an optional `:COUNT`, as Have I
        /// Been Pwned publishes them
        #[arg(long)]
        sha1: bool,
    },
}

impl PasswordsCommand {
    pub(super) fn run(self) -> ExitCode {
        let PasswordsAction::Filter { list, file, sha1 } = self.action;
        let format = if sha1 {
            ListFormat::Sha1
        } else {
            ListFormat::Plain
        };
        exit_code(filter(&list, &file, format))
    }
}

/// Builds a filter and writes it to a temporary file, which is fsynced and renamed.
fn filter(list: &Path, file: &Path, format: ListFormat) -> CommandResult {
    if fs::symlink_metadata(file).is_ok() {
        return Err(format!("{} exists already and is not overwritten", file.display()).into());
    }
    let mut entries = Entries::default();
    let named = |error| format!("{}: {error}", list.display());
    let mut lines = open(list).map_err(|error| named(error.into()))?;
    entries.add(&mut *lines, format).map_err(named)?;
    let skipped = entries.skipped;
    let (filter, count) = entries.build().map_err(named)?;
    let bytes = filter.to_bytes();
    write(file, &bytes).map_err(|error| format!("{}: {error}", file.display()))?;
    let (size, path) = (bytes.len(), file.display());
    writeln!(
        io::stdout(),
        "{count} passwords in {size} bytes: {path}; {skipped} lines skipped"
    )?;
    Ok(())
}

fn open(list: &Path) -> io::Result<Box<dyn BufRead>> {
    Ok(if list.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(list)?))
    })
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&part)
        .and_then(|mut new| {
            new.write_all(bytes)?;
            new.sync_all()?;
            fs::rename(&part, file)
        });
    if written.is_err() {
        // The first error is the one to report.
        let _removed = fs::remove_file(&part);
    }
    written
}
