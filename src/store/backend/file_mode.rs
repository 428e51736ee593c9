//! The permissions of the files of a SQLite database.

use std::{
    ffi::OsString,
    fs::{self, Permissions},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use rustix::process::geteuid;

/// The permission bits of a file's group, and of everyone else.
const GROUP: u32 = 0o070;
const EVERYONE: u32 = 0o007;

/// Makes a database readable by its owner alone. Warns of other readers if that fails: the platform
/// may decide owner and mode (the `fsGroup` of a pod, a restored volume, a file system without
/// modes).
///
/// SQLite gives its log and shared memory the mode of the database when it creates them. They
/// follow the database here too: in a group that shares the database, a log that only one user can
/// open would stop the service of the others.
pub(crate) fn restrict(database: &Path) -> io::Result<()> {
    if let Some(readers) = readers_left(database)? {
        warn(database, &readers);
        return Ok(());
    }
    for suffix in ["-wal", "-shm"] {
        let mut name = OsString::from(database);
        name.push(suffix);
        let companion = PathBuf::from(name);
        match readers_left(&companion) {
            Ok(Some(readers)) => warn(&companion, &readers),
            Ok(None) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Restricts a file of the current user to its owner. Returns who else can still read or write it.
/// A file of another user stays unchanged: root, in a command beside the service, would lock the
/// service out.
fn readers_left(path: &Path) -> io::Result<Option<String>> {
    let file = fs::metadata(path)?;
    if file.mode() & (GROUP | EVERYONE) == 0 {
        return Ok(None);
    }
    if file.uid() == geteuid().as_raw() {
        // Some file systems refuse and others change nothing without an error, so the mode
        // afterwards counts.
        let _refused = fs::set_permissions(path, Permissions::from_mode(0o600));
    }
    let file = fs::metadata(path)?;
    let readers = match (file.mode() & GROUP, file.mode() & EVERYONE) {
        (0, 0) => return Ok(None),
        (_, 0) => format!("user {} and group {}", file.uid(), file.gid()),
        (_, _) => String::from("every user of this machine"),
    };
    Ok(Some(readers))
}

fn warn(file: &Path, readers: &str) {
    tracing::warn!(
        event = "database.exposed",
        file = %file.display(),
        "{readers} can read this database file, and this process cannot change its mode"
    );
}
