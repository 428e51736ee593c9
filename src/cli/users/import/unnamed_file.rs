//! Temporary files without a name.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::random;

/// The tries to find a name that no other file has.
const TRIES: usize = 8;

/// Creates a file that only this process can open, and removes its name at once: the file is gone
/// when the process ends, however it ends.
pub(super) fn unnamed_file(folder: &Path) -> io::Result<File> {
    for _ in 1..TRIES {
        let path = new_path(folder);
        match create(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            created => return created,
        }
    }
    create(&new_path(folder))
}

fn new_path(folder: &Path) -> PathBuf {
    let random: [u8; 12] = random::bytes();
    folder.join(format!(".daemun-import-{}", hex::encode(random)))
}

fn create(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    fs::remove_file(path)?;
    Ok(file)
}
