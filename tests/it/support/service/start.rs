//! Ways to start a service.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;

use super::{super::database::Home, Service};

/// The longest start on a busy machine.
const START: Duration = Duration::from_secs(30);

impl Service {
    /// Starts a service with an empty database and fast hashes.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a service with further settings.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::try_start_in(&Home::new(), settings).expect("the service starts")
    }

    /// Starts a service with a SQLite file, for tests that are about files.
    pub fn start_on_a_file() -> Self {
        Self::start_on_a_file_with(&[])
    }

    /// Starts a service with a SQLite file and further settings.
    pub fn start_on_a_file_with(settings: &[(&str, &str)]) -> Self {
        Self::try_start_in(&Home::on_a_file(), settings).expect("the service starts")
    }

    /// Starts a service in a home, whose database may hold accounts. The error is its stderr.
    pub fn try_start_in(home: &Arc<Home>, settings: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = command_at(home, &owned(settings));
        command.arg("serve");
        Self::try_spawn(command, home, settings)
    }

    /// Starts a service with the test's own command, which runs `serve`. The error is its stderr.
    pub fn try_start(command: Command, home: &Arc<Home>) -> Result<Self, String> {
        Self::try_spawn(command, home, &[])
    }

    /// Starts a service on a SQLite file from a shell, after a command such as `umask 000`.
    pub fn start_after(preparation: &str, settings: &[(&str, &str)]) -> Self {
        let home = Home::on_a_file();
        let binary = command_at(&home, &owned(settings));
        let mut shell = Command::new("/bin/sh");
        shell
            .arg("-c")
            .arg(format!("{preparation}\nexec \"$0\" serve"))
            .arg(binary.get_program())
            .current_dir(home.path())
            .env_clear()
            .envs(
                binary
                    .get_envs()
                    .filter_map(|(name, value)| Some((name, value?))),
            )
            .stdin(Stdio::null());
        Self::try_spawn(shell, &home, settings).expect("the service starts")
    }

    /// Returns the binary's command in a folder, with a SQLite file, a free port and fast hashes.
    pub fn command_in(folder: &Path, settings: &[(&str, &str)]) -> Command {
        command(folder, &owned(settings))
    }

    /// Returns the binary's command in a home, with its database.
    pub fn command_at(home: &Home, settings: &[(&str, &str)]) -> Command {
        command_at(home, &owned(settings))
    }

    fn try_spawn(
        mut command: Command,
        home: &Arc<Home>,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        let settings = owned(settings);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (ready, is_ready) = mpsc::channel();
        let reader = read_log(child.stdout.take().unwrap(), Arc::clone(&log), ready);
        if let Ok(address) = is_ready.recv_timeout(START) {
            return Ok(Self {
                child,
                address,
                home: Arc::clone(home),
                settings,
                log,
                reader: Some(reader),
            });
        }
        let _ended = child.kill();
        let mut said = String::new();
        let mut stderr = child.stderr.take().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        child.wait().unwrap();
        Err(said)
    }
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

/// Returns the binary's command in a home, with its database.
pub(super) fn command_at(home: &Home, settings: &[(String, String)]) -> Command {
    let mut command = command(home.path(), settings);
    let is_named = settings.iter().any(|(name, _)| name == "DATABASE_URL");
    if !is_named && let Some(url) = home.postgres_url() {
        command.env("DATABASE_URL", url);
    }
    command
}

/// Returns the binary's command in a folder, without settings of this process, with fast hashes and
/// without limits.
pub fn command(folder: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
    command
        .current_dir(folder)
        .env_clear()
        .env("DAEMUN_LISTEN", "127.0.0.1:0")
        .env("DAEMUN_LOG_FORMAT", "json")
        .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
        .env("DAEMUN_BCRYPT_COST", "4")
        .env("DAEMUN_RATE_LIMITS", "off")
        .env("DAEMUN_CAPTCHA", "off")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null());
    command
}

/// Records the log and sends the address when the service is ready.
fn read_log(
    stdout: impl Read + Send + 'static,
    log: Arc<Mutex<String>>,
    ready: mpsc::Sender<SocketAddr>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let line = line.unwrap();
            let event: Value = serde_json::from_str(&line).expect("every log line is JSON");
            {
                let mut log = log.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
            // The test then finds every line up to this one in the log.
            if event["event"] == "service.ready" {
                // The test may have timed out.
                let _received = ready.send(event["address"].as_str().unwrap().parse().unwrap());
            }
        }
    })
}
