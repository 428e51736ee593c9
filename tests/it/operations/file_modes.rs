//! A SQLite file whose owner and mode the platform sets: the service starts on it and warns if
//! other users can read it.

use std::{
    fs::{self, Permissions},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::Path,
};

use rustix::process::geteuid;
use serde_json::Value;

use crate::support::{Home, Service, or_skip};

const OWNER: u32 = 64_001;
const GROUP: u32 = 64_002;
const USER: u32 = 64_003;

/// Makes every file of a database accessible to the group, like a volume with `fsGroup`.
fn share(home: &Home) {
    let data = home.file().parent().unwrap().to_owned();
    let give = |path: &Path, mode| {
        chown(path, Some(OWNER), Some(GROUP)).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    };
    for entry in fs::read_dir(&data).unwrap() {
        give(&entry.unwrap().path(), 0o660);
    }
    give(&data, 0o2770);
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
}

/// Starts a service in this home as another user of the group. The binary is copied, because that
/// user may not be able to enter its folder.
fn start_as_member(home: &std::sync::Arc<Home>) -> Service {
    let binary = home.path().join("daemun");
    let usual = Service::command_at(home, &[]);
    if !binary.exists() {
        fs::copy(usual.get_program(), &binary).unwrap();
    }
    let mut command = std::process::Command::new(binary);
    command
        .arg("serve")
        .current_dir(home.path())
        .env_clear()
        .envs(
            usual
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .gid(GROUP)
        .uid(USER);
    Service::try_start(command, home).expect("the service starts")
}

fn warnings(service: &Service) -> Vec<Value> {
    let log = service.log();
    let events = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    events
        .filter(|event| event["event"] == "database.exposed")
        .collect()
}

#[test]
fn a_sqlite_file_of_another_user_in_the_group_is_served_with_one_warning() {
    if !or_skip(
        geteuid().is_root(),
        "only root can give a file to another user",
    ) {
        return;
    }
    let home = Home::on_a_file();
    let service = Service::try_start_in(&home, &[]).unwrap();
    let minji = service.sign_up("minji");
    // A killed service leaves its log and shared memory behind.
    drop(service);
    share(&home);

    let service = start_as_member(&home);
    service.get("/me").bearer(&minji.token).send().assert(200);
    service.sign_up("second");
    let reported = warnings(&service);
    assert_eq!(reported.len(), 1, "{reported:?}");
    let message = reported[0]["message"].as_str().unwrap();
    assert!(message.contains("user 64001 and group 64002"), "{message}");
    assert_eq!(reported[0]["level"], "WARN");

    // Files that this user created are open to the group, too. Another user of the group continues.
    drop(service);
    for name in ["data/daemun.db-wal", "data/daemun.db-shm"] {
        let mode = fs::metadata(home.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o660, "{name}");
    }
    let service = start_as_member(&home);
    service.log_in("second");
    // A command that root runs does not change the mode.
    let backup = home.path().join("data/backup.db");
    let mut command = service.command();
    let done = command
        .args(["database", "backup"])
        .arg(&backup)
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
    let mode = fs::metadata(home.file()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert_eq!(
        fs::metadata(backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn an_own_sqlite_file_that_others_can_read_is_made_private() {
    let home = Home::on_a_file();
    let service = Service::try_start_in(&home, &[]).unwrap();
    service.sign_up("minji");
    drop(service);
    let names = ["daemun.db", "daemun.db-wal", "daemun.db-shm"];
    let path = |name| home.file().with_file_name(name);
    for name in names {
        fs::set_permissions(path(name), Permissions::from_mode(0o666)).unwrap();
    }
    let service = Service::try_start_in(&home, &[]).unwrap();
    assert!(warnings(&service).is_empty());
    for name in names {
        let mode = fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}
