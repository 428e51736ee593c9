//! A digest of a table's rows that is the same in every database, whatever order they come in; it must not know any table.

use std::fmt;

use sha2::{Digest, Sha256};

/// The sum of the SHA-256 of each row, and how many there were. A sum, because databases disagree on the order of text: SQLite
/// compares bytes, PostgreSQL as its collation says. It finds what got lost, doubled or changed on the way; it is no defence against
/// somebody who chooses the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableDigest {
    rows: u64,
    lanes: [u64; 4],
}

impl TableDigest {
    /// Rows that were counted in.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Counts a row in.
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

/// One row's hash while its columns go in.
#[derive(Default)]
pub(crate) struct RowDigest(Sha256);

impl RowDigest {
    /// Takes the next column in.
    pub(crate) fn column(&mut self, value: &impl Column) {
        value.feed(&mut self.0);
    }
}

/// A value as bytes that do not depend on how a database keeps it. What has no fixed length is preceded by it, so that no two
/// rows read alike.
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
