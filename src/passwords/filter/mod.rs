//! Filters of leaked passwords: a compact set that contains every password of a list, and one of
//! 65,536 others by chance.

mod build;
mod digest;

use std::{fmt, fs, io, path::Path, sync::Arc};

use sha2::{Digest, Sha256};
use thiserror::Error;
use xorf::{BinaryFuse16, Descriptor, Filter};

use crate::domain::credential::password::NewPassword;
use digest::password_digest;

pub use build::{Entries, ListFormat};

/// The start of every filter file. The number is the version of the format.
const MAGIC: &[u8] = b"daemun password filter 1\n";

/// The bytes of the check sum at the end of a file, a SHA-256 digest.
const CHECK_SUM: usize = 32;

/// The filter of the lists that `src/passwords/filter/update.sh` names.
const BUILT_IN: &[u8] = include_bytes!("common-passwords.filter");

/// A binary fuse filter with 16 bits an entry (Graf and Lemire, "Binary Fuse Filters", 2022).
/// Clones share it.
#[derive(Clone)]
pub struct PasswordFilter(Arc<BinaryFuse16>);

/// A file that holds no filter.
#[derive(Debug, Error)]
pub enum FilterError {
    /// The file cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// The file is of another kind, cut off or damaged.
    #[error("not a password filter, or damaged; create one with `daemun passwords filter`")]
    Invalid,
}

impl PasswordFilter {
    /// Returns the filter that the program contains.
    pub fn built_in() -> Result<Self, FilterError> {
        Self::from_bytes(BUILT_IN)
    }

    /// Reads a filter from its file.
    pub fn read(path: &Path) -> Result<Self, FilterError> {
        Self::from_bytes(&fs::read(path)?)
    }

    /// Returns whether the filter contains a password.
    #[must_use]
    pub fn contains(&self, password: &NewPassword) -> bool {
        self.0.contains(&password_digest(password.expose()))
    }

    /// Parses the form that [`Self::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FilterError> {
        let (content, sum) = bytes
            .split_at_checked(bytes.len().saturating_sub(CHECK_SUM))
            .ok_or(FilterError::Invalid)?;
        if Sha256::digest(content).as_slice() != sum {
            return Err(FilterError::Invalid);
        }
        parse(content).map(Self::of).ok_or(FilterError::Invalid)
    }

    /// Returns the filter as a file: the magic bytes, the seed, the length of a segment, the length
    /// of all but the last two segments, the fingerprints and a SHA-256 digest of all that, in
    /// little-endian order.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let BinaryFuse16 {
            descriptor,
            fingerprints,
        } = &*self.0;
        let mut bytes = MAGIC.to_vec();
        bytes.extend(descriptor.seed.to_le_bytes());
        bytes.extend(descriptor.segment_length.to_le_bytes());
        bytes.extend(descriptor.segment_count_length.to_le_bytes());
        bytes.extend(fingerprints.iter().flat_map(|print| print.to_le_bytes()));
        let sum = Sha256::digest(&bytes);
        bytes.extend(sum);
        bytes
    }

    fn of(filter: BinaryFuse16) -> Self {
        Self(Arc::new(filter))
    }
}

/// Parses the content of a file. Lengths that do not fit each other are rejected, so that a lookup
/// never leaves the fingerprints.
fn parse(content: &[u8]) -> Option<BinaryFuse16> {
    let rest = content.strip_prefix(MAGIC)?;
    let (seed, rest) = rest.split_first_chunk()?;
    let (segment_length, rest) = rest.split_first_chunk()?;
    let (segment_count_length, rest) = rest.split_first_chunk()?;
    let (prints, []) = rest.as_chunks() else {
        return None;
    };
    let descriptor = Descriptor {
        seed: u64::from_le_bytes(*seed),
        segment_length: u32::from_le_bytes(*segment_length),
        segment_length_mask: u32::from_le_bytes(*segment_length).checked_sub(1)?,
        segment_count_length: u32::from_le_bytes(*segment_count_length),
    };
    let least = descriptor
        .segment_length
        .checked_mul(2)?
        .checked_add(descriptor.segment_count_length)?;
    let fits = descriptor.segment_length.is_power_of_two()
        && descriptor.segment_count_length > 0
        && usize::try_from(least).is_ok_and(|least| least <= prints.len());
    let fingerprints = prints.iter().map(|print| u16::from_le_bytes(*print));
    fits.then(|| BinaryFuse16 {
        descriptor,
        fingerprints: fingerprints.collect(),
    })
}

impl fmt::Debug for PasswordFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PasswordFilter({} fingerprints)", self.0.len())
    }
}

#[cfg(test)]
mod tests;
