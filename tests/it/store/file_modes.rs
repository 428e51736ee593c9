//! The modes of new and existing SQLite files.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::support::Service;

#[test]
fn sqlite_files_are_private_whatever_the_umask() {
    for umask in ["000", "077", "022"] {
        let service = Service::start_after(&format!("umask {umask}"), &[]);
        service.sign_up("minji");
        let mode = |name: &str| {
            let path = service.home().path().join(name);
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("data"), 0o700, "umask {umask}");
        for name in ["daemun.db", "daemun.db-wal", "daemun.db-shm"] {
            assert_eq!(
                mode(&format!("data/{name}")),
                0o600,
                "{name} under umask {umask}"
            );
        }
    }
}

#[test]
fn a_readable_sqlite_file_is_made_private() {
    let service = Service::start_on_a_file();
    fs::set_permissions(service.home().file(), fs::Permissions::from_mode(0o644)).unwrap();
    let service = service.stop_and_restart();
    let mode = fs::metadata(service.home().file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
