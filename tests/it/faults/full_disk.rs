//! Readiness on a full disk: a small file system that only the service sees.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;

use crate::support::{PASSWORD, Service, or_skip, wait_until};

/// Mounts a file system of 4 MiB at the database's folder, in the service's own mount namespace.
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

/// Returns the path under which the service's mount namespace is visible from outside.
fn disk(service: &Service) -> PathBuf {
    let folder = service.home().path().strip_prefix("/").unwrap();
    Path::new("/proc")
        .join(service.pid().to_string())
        .join("root")
        .join(folder)
        .join("data")
}

/// Writes into a file until the disk is full.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}
}

fn readiness(service: &Service) -> u16 {
    service.get("/readyz").send().status
}

#[test]
fn the_service_is_unready_while_the_sqlite_disk_is_full() {
    if !or_skip(can_mount(), "this machine lets no test mount a file system") {
        return;
    }
    let service = Service::start_after(ON_A_SMALL_DISK, &[]);
    let minji = service.sign_up("minji");
    assert_eq!(readiness(&service), 200);

    let ballast = disk(&service).join("ballast");
    fill(&ballast);
    // No write has failed yet.
    assert_eq!(readiness(&service), 503);
    let (mut refused, mut tokens) = (0, Vec::new());
    for number in 0..20 {
        // Some of these writes still fit into the write-ahead log, most do not.
        service
            .post(
                "/login",
                &json!({ "identifier": "minji", "password": "wrong" }),
            )
            .send();
        let name = format!("name{number}");
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        let reply = service.post("/signup", &body).send();
        match reply.status {
            503 => refused += 1,
            _ => tokens.push(reply.assert(201).token()),
        }
        assert_eq!(readiness(&service), 503, "after {number} signups");
    }
    assert!(refused > 0, "the disk was full");
    service.get("/me").bearer(&minji.token).send().assert(200);

    fs::remove_file(ballast).unwrap();
    wait_until(|| readiness(&service) == 200);
    service.sign_up("later");
    // Each signup that was acknowledged has its event.
    for token in tokens {
        let listed = service.get("/me/events").bearer(&token).send().assert(200);
        assert_eq!(listed.json["events"][0]["type"], "user.signed_up");
    }
}
