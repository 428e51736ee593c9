//! The list of all tables, ordered so that rows are inserted after the rows that they reference.

use super::{
    digest::TableDigest,
    error::{CopyError, Side},
    queued_rows::{RawMailRequest, RawMessage, RawOutboxPause, RawWebhookMessage},
    rows::{
        RawCaptchaUse, RawCeremonyUse, RawChallenge, RawCounter, RawDevice, RawEvent, RawFailure,
        RawIdempotencyKey, RawInvitation, RawPasskey, RawPendingSignUp, RawRecoveryCode,
        RawSecondFactorChallenge, RawSecondFactors, RawSecret, RawServiceKey, RawSession,
        RawSigningKey, RawTokenKey, RawTotpSecret, RawUser,
    },
    table_row::TableRow,
};
use crate::store::{error::StoreError, tx::Tx};

/// Rows read and written together: with eighteen columns they stay below SQLite's limit of 32766
/// values per statement.
const PAGE: i64 = 1_000;

/// The operations on all rows of a table. The callback receives the number of rows of each page.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) count: fn(&mut Tx<'_>) -> Result<u64, StoreError>,
    pub(crate) copy:
        fn(&mut Tx<'_>, &mut Tx<'_>, RowsCallback<'_>) -> Result<TableDigest, CopyError>,
    pub(crate) digest: fn(&mut Tx<'_>, RowsCallback<'_>) -> Result<TableDigest, StoreError>,
}

type RowsCallback<'t> = &'t mut dyn FnMut(u64);

pub(crate) const TABLES: [Table; 25] = [
    Table::of::<RawUser>(),
    Table::of::<RawSession>(),
    Table::of::<RawIdempotencyKey>(),
    Table::of::<RawSecret>(),
    Table::of::<RawCounter>(),
    Table::of::<RawFailure>(),
    Table::of::<RawDevice>(),
    Table::of::<RawCaptchaUse>(),
    Table::of::<RawChallenge>(),
    Table::of::<RawPendingSignUp>(),
    Table::of::<RawMessage>(),
    Table::of::<RawMailRequest>(),
    Table::of::<RawServiceKey>(),
    Table::of::<RawSigningKey>(),
    Table::of::<RawInvitation>(),
    Table::of::<RawTokenKey>(),
    Table::of::<RawSecondFactors>(),
    Table::of::<RawTotpSecret>(),
    Table::of::<RawRecoveryCode>(),
    Table::of::<RawPasskey>(),
    Table::of::<RawCeremonyUse>(),
    Table::of::<RawSecondFactorChallenge>(),
    Table::of::<RawEvent>(),
    Table::of::<RawWebhookMessage>(),
    Table::of::<RawOutboxPause>(),
];

impl Table {
    const fn of<R: TableRow>() -> Self {
        Self {
            name: R::TABLE,
            count: count::<R>,
            copy: copy::<R>,
            digest: digest::<R>,
        }
    }
}

fn count<R: TableRow>(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    u64::try_from(R::count(tx)?)
        .map_err(|_negative| StoreError::broken("a table has a negative number of rows"))
}

fn copy<R: TableRow>(
    source: &mut Tx<'_>,
    target: &mut Tx<'_>,
    report: RowsCallback<'_>,
) -> Result<TableDigest, CopyError> {
    pages(
        source,
        CopyError::at(Side::Source),
        report,
        |rows: &[R]| R::insert(target, rows).map_err(CopyError::at(Side::Target)),
    )
}

fn digest<R: TableRow>(
    tx: &mut Tx<'_>,
    report: RowsCallback<'_>,
) -> Result<TableDigest, StoreError> {
    pages(tx, |error| error, report, |_rows: &[R]| Ok(()))
}

/// Reads a table page by page, passes each page to `taken`, and returns the digest.
fn pages<R: TableRow, E>(
    tx: &mut Tx<'_>,
    failed: impl Fn(StoreError) -> E,
    report: RowsCallback<'_>,
    mut taken: impl FnMut(&[R]) -> Result<(), E>,
) -> Result<TableDigest, E> {
    let mut digest = TableDigest::default();
    let mut last: Option<R> = None;
    loop {
        let mut rows = R::page(tx, last.as_ref(), PAGE).map_err(&failed)?;
        if rows.is_empty() {
            return Ok(digest);
        }
        taken(&rows)?;
        for row in &rows {
            digest.add(row.digest());
        }
        report(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        last = rows.pop();
    }
}
