//! The binary as a person or an orchestrator meets it: subcommands, exit codes and what it says when it cannot start.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::{Call, Service};

/// A start that cannot be is told and not waited with; generous, for machines that do much else.
const AT_ONCE: Duration = Duration::from_secs(30);

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// One clear line on stderr, in time, and this exit code.
#[track_caller]
fn refused(mut command: Command, code: i32) -> String {
    let started = Instant::now();
    let refused = command.output().unwrap();
    assert!(started.elapsed() < AT_ONCE, "{:?}", started.elapsed());
    assert_eq!(refused.status.code(), Some(code), "{refused:?}");
    let told = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    for unwanted in ["panicked", "RUST_BACKTRACE", "Error(", "timed out waiting"] {
        assert!(!told.contains(unwanted), "{told}");
    }
    told.strip_prefix("daemun: ")
        .expect("it says who speaks")
        .to_owned()
}

fn serve(folder: &Path, settings: &[(&str, &str)]) -> Command {
    let mut command = Service::command_in(folder, settings);
    command.arg("serve");
    command
}

#[test]
fn it_serves_without_settings() {
    let folder = tempfile::tempdir().unwrap();
    // Port 0 is all that is set: the default belongs to whoever runs the tests.
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
fn people_are_greeted_in_a_few_calm_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = serve(
        folder.path(),
        &[("DAEMUN_LOG_FORMAT", "text"), ("DAEMUN_LOG", "warn")],
    );
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut greeting = String::new();
    while !greeting.ends_with("daemun.db\n\n") {
        let mut byte = [0; 1];
        out.read_exact(&mut byte).unwrap();
        greeting.push(char::from(byte[0]));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let lines: Vec<_> = greeting.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 4, "{greeting}");
    assert!(lines[0].ends_with(" is ready"));
    assert!(lines[1].contains("http://127.0.0.1:"));
    assert!(lines[2].ends_with("/swagger-ui/"));
    assert!(lines[3].ends_with("sqlite://data/daemun.db"));
}

#[test]
fn it_tells_its_version_and_its_commands() {
    let folder = tempfile::tempdir().unwrap();
    let version = run(Service::command_in(folder.path(), &[]).arg("--version"));
    assert!(version.status.success());
    let expected = format!("daemun {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(version.stdout).unwrap(), expected);

    let help = run(Service::command_in(folder.path(), &[]).arg("--help"));
    let help = String::from_utf8(help.stdout).unwrap();
    for command in ["serve", "migrate", "openapi", "healthcheck", "user"] {
        assert!(help.contains(&format!("\n  {command} ")), "{help}");
    }
    for unknown in [&["sevre"][..], &["--sevre"], &["user"], &["user", "forget"]] {
        let told = run(Service::command_in(folder.path(), &[]).args(unknown));
        assert_eq!(told.status.code(), Some(2), "{unknown:?}: {told:?}");
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn migrate_makes_the_database_and_may_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    for _time in 0..2 {
        let done = run(Service::command_in(folder.path(), &[]).arg("migrate"));
        assert!(done.status.success(), "{done:?}");
        let told = String::from_utf8(done.stdout).unwrap();
        assert_eq!(told, "sqlite://data/daemun.db is up to date\n");
        assert!(
            done.stderr.is_empty(),
            "{:?}",
            String::from_utf8(done.stderr)
        );
    }
    assert!(folder.path().join("data/daemun.db").is_file());
}

#[test]
fn openapi_prints_the_document_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(Service::command_in(folder.path(), &[]).arg("openapi"));
    assert!(printed.status.success());
    let document: serde_json::Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert!(document["paths"]["/signup"]["post"].is_object());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_reader_that_went_away_is_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Service::command_in(folder.path(), &[])
        .arg("openapi")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let told = refused(serve(folder.path(), &[("DAEMUN_LISTEN", &address)]), 1);
    assert!(
        told.starts_with(&format!("cannot listen on {address}: ")),
        "{told}"
    );
}

#[test]
fn an_address_of_another_machine_is_told() {
    let folder = tempfile::tempdir().unwrap();
    // TEST-NET-1 (RFC 5737) is nobody's.
    let told = refused(
        serve(folder.path(), &[("DAEMUN_LISTEN", "192.0.2.1:8080")]),
        1,
    );
    assert!(
        told.starts_with("cannot listen on 192.0.2.1:8080: "),
        "{told}"
    );
}

#[test]
fn a_database_that_cannot_be_is_told() {
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
        // Its folder is a file: not even root can make it.
        ("sqlite://file/daemun.db", "cannot open file/daemun.db: "),
        ("sqlite://folder", "cannot open folder: "),
        ("sqlite:///proc/daemun.db", "cannot open /proc/daemun.db: "),
        ("sqlite://letter.db", "file is not a database"),
    ] {
        for command in ["serve", "migrate"] {
            let mut command_line = Service::command_in(folder.path(), &[("DATABASE_URL", url)]);
            command_line.arg(command);
            let told = refused(command_line, 1);
            assert!(told.contains(reason), "{command} {url}: {told}");
        }
    }
    let letter = fs::read_to_string(path("letter.db")).unwrap();
    assert!(
        letter.starts_with("Dear reader"),
        "what is not ours is left alone"
    );
}

