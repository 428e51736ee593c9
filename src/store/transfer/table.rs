//! Every table, in an order in which rows find what they refer to; it must not know what becomes of a copy.

use super::{
    digest::TableDigest,
    error::{CopyError, Side},
    rows::{
        CaptchaUse, Challenge, Counter, Device, Failure, IdempotencyKey, MailRequest, Message,
        PendingSignUp, Row, Secret, ServiceKey, Session, SigningKey, User,
    },
};
use crate::store::{
    error::{Cause, StoreError},
    tx::Tx,
};

/// Rows read and written in one go: eleven columns of each stay below the 32766 values that a statement of SQLite may have.
const PAGE: i64 = 1_000;

/// What can be done with all rows of a table. `told` hears of each page how many rows it had.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) count: fn(&mut Tx<'_>) -> Result<u64, StoreError>,
    pub(crate) copy: fn(&mut Tx<'_>, &mut Tx<'_>, Told<'_>) -> Result<TableDigest, CopyError>,
    pub(crate) digest: fn(&mut Tx<'_>, Told<'_>) -> Result<TableDigest, StoreError>,
}

type Told<'t> = &'t mut dyn FnMut(u64);

pub(crate) const TABLES: [Table; 14] = [
    Table::of::<User>(),
    Table::of::<Session>(),
    Table::of::<IdempotencyKey>(),
    Table::of::<Secret>(),
    Table::of::<Counter>(),
    Table::of::<Failure>(),
    Table::of::<Device>(),
    Table::of::<CaptchaUse>(),
    Table::of::<Challenge>(),
    Table::of::<PendingSignUp>(),
    Table::of::<Message>(),
    Table::of::<MailRequest>(),
    Table::of::<ServiceKey>(),
    Table::of::<SigningKey>(),
];

impl Table {
    const fn of<R: Row>() -> Self {
        Self {
            name: R::TABLE,
            count: count::<R>,
            copy: copy::<R>,
            digest: digest::<R>,
        }
    }
}

fn count<R: Row>(tx: &mut Tx<'_>) -> Result<u64, StoreError> {
    u64::try_from(R::count(tx)?)
        .map_err(|_negative| StoreError::Broken(Cause::new("a table has fewer rows than none")))
}

fn copy<R: Row>(
    source: &mut Tx<'_>,
    target: &mut Tx<'_>,
    told: Told<'_>,
) -> Result<TableDigest, CopyError> {
    pages(source, CopyError::at(Side::Source), told, |rows: &[R]| {
        R::insert(target, rows).map_err(CopyError::at(Side::Target))
    })
}

fn digest<R: Row>(tx: &mut Tx<'_>, told: Told<'_>) -> Result<TableDigest, StoreError> {
    pages(tx, |error| error, told, |_rows: &[R]| Ok(()))
}

/// Reads a table page by page and digests it on the way.
fn pages<R: Row, E>(
    tx: &mut Tx<'_>,
    failed: impl Fn(StoreError) -> E,
    told: Told<'_>,
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
        told(u64::try_from(rows.len()).unwrap_or(u64::MAX));
        last = rows.pop();
    }
}
