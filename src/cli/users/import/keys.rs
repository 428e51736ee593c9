//! Finds values that two lines of a file have, in bounded memory.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, Write},
    mem,
    path::Path,
};

use sha2::{Digest, Sha256};

use super::unnamed_file::unnamed_file;

/// A unique value of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The username.
    Username,
    /// A username made for a line without one. It gives way to the username of another line.
    MadeUsername,
    /// The email.
    Email,
    /// The external id.
    ExternalId,
}

/// A value that two lines have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RepeatedKey {
    pub(super) key: Key,
    pub(super) line: u64,
    pub(super) first_line: u64,
}

/// The digest of a value, and the line with the kind of the value in its two lowest bits. Entries
/// sort by value and then by line.
type Entry = (u128, u64);

/// The bytes of an entry in a file.
const ENTRY: usize = 24;

/// The entries that are kept in memory until they are written to files: 32 MiB.
const IN_MEMORY: usize = 1 << 20;

/// The files over which the entries are divided by their digests. One at a time is read back.
const FILES: usize = 64;

/// The unique values of the lines of a file.
pub(super) struct KeyLedger<'a> {
    folder: &'a Path,
    in_memory: usize,
    recent: Vec<Entry>,
    files: Vec<File>,
}

impl<'a> KeyLedger<'a> {
    /// A ledger that writes to unnamed files in a folder once it holds a million values.
    pub(super) const fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            in_memory: IN_MEMORY,
            recent: Vec::new(),
            files: Vec::new(),
        }
    }

    /// Adds a value of a line.
    pub(super) fn add(&mut self, key: Key, value: &str, line: u64) -> io::Result<()> {
        let digest = Sha256::new()
            .chain_update(key.kind())
            .chain_update(value)
            .finalize();
        let digest = digest.first_chunk().copied().unwrap_or_default();
        self.recent
            .push((u128::from_be_bytes(digest), line << 2 | key.code()));
        if self.recent.len() >= self.in_memory {
            self.spill()?;
        }
        Ok(())
    }

    /// Passes each value that an earlier line has, too, in no particular order.
    pub(super) fn repeated(
        mut self,
        mut found: impl FnMut(RepeatedKey) -> io::Result<()>,
    ) -> io::Result<()> {
        if self.files.is_empty() {
            return repeated_among(mem::take(&mut self.recent), &mut found);
        }
        self.spill()?;
        for file in mem::take(&mut self.files) {
            repeated_among(read(file)?, &mut found)?;
        }
        Ok(())
    }

    /// Writes the entries in memory to the files.
    fn spill(&mut self) -> io::Result<()> {
        while self.files.len() < FILES {
            self.files.push(unnamed_file(self.folder)?);
        }
        self.recent.sort_unstable();
        let mut rest = self.recent.as_slice();
        for (place, file) in self.files.iter_mut().enumerate() {
            let end = rest.partition_point(|(digest, _)| part(*digest) <= place);
            let (part, others) = rest.split_at(end);
            let mut bytes = Vec::with_capacity(part.len() * ENTRY);
            for (digest, line) in part {
                bytes.extend_from_slice(&digest.to_be_bytes());
                bytes.extend_from_slice(&line.to_be_bytes());
            }
            file.write_all(&bytes)?;
            rest = others;
        }
        self.recent.clear();
        Ok(())
    }
}

impl Key {
    const fn code(self) -> u64 {
        match self {
            Self::Username => 0,
            Self::MadeUsername => 1,
            Self::Email => 2,
            Self::ExternalId => 3,
        }
    }

    const fn of_code(code: u64) -> Self {
        match code {
            0 => Self::Username,
            1 => Self::MadeUsername,
            2 => Self::Email,
            _ => Self::ExternalId,
        }
    }

    /// Returns what separates the digests of values of different kinds.
    const fn kind(self) -> &'static [u8] {
        match self {
            Self::Username | Self::MadeUsername => b"u",
            Self::Email => b"e",
            Self::ExternalId => b"x",
        }
    }
}

/// Returns the file of a digest.
fn part(digest: u128) -> usize {
    usize::try_from(digest >> 122).unwrap_or(0)
}

fn read(mut file: File) -> io::Result<Vec<Entry>> {
    let length = file.stream_position()?;
    file.rewind()?;
    let count = usize::try_from(length).unwrap_or(0) / ENTRY;
    let mut entries = Vec::with_capacity(count);
    let mut file = BufReader::new(file);
    let (mut digest, mut line) = ([0; 16], [0; 8]);
    for _ in 0..count {
        file.read_exact(&mut digest)?;
        file.read_exact(&mut line)?;
        entries.push((u128::from_be_bytes(digest), u64::from_be_bytes(line)));
    }
    Ok(entries)
}

fn repeated_among(
    mut entries: Vec<Entry>,
    found: &mut impl FnMut(RepeatedKey) -> io::Result<()>,
) -> io::Result<()> {
    entries.sort_unstable();
    for same in entries.chunk_by(|(one, _), (other, _)| one == other) {
        let lines = same
            .iter()
            .map(|(_, line)| (Key::of_code(line & 3), line >> 2));
        let mut given = lines.clone().filter(|(key, _)| *key != Key::MadeUsername);
        let Some((_, first_line)) = given.next() else {
            continue;
        };
        let others = lines.filter(|(_, line)| *line != first_line);
        for (key, line) in others {
            found(RepeatedKey {
                key,
                line,
                first_line,
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repeated(in_memory: usize, values: &[(Key, &str, u64)]) -> Vec<(Key, u64, u64)> {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = KeyLedger {
            in_memory,
            ..KeyLedger::new(folder.path())
        };
        for (key, value, line) in values {
            ledger.add(*key, value, *line).unwrap();
        }
        let mut found = Vec::new();
        let collected = ledger.repeated(|one| {
            found.push((one.key, one.line, one.first_line));
            Ok(())
        });
        collected.unwrap();
        found.sort_by_key(|(_, line, _)| *line);
        assert!(folder.path().read_dir().unwrap().next().is_none());
        found
    }

    #[test]
    fn repeated_values_are_found_in_memory_and_in_files() {
        let values: Vec<_> = (1..=500).map(|line| format!("v{}", line % 400)).collect();
        let lines = values.iter().zip(1..);
        let entries: Vec<_> = lines
            .map(|(value, line)| (Key::Email, value.as_str(), line))
            .collect();
        let expected: Vec<_> = (401..=500)
            .map(|line| (Key::Email, line, line - 400))
            .collect();
        for in_memory in [1, 7, 500, 501] {
            assert_eq!(repeated(in_memory, &entries), expected, "{in_memory}");
        }
    }

    #[test]
    fn values_of_different_kinds_are_different() {
        let entries = [
            (Key::Username, "a", 1),
            (Key::Email, "a", 2),
            (Key::ExternalId, "a", 3),
        ];
        assert_eq!(repeated(10, &entries), []);
    }

    #[test]
    fn made_usernames_give_way_to_given_ones_and_not_to_each_other() {
        let entries = [
            (Key::MadeUsername, "a", 1),
            (Key::MadeUsername, "a", 2),
            (Key::MadeUsername, "b", 3),
            (Key::Username, "b", 4),
            (Key::Username, "b", 5),
        ];
        let expected = [(Key::MadeUsername, 3, 4), (Key::Username, 5, 4)];
        assert_eq!(repeated(10, &entries), expected);
    }
}
