//! A service of one test: the built binary on a free port, in its own folder.

mod start;

use std::{
    net::SocketAddr,
    process::{Child, Command, ExitStatus},
    sync::{Arc, Mutex},
    thread::JoinHandle,
};

use serde_json::{Value, json};

use super::{Call, Home, database::Sql, mail::Mailbox};

/// A password that every rule accepts. No log line may ever contain it.
pub const PASSWORD: &str = "Correct-Horse-7-battery";

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
    /// Kills the service, like a power cut, and starts another in the same home.
    pub fn kill_and_restart(mut self) -> Self {
        self.kill();
        self.restart()
    }

    /// Stops the service by SIGTERM and starts another in the same home.
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

    /// Sends SIGKILL and waits for the end.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }

    /// Sends SIGTERM and waits for the end.
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

    /// Waits for the end of the process and of its log.
    pub fn wait(&mut self) -> ExitStatus {
        let status = self.child.wait().unwrap();
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        status
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the service's origin, as a browser on this machine writes it.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.address.port())
    }

    pub fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// Opens a test's own connection to the database.
    pub fn sql(&self) -> Sql {
        self.home.sql()
    }

    /// Returns the contents of waiting mails.
    pub fn mailbox(&self) -> Mailbox {
        self.home.mailbox()
    }

    /// Returns the log so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Returns the binary's command in the same home with the same settings.
    pub fn command(&self) -> Command {
        start::command_at(&self.home, &self.settings)
    }

    /// Returns the address of the admin listener, as the log of the start has it.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        let log = self.log();
        let lines = log.lines().map(|line| serde_json::from_str(line).unwrap());
        let mut ready = lines.filter(|line: &Value| line["event"] == "service.ready");
        let address = ready.next_back().unwrap()["admin"]
            .as_str()
            .map(str::to_owned)?;
        Some(address.parse().unwrap())
    }

    /// Returns a call of the admin listener.
    pub fn admin(&self, method: &str, path: &str) -> Call {
        Call::new(self.admin_address().unwrap(), method, path).of_admin()
    }

    /// Returns a call of this method and path.
    pub fn call(&self, method: &str, path: &str) -> Call {
        Call::new(self.address, method, path)
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    /// Confirms a session with [`PASSWORD`].
    #[track_caller]
    pub fn confirm(&self, token: &str) {
        let call = self.post("/me/confirm", &json!({ "password": PASSWORD }));
        call.bearer(token).send().assert(204);
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

    /// Logs in with [`PASSWORD`]. Returns the token.
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
