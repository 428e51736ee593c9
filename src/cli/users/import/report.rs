//! The report of an import: one JSON object a line, and a summary.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use serde::Serialize;

use super::rejection::Rejection;
use crate::{
    cli::users::report::escaped,
    domain::account::{external_id::ExternalId, ids::UserId},
};

/// The rejections that a terminal shows. A report has all.
const SHOWN: u64 = 20;

/// The report of an import.
pub(super) struct ImportReport {
    output: Output,
    shown: u64,
}

enum Output {
    /// Rejections are printed for a person.
    Terminal,
    /// Every row is JSON.
    Json(Box<dyn Write>),
}

/// The numbers of an import.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Summary {
    /// The lines that are not blank.
    pub(super) lines: u64,
    pub(super) imported: u64,
    pub(super) existing: u64,
    /// The existing accounts that differ from their lines.
    pub(super) differing: u64,
    pub(super) rejected: u64,
    pub(super) dry_run: bool,
}

/// One row of the report.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub(super) enum ReportRow<'a> {
    /// The account was created.
    Imported {
        line: u64,
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        external_id: Option<&'a ExternalId>,
    },
    /// The account exists already.
    Existing {
        line: u64,
        id: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        external_id: Option<&'a ExternalId>,
        differs: &'a [&'static str],
    },
    /// The line is rejected.
    Rejected {
        line: u64,
        field: Option<&'a str>,
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        first_line: Option<u64>,
    },
    /// The end of the report.
    Summary(Summary),
}

impl ImportReport {
    /// A report for a person, on standard error.
    pub(super) fn on_terminal() -> Self {
        Self::to(Output::Terminal)
    }

    /// A report as JSON on standard output.
    pub(super) fn on_stdout() -> Self {
        Self::to(Output::Json(Box::new(BufWriter::new(io::stdout()))))
    }

    /// A report as JSON in a new file, which only its owner can read.
    pub(super) fn in_file(path: &Path) -> Result<Self, String> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        let file = file.map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                format!("{} exists already and is not overwritten", path.display())
            } else {
                format!("{}: {error}", path.display())
            }
        })?;
        Ok(Self::to(Output::Json(Box::new(BufWriter::new(file)))))
    }

    const fn to(output: Output) -> Self {
        Self { output, shown: 0 }
    }

    /// Adds the account of a line that was created.
    pub(super) fn imported(
        &mut self,
        line: u64,
        id: UserId,
        external_id: Option<&ExternalId>,
    ) -> io::Result<()> {
        self.write(&ReportRow::Imported {
            line,
            id: id.to_string(),
            external_id,
        })
    }

    /// Adds the account of a line that exists already.
    pub(super) fn existing(
        &mut self,
        line: u64,
        id: UserId,
        external_id: Option<&ExternalId>,
        differs: &[&'static str],
    ) -> io::Result<()> {
        self.write(&ReportRow::Existing {
            line,
            id: id.to_string(),
            external_id,
            differs,
        })
    }

    /// Adds a reason for which a line is rejected.
    pub(super) fn rejected(&mut self, line: u64, rejection: &Rejection) -> io::Result<()> {
        let Rejection { code, message, .. } = rejection;
        let field = rejection.field.as_deref();
        if let Output::Terminal = self.output {
            self.shown += 1;
            if self.shown <= SHOWN {
                let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
                let text = escaped(&format!("daemun: line {line}: {field}{message}"));
                return writeln!(io::stderr(), "{text}");
            }
        }
        self.write(&ReportRow::Rejected {
            line,
            field,
            code,
            message,
            first_line: rejection.first_line,
        })
    }

    /// Ends the report.
    pub(super) fn finish(&mut self, summary: Summary) -> io::Result<()> {
        if let Output::Terminal = self.output
            && self.shown > SHOWN
        {
            let more = self.shown - SHOWN;
            writeln!(
                io::stderr(),
                "daemun: … and {more} more; `--report FILE` writes all of them"
            )?;
        }
        self.write(&ReportRow::Summary(summary))?;
        self.flush()
    }

    /// Writes the rows so far.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        match &mut self.output {
            Output::Json(output) => output.flush(),
            Output::Terminal => Ok(()),
        }
    }

    fn write(&mut self, row: &ReportRow<'_>) -> io::Result<()> {
        let Output::Json(output) = &mut self.output else {
            return Ok(());
        };
        let json = serde_json::to_string(row)?;
        writeln!(output, "{}", escaped(&json))
    }
}
