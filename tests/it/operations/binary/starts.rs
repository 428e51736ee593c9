//! Starts of the service, and the messages of failed ones.

use std::{
    fs,
    io::Read,
    net::TcpListener,
    process::{Command, Stdio},
};

use super::{refused, run, serve};
use crate::support::{Call, Service};

#[test]
fn serve_needs_no_settings() {
    let folder = tempfile::tempdir().unwrap();
    // The test sets only port 0, because the default port may be in use.
    let mut child = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .current_dir(&folder)
        .env_clear()
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = std::io::BufReader::new(child.stdout.take().unwrap());
    let address = loop {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut log, &mut line).unwrap();
        let event: serde_json::Value = serde_json::from_str(&line).unwrap();
        if event["event"] == "service.ready" {
            break event["address"].as_str().unwrap().parse().unwrap();
        }
    };
    Call::new(address, "GET", "/readyz").send().assert(200);
    assert!(folder.path().join("data/daemun.db").is_file());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_text_banner_says_what_is_there_and_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(
        folder.path(),
        &[("DAEMUN_LOG_FORMAT", "text"), ("DAEMUN_LOG", "error")],
    );
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut greeting = String::new();
    while !(greeting.contains("Mail") && greeting.ends_with("\n\n")) {
        let mut byte = [0; 1];
        out.read_exact(&mut byte).unwrap();
        greeting.push(char::from(byte[0]));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let lines: Vec<_> = greeting.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 5, "{greeting}");
    assert!(lines[0].ends_with(" is ready"));
    assert!(lines[1].contains("http://127.0.0.1:"));
    assert!(lines[2].ends_with("/swagger-ui/"));
    let file = folder.path().canonicalize().unwrap().join("data/daemun.db");
    assert!(lines[3].ends_with(&format!("sqlite://{}", file.display())));
    assert!(lines[4].ends_with("not configured: set DAEMUN_MAIL_URL"));
}

#[test]
fn a_start_without_rate_limits_is_warned_of() {
    for (switch, is_warned) in [("off", true), ("on", false)] {
        let service = Service::start_with(&[("DAEMUN_RATE_LIMITS", switch)]);
        let log = service.log();
        let warning = log
            .lines()
            .find(|line| line.contains("DAEMUN_RATE_LIMITS is off"));
        assert_eq!(warning.is_some(), is_warned, "{log}");
        assert!(warning.is_none_or(|line| line.contains("WARN")), "{log}");
    }
}

#[test]
fn a_port_in_use_is_reported() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let reported = refused(serve(folder.path(), &[("DAEMUN_LISTEN", &address)]), 1);
    assert!(
        reported.starts_with(&format!("cannot listen on {address}: ")),
        "{reported}"
    );
}

#[test]
fn an_address_of_another_machine_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    // No machine has an address of TEST-NET-1 (RFC 5737).
    let reported = refused(
        serve(folder.path(), &[("DAEMUN_LISTEN", "192.0.2.1:8080")]),
        1,
    );
    assert!(
        reported.starts_with("cannot listen on 192.0.2.1:8080: "),
        "{reported}"
    );
}

#[test]
fn a_database_that_cannot_be_opened_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("file"), "").unwrap();
    fs::create_dir(path("folder")).unwrap();
    fs::write(
        path("letter.db"),
        "Dear reader, this is no database.\n".repeat(100),
    )
    .unwrap();
    for (url, reason) in [
        // The folder is a file, so not even root can create the database.
        ("sqlite://file/daemun.db", "cannot open file/daemun.db: "),
        ("sqlite://folder", "cannot open folder: "),
        ("sqlite:///proc/daemun.db", "cannot open /proc/daemun.db: "),
        ("sqlite://letter.db", "file is not a database"),
    ] {
        for command in ["serve", "migrate"] {
            let mut command_line = Service::command_in(folder.path(), &[("DATABASE_URL", url)]);
            command_line.arg(command);
            let reported = refused(command_line, 1);
            assert!(reported.contains(reason), "{command} {url}: {reported}");
        }
    }
    let letter = fs::read_to_string(path("letter.db")).unwrap();
    assert!(
        letter.starts_with("Dear reader"),
        "what is not ours is left alone"
    );
}

#[test]
fn special_characters_in_a_path_have_no_meaning() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "한글 폴더/계정.db",
        "50%3f.db",
        "a%b&c.db",
        "-x.db",
        "./dot/../dots.db",
    ] {
        let url = format!("sqlite://{name}");
        let mut command = Service::command_in(folder.path(), &[("DATABASE_URL", &url)]);
        let done = run(command.arg("migrate"));
        assert!(done.status.success(), "{name}: {done:?}");
        assert!(
            folder.path().join(name).metadata().unwrap().len() > 0,
            "{name}"
        );
    }
}
