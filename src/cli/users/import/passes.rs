//! The two passes of an import over its file: one checks every line, the other one writes.

use std::{io, path::Path, time::Duration};

use tokio::time::sleep;

use super::{
    account::{LineRules, ParsedLine},
    batch::Batch,
    keys::{Key, KeyLedger, RepeatedKey},
    line_set::LineSet,
    lines::InputLine,
    progress::ProgressBar,
    rejection::Rejection,
    report::{ImportReport, Summary},
    source::ImportFile,
};
use crate::{
    cli::{runtime::CommandResult, users::input},
    domain::account::ids::UserId,
    service::{ImportOutcome, ImportRefusal, ImportedAccount},
};

/// The pause after each batch, in which a running service writes to SQLite.
const PAUSE: Duration = Duration::from_millis(5);

/// An import of one file.
pub(super) struct Import<'a> {
    pub(super) rules: LineRules<'a>,
    file: &'a ImportFile,
    report: ImportReport,
    summary: Summary,
    bar: ProgressBar,
    rejected: LineSet,
    /// The lines whose preferred username another line has.
    avoiding: LineSet,
    /// The lines whose accounts exist.
    existing: LineSet,
}

impl<'a> Import<'a> {
    pub(super) fn new(
        rules: LineRules<'a>,
        file: &'a ImportFile,
        report: ImportReport,
        is_dry_run: bool,
    ) -> Self {
        Self {
            rules,
            file,
            report,
            summary: Summary {
                dry_run: is_dry_run,
                ..Summary::default()
            },
            bar: ProgressBar::new("checking", file.length()),
            rejected: LineSet::default(),
            avoiding: LineSet::default(),
            existing: LineSet::default(),
        }
    }

    pub(super) const fn summary(&self) -> Summary {
        self.summary
    }

    /// Checks every line by itself, against the database and against the other lines.
    pub(super) async fn check(&mut self, folder: &Path) -> CommandResult {
        let mut ledger = KeyLedger::new(folder);
        let mut lines = self.file.lines()?;
        let mut batch = Batch::default();
        while let Some(line) = lines.next_line()? {
            let number = line.number;
            self.summary.lines += 1;
            let parsed = self.parse(line)?;
            for (key, value) in &parsed.keys {
                let added = ledger.add(*key, value, number);
                added.map_err(|error| format!("{}: {error}", folder.display()))?;
            }
            let is_full = parsed.account.is_some_and(|one| batch.push(number, one));
            if is_full {
                self.check_batch(&mut batch).await?;
            }
            self.bar.show(lines.bytes(), self.summary.lines);
        }
        self.check_batch(&mut batch).await?;
        ledger.repeated(|repeated| self.repeat(&repeated))?;
        if self.summary.dry_run {
            let not_new = self.summary.existing + self.summary.rejected;
            self.summary.imported = self.summary.lines.saturating_sub(not_new);
        }
        self.bar.clear();
        Ok(())
    }

    async fn check_batch(&mut self, batch: &mut Batch) -> CommandResult {
        let (lines, accounts) = batch.take();
        let outcomes = self.rules.service.check_import(&accounts).await;
        let outcomes = outcomes.map_err(input::explain)?;
        for ((line, account), outcome) in lines.iter().zip(&*accounts).zip(outcomes) {
            match outcome {
                ImportOutcome::Existing { id, differs } if self.summary.dry_run => {
                    self.exist(*line, account, id, &differs)?;
                }
                ImportOutcome::New | ImportOutcome::Created(_) | ImportOutcome::Existing { .. } => {
                }
                ImportOutcome::Refused(refusal) => self.refuse(*line, &refusal)?,
            }
        }
        Ok(())
    }

