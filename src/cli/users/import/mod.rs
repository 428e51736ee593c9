//! `daemun user import`: imports the accounts of another system from JSON lines.

mod account;
mod batch;
mod fields;
mod keys;
mod line_set;
mod lines;
mod made_username;
mod members;
mod passes;
mod progress;
mod rejection;
mod report;
mod source;
mod unnamed_file;

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;

use crate::{cli::runtime::CommandResult, clock::Clock, service::Service};
use account::LineRules;
use made_username::UsernameSource;
use passes::Import;
use report::{ImportReport, Summary};
use source::ImportFile;

/// The arguments of `daemun user import`.
#[derive(Args)]
pub(super) struct ImportArgs {
    /// File with one JSON object a line, or `-` for standard input
    file: PathBuf,
    /// Check the file and the database, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import the other lines if some are rejected. Without it, nothing is imported then
    #[arg(long)]
    skip_rejected: bool,
    /// Make a username for each line without one
    #[arg(long, value_name = "SOURCE")]
    username_from: Option<UsernameSource>,
    /// New file for the report: one JSON object for each rejected line and each account
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    report: Option<PathBuf>,
    /// Print the report to standard output
    #[arg(long)]
    json: bool,
    /// Folder for temporary files, which have no name and are gone when the command ends
    /// [default: the folder of `TMPDIR`, else `/tmp`]
    #[arg(long, value_name = "FOLDER")]
    temp_dir: Option<PathBuf>,
}

impl ImportArgs {
    /// Imports the accounts and prints the summary. A rejected line is an error.
    pub(super) async fn run(self, service: &Service, min_password: usize) -> CommandResult {
        let folder = self.temp_dir.clone().unwrap_or_else(env::temp_dir);
        let file = ImportFile::open(&self.file, &folder)?;
        let report = match &self.report {
            Some(path) => ImportReport::in_file(path)?,
            None if self.json => ImportReport::on_stdout(),
            None => ImportReport::on_terminal(),
        };
        let rules = LineRules {
            service,
            min_password,
            username_from: self.username_from,
            now: Clock::system().now(),
        };
        let mut import = Import::new(rules, &file, report, self.dry_run);
        import.check(&folder).await?;
        let is_written = import.summary().rejected == 0 || self.skip_rejected;
        if is_written && !self.dry_run {
            import.write().await?;
        }
        let summary = import.finish()?;
        if !self.json && (is_written || self.dry_run) {
            writeln!(io::stdout(), "{}", sentence(summary))?;
        }
        match rejection(summary, is_written) {
            Some(message) => Err(message.into()),
            None => Ok(()),
        }
    }
}

fn sentence(summary: Summary) -> String {
    let Summary {
        imported,
        existing,
        differing,
        ..
    } = summary;
    let plural = if imported == 1 { "" } else { "s" };
    let verb = if summary.dry_run {
        "can import"
    } else {
        "imported"
    };
    let differing = match differing {
        0 => String::new(),
        count => format!(" ({count} with other values)"),
    };
    format!("{verb} {imported} account{plural}, {existing} existed already{differing}")
}

fn rejection(summary: Summary, is_written: bool) -> Option<String> {
    let Summary {
        rejected, lines, ..
    } = summary;
    if rejected == 0 {
        return None;
    }
    let verb = if rejected == 1 { "is" } else { "are" };
    let counted = format!("{rejected} of {lines} lines {verb} rejected");
    Some(if is_written || summary.dry_run {
        counted
    } else {
        format!("{counted}, so nothing was imported; correct them, or use `--skip-rejected`")
    })
}
