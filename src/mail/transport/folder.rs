//! Mail into a folder, a file a message, for whatever picks it up; it must not know what is in it.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::{blocking, domain::account::ids::MessageId, mail::Failure};

/// Keeps a message as `<id>.eml`, which appears with all of it or not at all and is for its owner's eyes alone. A message that
/// is sent again takes its own place.
pub(crate) async fn keep(folder: &Path, id: MessageId, mail: Vec<u8>) -> Result<String, Failure> {
    let folder = folder.to_owned();
    let kept = blocking::run(move || write(&folder, id, &mail)).await;
    let path = kept
        .unwrap_or_else(|interrupted| Err(io::Error::other(interrupted)))
        .map_err(|error| Failure::of_io("writing the file", &error))?;
    Ok(format!("it is in {}", path.display()))
}

fn write(folder: &Path, id: MessageId, mail: &[u8]) -> io::Result<PathBuf> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = folder.join(format!("{id}.eml"));
    let part = folder.join(format!(".{id}.part"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)?;
    file.write_all(mail)?;
    file.sync_all()?;
    fs::rename(&part, &path)?;
    Ok(path)
}
