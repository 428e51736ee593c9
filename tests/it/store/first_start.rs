//! First starts on an empty database: concurrent, repeated and killed ones.

use std::{
    fs,
    io::Read,
    path::Path,
    process::{Child, Stdio},
    thread,
};

use crate::support::{Home, Service, at_once};

#[test]
fn many_processes_start_on_one_empty_database() {
    let home = Home::new();
    let start = || Service::try_start_in(&home, &[]).unwrap();
    let services = at_once([start; 6]);
    let migrated = services
        .iter()
        .filter(|service| service.log().contains("database.migrated"))
        .count();
    assert_eq!(migrated, 1);
    let minji = services[0].sign_up("minji");
    for service in &services {
        service.get("/me").bearer(&minji.token).send().assert(200);
    }
}

#[test]
fn a_second_start_runs_no_migration() {
    let service = Service::start();
    assert!(service.log().contains("database.migrated"));
    let service = service.stop_and_restart();
    assert!(!service.log().contains("database.migrated"));
}

/// The moment of a first start at which the process is killed.
#[derive(Debug)]
enum Moment {
    /// As soon as the process exists.
    Spawned,
    /// As soon as a file of this name is in the folder.
    File(&'static str),
    /// As soon as the database is this large.
    Size(u64),
    /// As soon as a line is logged.
    Logged,
}

#[test]
fn a_first_start_on_sqlite_killed_at_any_moment_can_be_repeated() {
    const MOMENTS: [Moment; 10] = [
        Moment::Spawned,
        Moment::File("data"),
        Moment::File("data/daemun.db"),
        Moment::Size(1),
        Moment::File("data/daemun.db-wal"),
        Moment::File("data/daemun.db-shm"),
        Moment::File("data/daemun.db-wal"),
        Moment::Size(4097),
        Moment::Logged,
        Moment::Logged,
    ];
    for moment in &MOMENTS {
        let folder = Home::on_a_file();
        for _cut_short in 0..2 {
            let mut child = Service::command_in(folder.path(), &[])
                .stdout(Stdio::piped())
                // The reader of its log may see the end before the process has ended.
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            await_moment(moment, &mut child, folder.path());
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let service = Service::try_start_in(&folder, &[])
            .unwrap_or_else(|reported| panic!("killed at {moment:?}: {reported}"));
        let minji = service.sign_up("minji");
        service.get("/me").bearer(&minji.token).send().assert(200);
        service.get("/readyz").send().assert(200);
    }
}

/// Waits until the moment has come, or until the first line is logged. By then the database is
/// migrated and all moments are past.
fn await_moment(moment: &Moment, child: &mut Child, folder: &Path) {
    let mut log = child.stdout.take().unwrap();
    let first = thread::spawn(move || log.read(&mut [0; 1]).unwrap());
    let database = folder.join("data/daemun.db");
    let has_come = || match moment {
        Moment::Spawned => true,
        Moment::File(name) => folder.join(name).exists(),
        Moment::Size(least) => fs::metadata(&database).is_ok_and(|file| file.len() >= *least),
        Moment::Logged => false,
    };
    while !has_come() && !first.is_finished() {
        thread::sleep(std::time::Duration::from_micros(100));
    }
}