#[test]
fn a_path_with_letters_of_its_own_meaning_is_just_a_path() {
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

#[test]
fn healthcheck_is_the_readiness_of_the_service() {
    let folder = tempfile::tempdir().unwrap();
    let healthcheck = |listen: &str| {
        let mut command = Service::command_in(folder.path(), &[("DAEMUN_LISTEN", listen)]);
        command.arg("healthcheck");
        command
    };
    let service = Service::start();
    let ready = run(&mut healthcheck(&service.address().to_string()));
    assert!(ready.status.success(), "{ready:?}");
    assert!(ready.stdout.is_empty() && ready.stderr.is_empty());
    let everywhere = format!("0.0.0.0:{}", service.address().port());
    assert!(run(&mut healthcheck(&everywhere)).status.success());

    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let told = refused(healthcheck(&nobody.to_string()), 1);
    assert!(
        told.starts_with(&format!("{nobody} did not answer: ")),
        "{told}"
    );

    service.home().hide_database();
    let told = refused(healthcheck(&service.address().to_string()), 1);
    assert!(
        told.contains("did not answer") || told.contains(" 503"),
        "{told}"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        0,
        "it touches no database"
    );
}

#[test]
fn healthcheck_waits_for_nobody() {
    for silence in [&b""[..], b"HTTP/1.1 503 ", b"HTTP/1.1 2"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let answering = thread::spawn(move || {
            let (mut stream, _peer) = listener.accept().unwrap();
            stream.write_all(silence).unwrap();
            // Until it hangs up, in order or not.
            let _hung_up = stream.read_to_end(&mut Vec::new());
        });
        let mut command =
            Service::command_in(folder.path(), &[("DAEMUN_LISTEN", &address.to_string())]);
        command.arg("healthcheck");
        refused(command, 1);
        answering.join().unwrap();
    }
}

#[test]
fn tune_recommends_the_highest_cost_within_the_target() {
    let folder = tempfile::tempdir().unwrap();
    for (target, cost) in [("0", "10"), ("600000", "14")] {
        let mut command = Service::command_in(folder.path(), &[]);
        let told = command
            .args(["tune", "--target", &format!("{target}ms")])
            .output()
            .unwrap();
        assert!(told.status.success());
        let told = String::from_utf8(told.stdout).unwrap();
        let advice = format!("for a log-in within {target} ms: DAEMUN_BCRYPT_COST={cost}");
        assert_eq!(told.lines().last(), Some(advice.as_str()), "{told}");
        assert_eq!(told.lines().filter(|line| line.ends_with('x')).count(), 5);
    }
    assert!(!folder.path().join("data").exists(), "it needs no database");
}
