//! A service of the test's own: the built binary on a free port, in a folder that goes with it.

use std::{
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::{Value, json};

use super::{call::Call, home::Home, mailbox::Mailbox, sql::Sql};

/// A password that every rule allows. No log line may ever hold it.
pub const PASSWORD: &str = "Correct-Horse-7-battery";

/// How long a start may take on a busy machine before the test gives up on it.
const START: Duration = Duration::from_secs(30);

/// A running service.
pub struct Service {
    child: Child,
    address: SocketAddr,
    home: Arc<Home>,
    settings: Vec<(String, String)>,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

/// An account with the token of its first session.
pub struct Account {
    pub id: String,
    pub username: String,
    pub email: String,
    pub token: String,
    pub session_id: String,
}

impl Service {
    /// A service with an empty database and hashes that take no time.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further settings.
    pub fn start_with(settings: &[(&str, &str)]) -> Self {
        Self::try_start_in(&Home::new(), settings).expect("the service starts")
    }

    /// A service with a SQLite file, whatever the run is about: for tests of what only a file has.
    pub fn start_on_a_file() -> Self {
        Self::start_on_a_file_with(&[])
    }

    /// The same with further settings.
    pub fn start_on_a_file_with(settings: &[(&str, &str)]) -> Self {
        Self::try_start_in(&Home::on_a_file(), settings).expect("the service starts")
    }

    /// A service in a home whose database may hold accounts already; an error is what it said on stderr.
    pub fn try_start_in(home: &Arc<Home>, settings: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = command_at(home, &owned(settings));
        command.arg("serve");
        Self::try_spawn(command, home, settings)
    }

    /// A service by a command of the test's own that runs `serve` in this home; an error is what it said on stderr.
    pub fn try_start(command: Command, home: &Arc<Home>) -> Result<Self, String> {
        Self::try_spawn(command, home, &[])
    }

    /// The service on a SQLite file as the shell starts it after `preparation`, such as `umask 000`.
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

    /// The binary in a folder of the test's choice, with a file there, a free port and hashes that take no time.
    pub fn command_in(folder: &Path, settings: &[(&str, &str)]) -> Command {
        command(folder, &owned(settings))
    }

    /// The same in a home, with its database.
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

    /// Ends it without a warning, as a power cut would, and starts another in the same home.
    pub fn kill_and_restart(mut self) -> Self {
        self.kill();
        self.restart()
    }

    /// Stops it by SIGTERM and starts another in the same home.
    pub fn stop_and_restart(mut self) -> Self {
        self.stop();
        self.restart()
    }

    fn restart(self) -> Self {
        let settings: Vec<_> = self
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        Self::try_start_in(&self.home, &settings).expect("the service starts again")
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }

    /// SIGTERM; waits for the end.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.wait()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
    }

    /// Waits for its end, with all of its log read.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its origin, as a browser on this machine would write it.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    /// The folder that it runs in, and its database.
    pub fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// Its database as a stranger opens it.
    pub fn sql(&self) -> Sql {
        self.home.sql()
    }

    /// What stands in the mails that wait.
    pub fn mailbox(&self) -> Mailbox {
        self.home.mailbox()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Runs a subcommand in the same home with the same settings.
    pub fn command(&self) -> Command {
        command_at(&self.home, &self.settings)
    }

    /// A call of this method and path.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    /// Signs up as `name` with [`PASSWORD`].
    pub fn sign_up(&self, name: &str) -> Account {
        let email = format!("{name}@example.com");
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        let reply = self.post("/signup", &body).send().assert(201);
        let text = |pointer: &str| {
            reply
                .json
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        Account {
            id: text("/user/id"),
            username: name.to_owned(),
            token: text("/session/token"),
            session_id: text("/session/id"),
            email,
        }
    }

    /// Logs in with [`PASSWORD`]; the token.
    pub fn log_in(&self, identifier: &str) -> String {
        let body = json!({ "identifier": identifier, "password": PASSWORD });
        let reply = self.post("/login", &body).send().assert(200);
        reply.json["session"]["token"].as_str().unwrap().to_owned()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn owned(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings
        .iter()
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

/// The binary in a home, with its database; a file is where it is without a setting.
fn command_at(home: &Home, settings: &[(String, String)]) -> Command {
    let mut command = command(home.path(), settings);
    let is_named = settings.iter().any(|(name, _)| name == "DATABASE_URL");
    if !is_named && let Some(url) = home.postgres_url() {
        command.env("DATABASE_URL", url);
    }
    command
}

/// The binary in a folder, with none of this process's own settings, and with nothing that would slow a test down on purpose.
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

/// Keeps the log and tells the address when the service is ready.
fn read_log(
    stdout: impl Read + Send + 'static,
    log: Arc<Mutex<String>>,
    ready: mpsc::Sender<SocketAddr>,
) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines() {
            let line = line.unwrap();
            let event: Value = serde_json::from_str(&line).expect("every log line is JSON");
            if event["event"] == "service.ready" {
                // The test may have given up on it.
                let _told = ready.send(event["address"].as_str().unwrap().parse().unwrap());
            }
            let mut log = log.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    })
}
