//! Copies all tables from one database to another, completely or not at all.

use diesel::connection::SimpleConnection;

use super::{
    digest::TableDigest,
    error::{CopyError, Side, SourceError, TargetError},
    table::TABLES,
};
use crate::store::{
    backend::db::Db,
    error::StoreError,
    migrations::{self, SchemaVersion},
    tx::{Tx, TxConnection},
};

/// The progress of a copy.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// The current table.
    pub table: &'static str,
    /// Set once this table is done.
    pub is_done: bool,
    /// Rows done in this stage.
    pub rows: u64,
    /// Rows of all tables.
    pub of: u64,
}

/// The stages of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Rows are read from the source and written to the target.
    Copying,
    /// Rows are read back from the target.
    Verifying,
}

/// A table that was copied.
#[derive(Clone, Copy, Debug)]
pub struct CopiedTable {
    /// Its name.
    pub table: &'static str,
    /// Its rows, equal in source and target.
    pub digest: TableDigest,
}

/// Copies every row of every table from a snapshot of `source` to `target`, which is migrated first
/// and must be empty.
///
/// The target is filled and read back in one transaction, during which no other process can write
/// to it. An interrupted copy leaves it empty, so that the copy can be repeated and no part of it
/// passes as complete.
pub fn copy(
    source: &Db,
    target: &Db,
    report: &mut dyn FnMut(Progress),
) -> Result<Vec<CopiedTable>, CopyError> {
    let copied = source.snapshot(|source| {
        lift_time_limits(source)?;
        check_source(source)?;
        prepare(target)?;
        let filled = target.write(|target| {
            let filled = fill(source, target, report);
            filled.map_err(TargetError)
        });
        filled.map_err(|TargetError(error)| SourceError(error))
    });
    let copied = copied.map_err(|SourceError(error)| error)?;
    // The rows are committed. If the checkpoint fails, the next start makes it.
    let _checkpoint = target.checkpoint();
    Ok(copied)
}

/// Lifts the time limits, which are for requests: here one side waits while the other works.
fn lift_time_limits(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if let TxConnection::Postgres(connection) = &mut tx.connection {
        connection.batch_execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0",
        )?;
    }
    Ok(())
}

fn check_source(source: &mut Tx<'_>) -> Result<(), CopyError> {
    let at_source = CopyError::at(Side::Source);
    migrations::check_release(source).map_err(&at_source)?;
    match migrations::version(source).map_err(&at_source)? {
        SchemaVersion::Current => Ok(()),
        SchemaVersion::Absent => Err(CopyError::NoSource),
        SchemaVersion::Older => Err(CopyError::OlderSource),
        SchemaVersion::Newer => Err(CopyError::Newer(Side::Source)),
    }
}

/// Checks and migrates the target. A rejected target stays unchanged.
fn prepare(target: &Db) -> Result<(), CopyError> {
    let at_target = CopyError::at(Side::Target);
    let (version, filled) = target
        .read(|target| {
            migrations::check_release(target)?;
            Ok::<_, StoreError>((migrations::version(target)?, first_filled(target)?))
        })
        .map_err(&at_target)?;
    if version == SchemaVersion::Newer {
        return Err(CopyError::Newer(Side::Target));
    }
    if let Some(table) = filled {
        return Err(CopyError::NotEmpty(table));
    }
    target.migrate().map_err(at_target)?;
    Ok(())
}

/// Returns the first table that exists and has rows.
fn first_filled(tx: &mut Tx<'_>) -> Result<Option<&'static str>, StoreError> {
    for table in &TABLES {
        if migrations::has_table(tx, table.name)? && (table.count)(tx)? > 0 {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

fn fill(
    source: &mut Tx<'_>,
    target: &mut Tx<'_>,
    report: &mut dyn FnMut(Progress),
) -> Result<Vec<CopiedTable>, CopyError> {
    let (at_source, at_target) = (CopyError::at(Side::Source), CopyError::at(Side::Target));
    lift_time_limits(target).map_err(&at_target)?;
    lock_tables(target).map_err(&at_target)?;
    if let Some(table) = first_filled(target).map_err(&at_target)? {
        return Err(CopyError::NotEmpty(table));
    }
    let mut of = 0;
    for table in &TABLES {
        of += (table.count)(source).map_err(&at_source)?;
    }
    let mut copying = ProgressReporter::new(Stage::Copying, of, report);
    let mut copied = Vec::new();
    for table in &TABLES {
        let digest = (table.copy)(source, target, &mut |rows| copying.add(table.name, rows))?;
        copying.finish(table.name);
        copied.push(CopiedTable {
            table: table.name,
            digest,
        });
    }
    let mut verifying = ProgressReporter::new(Stage::Verifying, of, report);
    for (table, copied) in TABLES.iter().zip(&copied) {
        let digest = (table.digest)(target, &mut |rows| verifying.add(table.name, rows))
            .map_err(&at_target)?;
        if digest != copied.digest {
            return Err(CopyError::Differs(table.name));
        }
        verifying.finish(table.name);
    }
    Ok(copied)
}

/// Locks the tables of the target, so that no other process adds a row before the copy is complete.
/// SQLite has one writer anyway.
fn lock_tables(target: &mut Tx<'_>) -> Result<(), StoreError> {
    if let TxConnection::Postgres(connection) = &mut target.connection {
        let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        connection.batch_execute(&format!(
            "LOCK TABLE {} IN EXCLUSIVE MODE",
            names.join(", ")
        ))?;
    }
    Ok(())
}

/// Counts the rows that are done, and reports them.
struct ProgressReporter<'t> {
    stage: Stage,
    rows: u64,
    of: u64,
    report: &'t mut dyn FnMut(Progress),
}

impl<'t> ProgressReporter<'t> {
    fn new(stage: Stage, of: u64, report: &'t mut dyn FnMut(Progress)) -> Self {
        Self {
            stage,
            rows: 0,
            of,
            report,
        }
    }

    fn add(&mut self, table: &'static str, rows: u64) {
        self.rows += rows;
        self.report_progress(table, false);
    }

    fn finish(&mut self, table: &'static str) {
        self.report_progress(table, true);
    }

    fn report_progress(&mut self, table: &'static str, is_done: bool) {
        (self.report)(Progress {
            stage: self.stage,
            table,
            is_done,
            rows: self.rows,
            of: self.of,
        });
    }
}
