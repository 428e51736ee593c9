//! Copies everything from one database to another, whole or not at all; it must not know what the rows mean, nor who is told.

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
    tx::Tx,
};

/// How far a copy has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// The table that it is done to.
    pub table: &'static str,
    /// Whether this table is through.
    pub is_done: bool,
    /// Rows of all tables that are through, in this stage.
    pub rows: u64,
    /// Rows of all tables.
    pub of: u64,
}

/// The two halves of a copy.
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

/// Copies every row of every table from one moment of `source` to `target`, which is migrated first and must be empty.
///
/// The target is filled and read back in one transaction: what is interrupted leaves it empty, so that no part of a copy can be
/// taken for the whole, and the copy is simply begun again. Meanwhile nobody else can write to it.
pub fn copy(
    source: &Db,
    target: &Db,
    told: &mut dyn FnMut(Progress),
) -> Result<Vec<CopiedTable>, CopyError> {
    let copied = source.snapshot(|source| {
        lift_time_limits(source)?;
        check_source(source)?;
        prepare(target)?;
        let filled = target.write(|target| {
            let filled = fill(source, target, told);
            filled.map_err(TargetError)
        });
        filled.map_err(|TargetError(error)| SourceError(error))
    });
    let copied = copied.map_err(|SourceError(error)| error)?;
    // The rows are there already; a log that cannot be folded now is folded by the next start.
    let _folded = target.checkpoint();
    Ok(copied)
}

/// Time limits are for requests: here one side waits while the other works.
fn lift_time_limits(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    if let Tx::Postgres(connection) = tx {
        connection.batch_execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0",
        )?;
    }
    Ok(())
}

fn check_source(source: &mut Tx<'_>) -> Result<(), CopyError> {
    match migrations::version(source).map_err(CopyError::at(Side::Source))? {
        SchemaVersion::Current => Ok(()),
        SchemaVersion::Absent => Err(CopyError::NoSource),
        SchemaVersion::Older => Err(CopyError::OlderSource),
        SchemaVersion::Newer => Err(CopyError::Newer(Side::Source)),
    }
}

/// Nothing is changed in a target that is refused.
fn prepare(target: &Db) -> Result<(), CopyError> {
    let at_target = CopyError::at(Side::Target);
    let (version, filled) = target
        .read(|target| Ok::<_, StoreError>((migrations::version(target)?, first_filled(target)?)))
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

/// The first of our tables that is there and has rows.
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
    told: &mut dyn FnMut(Progress),
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
    let mut copying = ProgressReporter::new(Stage::Copying, of, told);
    let mut copied = Vec::new();
    for table in &TABLES {
        let digest = (table.copy)(source, target, &mut |rows| copying.add(table.name, rows))?;
        copying.finish(table.name);
        copied.push(CopiedTable {
            table: table.name,
            digest,
        });
    }
    let mut verifying = ProgressReporter::new(Stage::Verifying, of, told);
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

/// Nobody may add a row to a target before it is whole. SQLite has one writer anyway.
fn lock_tables(target: &mut Tx<'_>) -> Result<(), StoreError> {
    if let Tx::Postgres(connection) = target {
        let names: Vec<_> = TABLES.iter().map(|table| table.name).collect();
        connection.batch_execute(&format!(
            "LOCK TABLE {} IN EXCLUSIVE MODE",
            names.join(", ")
        ))?;
    }
    Ok(())
}

/// Adds up what is through.
struct ProgressReporter<'t> {
    stage: Stage,
    rows: u64,
    of: u64,
    told: &'t mut dyn FnMut(Progress),
}

impl<'t> ProgressReporter<'t> {
    fn new(stage: Stage, of: u64, told: &'t mut dyn FnMut(Progress)) -> Self {
        Self {
            stage,
            rows: 0,
            of,
            told,
        }
    }

    fn add(&mut self, table: &'static str, rows: u64) {
        self.rows += rows;
        self.tell(table, false);
    }

    fn finish(&mut self, table: &'static str) {
        self.tell(table, true);
    }

    fn tell(&mut self, table: &'static str, is_done: bool) {
        (self.told)(Progress {
            stage: self.stage,
            table,
            is_done,
            rows: self.rows,
            of: self.of,
        });
    }
}