    /// Creates the accounts of the lines that are not rejected.
    pub(super) async fn write(&mut self) -> CommandResult {
        self.bar = ProgressBar::new("importing", self.file.length());
        let unusable = self.rules.service.unusable_password_hash().await;
        let unusable = unusable.map_err(input::explain)?;
        let mut lines = self.file.lines()?;
        let mut batch = Batch::default();
        let mut count = 0;
        while let Some(line) = lines.next_line()? {
            let number = line.number;
            count += 1;
            if self.rejected.contains(number) {
                continue;
            }
            // A line is rejected here only if the file was changed since it was checked.
            let parsed = self.parse(line)?;
            let is_full = parsed.account.is_some_and(|one| batch.push(number, one));
            if is_full {
                self.write_batch(&mut batch, &unusable).await?;
                sleep(PAUSE).await;
            }
            self.bar.show(lines.bytes(), count);
        }
        let written = self.write_batch(&mut batch, &unusable).await;
        self.bar.clear();
        written
    }

    async fn write_batch(&mut self, batch: &mut Batch, unusable: &str) -> CommandResult {
        let (lines, accounts) = batch.take();
        let service = self.rules.service;
        let outcomes = service.import_accounts(&accounts, unusable).await;
        let outcomes = outcomes.map_err(|error| self.stopped(&input::explain(error)))?;
        for ((line, account), outcome) in lines.iter().zip(&*accounts).zip(outcomes) {
            match outcome {
                ImportOutcome::Created(id) => {
                    self.summary.imported += 1;
                    let external_id = account.external_id.as_ref();
                    self.report.imported(*line, id, external_id)?;
                }
                ImportOutcome::Existing { id, differs } => {
                    self.exist(*line, account, id, &differs)?;
                }
                ImportOutcome::Refused(refusal) => self.refuse(*line, &refusal)?,
                ImportOutcome::New => {}
            }
        }
        // The ids of a batch are in the report before the next one is written.
        Ok(self.report.flush()?)
    }

    /// Parses a line and reports the reasons for which it is rejected.
    fn parse(&mut self, line: InputLine<'_>) -> io::Result<ParsedLine> {
        let number = line.number;
        let parsed = match line.text {
            Ok(text) => self.rules.parse(text, self.avoiding.contains(number)),
            Err(rejection) => ParsedLine::rejected(rejection),
        };
        for rejection in &parsed.rejections {
            self.reject(number, rejection)?;
        }
        Ok(parsed)
    }

    /// Ends the report. Returns the numbers.
    pub(super) fn finish(mut self) -> io::Result<Summary> {
        self.report.finish(self.summary)?;
        Ok(self.summary)
    }

    fn exist(
        &mut self,
        line: u64,
        account: &ImportedAccount,
        id: UserId,
        differs: &[&'static str],
    ) -> io::Result<()> {
        self.existing.insert(line);
        self.summary.existing += 1;
        self.summary.differing += u64::from(!differs.is_empty());
        let external_id = account.external_id.as_ref();
        self.report.existing(line, id, external_id, differs)
    }

    /// Rejects a line whose account cannot be created.
    fn refuse(&mut self, line: u64, refusal: &ImportRefusal) -> io::Result<()> {
        match refusal {
            ImportRefusal::Taken(taken) => taken
                .iter()
                .try_for_each(|unique| self.reject(line, &Rejection::taken(*unique))),
            ImportRefusal::Weak(reason) => {
                self.reject(line, &Rejection::invalid("password", *reason))
            }
            ImportRefusal::ChangedMeanwhile => self.reject(line, &Rejection::changed_meanwhile()),
        }
    }

    /// Rejects a line that has a value of an earlier one, or makes another username for it.
    fn repeat(&mut self, repeated: &RepeatedKey) -> io::Result<()> {
        if repeated.key == Key::MadeUsername {
            self.avoiding.insert(repeated.line);
            return Ok(());
        }
        let rejection = Rejection::repeated(repeated.key, repeated.first_line);
        self.reject(repeated.line, &rejection)
    }

    fn reject(&mut self, line: u64, rejection: &Rejection) -> io::Result<()> {
        self.bar.clear();
        if self.rejected.insert(line) {
            self.summary.rejected += 1;
            // A dry run finds last that an earlier line has the same values.
            self.summary.existing -= u64::from(self.existing.contains(line));
        }
        self.report.rejected(line, rejection)
    }

    /// Returns the message of an import that cannot go on.
    fn stopped(&mut self, reason: &str) -> String {
        self.bar.clear();
        let imported = self.summary.imported;
        format!(
            "{reason}; {imported} accounts were imported before. Run the same command again to continue"
        )
    }
}
