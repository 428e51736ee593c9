//! Readiness on a disk that is really full: a small file system of the service's own.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::support::{PASSWORD, Service, or_skip, wait_until};

/// Mounts a file system of 4 MiB where the database goes to be, in a mount namespace of the service's own, and starts it there.
const ON_A_SMALL_DISK: &str = r#"mkdir data
exec unshare --map-root-user --mount /bin/sh -c 'mount -t tmpfs -o size=4m none data && exec "$0" serve' "$0""#;

fn can_mount() -> bool {
    let mut command = Command::new("unshare");
    let mounting = [
        "--map-root-user",
        "--mount",
        "mount",
        "-t",
        "tmpfs",
        "none",
        "/mnt",
    ];
    command
        .args(mounting)
        .output()
        .is_ok_and(|done| done.status.success())
}

/// Where the service's own view of its folder is seen from outside.
fn disk(service: &Service) -> PathBuf {
    let folder = service.home().path().strip_prefix("/").unwrap();
    Path::new("/proc")
        .join(service.pid().to_string())
        .join("root")
        .join(folder)
        .join("data")
}

/// Writes into a file until there is no room.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}
}

fn readiness(service: &Service) -> u16 {
    service.get("/readyz").send().status
}

#[test]
fn a_full_disk_of_sqlite_is_not_ready_all_the_while() {
    if !or_skip(can_mount(), "this machine lets no test mount a file system") {
        return;
    }
    let service = Service::start_after(ON_A_SMALL_DISK, &[]);
    let minji = service.sign_up("minji");
    assert_eq!(readiness(&service), 200);

    let ballast = disk(&service).join("ballast");
    fill(&ballast);
    // Nothing has failed yet.
    assert_eq!(readiness(&service), 503);
    let mut refused = 0;
    for number in 0..20 {
        // Some of these still find room in the log, most do not.
        service
            .post(
                "/login",
                &json!({ "identifier": "minji", "password": "wrong" }),
            )
            .send();
        let name = format!("name{number}");
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        refused += usize::from(service.post("/signup", &body).send().status == 503);
        assert_eq!(readiness(&service), 503, "after {number} signups");
    }
    assert!(refused > 0, "the disk was full");
    service.get("/me").bearer(&minji.token).send().assert(200);

    fs::remove_file(ballast).unwrap();
    wait_until(|| readiness(&service) == 200);
    service.sign_up("later");
}
