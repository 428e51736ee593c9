//! `daemun database backup`: an online backup into one file, and its restore.

use std::{
    fs,
    os::unix::fs::{FileExt, PermissionsExt},
    path::Path,
    process::Output,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use crate::support::{Home, Service};

fn back_up(service: &Service, file: &str) -> Output {
    let mut command = service.command();
    command.args(["database", "backup", file]).output().unwrap()
}

#[track_caller]
fn done(output: &Output) {
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[track_caller]
fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_restore_drill() {
    let service = Service::start_on_a_file();
    let before: Vec<_> = (0..20)
        .map(|number| service.sign_up(&format!("before{number}")))
        .collect();
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut number = 0;
            while !is_over.load(Ordering::Relaxed) {
                service.sign_up(&format!("meanwhile{number}"));
                number += 1;
            }
        });
        for round in 0..3 {
            done(&back_up(&service, &format!("backup{round}.db")));
        }
        is_over.store(true, Ordering::Relaxed);
    });
    for round in 0..3 {
        let restored = Home::on_a_file();
        fs::create_dir(restored.path().join("data")).unwrap();
        fs::copy(
            service.home().path().join(format!("backup{round}.db")),
            restored.path().join("data/daemun.db"),
        )
        .unwrap();
        let restored = Service::try_start_in(&restored, &[]).unwrap();
        restored.get("/readyz").send().assert(200);
        for account in &before {
            let me = restored.get("/me").bearer(&account.token).send();
            assert_eq!(me.assert(200).json["id"], account.id);
        }
        restored.log_in("before0");
        restored.sign_up("afterwards");
    }
}

#[test]
fn a_backup_is_private_and_overwrites_no_file() {
    let service = Service::start_on_a_file();
    let folder = service.home().path().join("backups");
    fs::create_dir(&folder).unwrap();
    done(&back_up(&service, "backups/first.db"));
    let first = folder.join("first.db");
    let mode = fs::metadata(&first).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let content = fs::read(&first).unwrap();
    service.sign_up("minji");
    let reported = refused(&back_up(&service, "backups/first.db"));
    assert!(reported.contains("exists already"), "{reported}");
    assert_eq!(reported.lines().count(), 1);
    assert_eq!(fs::read(&first).unwrap(), content);
    std::os::unix::fs::symlink("nowhere", folder.join("link.db")).unwrap();
    refused(&back_up(&service, "backups/link.db"));
    assert_eq!(names(&folder), ["first.db", "link.db"], "and nothing else");
    // SQLite would read this name as a URI.
    done(&back_up(&service, "file:odd?name#.db"));
    assert!(service.home().path().join("file:odd?name#.db").exists());
}

#[test]
fn a_failed_backup_leaves_no_file() {
    let mut service = Service::start_on_a_file();
    service.sign_up("minji");
    let folder = service.home().path().to_owned();
    let reported = refused(&back_up(&service, "nowhere/backup.db"));
    assert!(reported.contains("nowhere/backup.db"), "{reported}");
    service.stop();
    // All but the first page, so that the file still looks like a database.
    let file = fs::OpenOptions::new()
        .write(true)
        .open(service.home().file())
        .unwrap();
    let rest = usize::try_from(file.metadata().unwrap().len() - 4096).unwrap();
    file.write_all_at(&vec![0xa5; rest], 4096).unwrap();
    let reported = refused(&back_up(&service, "backup.db"));
    assert!(reported.contains("malformed"), "{reported}");
    fs::remove_file(service.home().file()).unwrap();
    let reported = refused(&back_up(&service, "backup.db"));
    assert!(reported.contains("there is no database at /"), "{reported}");
    assert_eq!(names(&folder), ["data"]);
    assert!(!service.home().file().exists());
}

#[test]
fn for_postgresql_the_command_names_the_alternative() {
    let folder = tempfile::tempdir().unwrap();
    let url = "postgres://minji:hunter2@127.0.0.1:1/none";
    let mut command = Service::command_in(folder.path(), &[("DATABASE_URL", url)]);
    let output = command.args(["database", "backup", "backup.db"]).output();
    let reported = refused(&output.unwrap());
    assert!(reported.contains("pg_dump") && reported.contains("pg_restore"));
    assert!(
        reported.lines().count() <= 2 && !reported.contains("hunter2"),
        "{reported}"
    );
    assert!(names(folder.path()).is_empty());
}
