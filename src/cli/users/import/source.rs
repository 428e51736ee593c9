//! The file of an import, which is read twice: a file as it is, or a copy of a pipe.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek},
    path::Path,
};

use super::{lines::InputLines, unnamed_file::unnamed_file};

/// The bytes that are read at a time.
const BUFFER: usize = 256 * 1024;

/// The file of an import.
pub(super) struct ImportFile {
    file: File,
    length: u64,
}

impl ImportFile {
    /// Opens a file. Standard input (`-`) and other pipes are copied to an unnamed file in `folder`
    /// first.
    pub(super) fn open(path: &Path, folder: &Path) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            let copied = copy(&mut io::stdin().lock(), folder);
            return copied.map_err(|error| format!("{}: {error}", folder.display()));
        }
        let named = |error: io::Error| format!("{}: {error}", path.display());
        let mut file = File::open(path).map_err(named)?;
        let metadata = file.metadata().map_err(named)?;
        if metadata.is_dir() {
            return Err(format!("{}: is a folder", path.display()));
        }
        if metadata.is_file() {
            let length = metadata.len();
            return Ok(Self { file, length });
        }
        copy(&mut file, folder).map_err(named)
    }

    /// Returns the number of bytes.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Returns the lines from the first one on.
    pub(super) fn lines(&self) -> io::Result<InputLines<impl BufRead + use<>>> {
        let mut file = self.file.try_clone()?;
        file.rewind()?;
        Ok(InputLines::new(BufReader::with_capacity(BUFFER, file)))
    }
}

fn copy(input: &mut impl Read, folder: &Path) -> io::Result<ImportFile> {
    let mut file = unnamed_file(folder)?;
    let length = io::copy(input, &mut file)?;
    Ok(ImportFile { file, length })
}
