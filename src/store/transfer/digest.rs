//! A digest of a table's rows, independent of the database and of the order of rows.

use std::fmt;

use sha2::{Digest, Sha256};

/// The sum of the rows' SHA-256 digests, and their number.
///
/// A sum, because databases disagree on the order of text: SQLite compares bytes, PostgreSQL
/// follows its collation. The sum detects lost, repeated and changed rows; it is no defence against
/// an attacker who chooses the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableDigest {
    rows: u64,
    lanes: [u64; 4],
}

impl TableDigest {
    /// Returns the number of rows.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Adds a row.
    pub(crate) fn add(&mut self, row: RowDigest) {
        let hash = row.0.finalize();
        let (words, _nothing) = hash.as_slice().as_chunks();
        for (lane, word) in self.lanes.iter_mut().zip(words) {
            *lane = lane.wrapping_add(u64::from_be_bytes(*word));
        }
        self.rows += 1;
    }
}

impl fmt::Display for TableDigest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lanes
            .iter()
            .try_for_each(|lane| write!(formatter, "{lane:016x}"))
    }
}

/// The hash of one row while its columns are added.
#[derive(Default)]
pub(crate) struct RowDigest(Sha256);

impl RowDigest {
    /// Adds the next column.
    pub(crate) fn column(&mut self, value: &impl Column) {
        value.feed(&mut self.0);
    }
}

/// A value as bytes that do not depend on the database. A value of variable length is preceded by
/// its length, so that no two rows have the same bytes.
pub(crate) trait Column {
    fn feed(&self, hash: &mut Sha256);
}

impl Column for i64 {
    fn feed(&self, hash: &mut Sha256) {
        hash.update(self.to_be_bytes());
    }
}

impl Column for bool {
    fn feed(&self, hash: &mut Sha256) {
        hash.update([u8::from(*self)]);
    }
}

impl Column for Vec<u8> {
    fn feed(&self, hash: &mut Sha256) {
        hash.update(self.len().to_be_bytes());
        hash.update(self);
    }
}

impl Column for String {
    fn feed(&self, hash: &mut Sha256) {
        hash.update(self.len().to_be_bytes());
        hash.update(self);
    }
}

impl<C: Column> Column for Option<C> {
    fn feed(&self, hash: &mut Sha256) {
        hash.update([u8::from(self.is_some())]);
        if let Some(value) = self {
            value.feed(hash);
        }
    }
}
