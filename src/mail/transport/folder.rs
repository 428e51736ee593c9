//! The transport that writes each message into a folder, as one file.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::{blocking, domain::account::ids::MessageId, mail::error::SendError};

/// Writes a message to `<id>.eml`, which appears complete or not at all and is readable by its
/// owner alone. A message that is sent again overwrites its file.
pub(super) async fn send(folder: &Path, id: MessageId, mail: Vec<u8>) -> Result<String, SendError> {
    let folder = folder.to_owned();
    let written = blocking::run(move || write(&folder, id, &mail)).await;
    let path = written
        .unwrap_or_else(|interrupted| Err(io::Error::other(interrupted)))
        .map_err(|error| SendError::io("writing the file", &error))?;
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
