//! Builds a filter from lists of passwords.

use std::io::{self, BufRead};

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use xorf::BinaryFuse16;

use super::{
    PasswordFilter,
    digest::{listed_digest, password_digest},
};
use crate::domain::credential::password::NewPassword;

/// The fewest code points of an entry: no new password is shorter.
const MIN_LENGTH: usize = 8;

/// The most entries. Building a filter needs about 40 bytes of memory for each.
const MAX_ENTRIES: usize = 100_000_000;

/// The form of a list, one entry a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListFormat {
    /// The passwords themselves, in UTF-8 or Latin-1.
    Plain,
    /// SHA-1 digests in hexadecimal, which a count may follow after a colon.
    Sha1,
}

/// The entries of a filter before it is built.
#[derive(Debug, Default)]
pub struct Entries {
    digests: Vec<u64>,
    /// The lines that hold no password of 8 to 128 code points.
    pub skipped: usize,
}

/// A list that makes no filter.
#[derive(Debug, Error)]
pub enum ListError {
    /// The list cannot be read.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
    /// A line of a list of digests is something else.
    #[error("line {0} is not a SHA-1 digest in hexadecimal")]
    NoDigest(usize),
    /// No entry is left.
    #[error("the list has no password of 8 to 128 characters")]
    Empty,
    /// There are more entries than a filter takes.
    #[error("the list has more than {MAX_ENTRIES} entries")]
    TooLarge,
    /// The filter cannot be built.
    #[error("the filter cannot be built: {0}")]
    Unbuildable(&'static str),
}

impl Entries {
    /// Adds every line of a list. Entries that no new password can equal are skipped.
    pub fn add(&mut self, list: &mut dyn BufRead, format: ListFormat) -> Result<(), ListError> {
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if list.read_until(b'\n', &mut line)? == 0 {
                break;
            }
            let text = text_of(line.trim_ascii_end());
            let digest = match format {
                ListFormat::Plain => plain_digest(&text),
                ListFormat::Sha1 if text.is_empty() => None,
                ListFormat::Sha1 => Some(listed_digest(&text).ok_or(ListError::NoDigest(number))?),
            };
            match digest {
                Some(_) if self.digests.len() == MAX_ENTRIES => return Err(ListError::TooLarge),
                Some(digest) => self.digests.push(digest),
                None => self.skipped += 1,
            }
        }
        Ok(())
    }

    /// Builds the filter. Returns it with the number of distinct entries.
    pub fn build(mut self) -> Result<(PasswordFilter, usize), ListError> {
        self.digests.sort_unstable();
        self.digests.dedup();
        if self.digests.is_empty() {
            return Err(ListError::Empty);
        }
        let filter = BinaryFuse16::try_from(&self.digests).map_err(ListError::Unbuildable)?;
        Ok((PasswordFilter::of(filter), self.digests.len()))
    }
}

/// Returns the digest of an entry in NFC, unless no new password can equal it.
fn plain_digest(text: &str) -> Option<u64> {
    let normalized: String = text.nfc().collect();
    let password = NewPassword::parse(&normalized, MIN_LENGTH).ok()?;
    Some(password_digest(password.expose()))
}

/// Decodes a line: old lists mix UTF-8 and Latin-1.
fn text_of(line: &[u8]) -> String {
    match str::from_utf8(line) {
        Ok(text) => text.to_owned(),
        Err(_latin) => line.iter().map(|byte| char::from(*byte)).collect(),
    }
}
