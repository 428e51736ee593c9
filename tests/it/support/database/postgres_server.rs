//! PostgreSQL servers for tests that crash them. `tests/postgres/server` creates, starts and stops
//! the servers.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use super::postgres::is_run_on_postgres_or_skip;

/// A server, or a pooler in front of one, in its own folder.
pub struct PostgresServer {
    folder: TempDir,
    url: String,
}

impl PostgresServer {
    /// Starts a server with these settings. Skips the test unless the run is on PostgreSQL.
    pub fn start_or_skip(settings: &[&str]) -> Option<Self> {
        if !is_run_on_postgres_or_skip() {
            return None;
        }
        Some(Self::start(settings))
    }

    fn start(settings: &[&str]) -> Self {
        let mut server = Self::stopped();
        server.start_again(settings);
        server
    }

    /// Returns a server that was never started. Its [`url`](Self::url) is known already.
    pub fn stopped() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let url = format!("postgres:///postgres?host={at}&port=5432&user=daemun");
        Self { folder, url }
    }

    /// Starts a standby of this server.
    pub fn standby(&self) -> Self {
        let standby = Self::stopped();
        standby.run("follow", &[self.folder()]);
        standby
    }

    /// Starts a pooler in transaction mode in front of this server.
    pub fn pooler(&self, settings: &[&str]) -> Self {
        let mut pooler = Self::stopped();
        let folder = self.folder();
        pooler.url = pooler.run("pool", &[&[folder], settings].concat());
        pooler
    }

    /// Starts the stopped server.
    pub fn start_again(&mut self, settings: &[&str]) {
        let settings: Vec<_> = settings.iter().flat_map(|one| ["-c", one]).collect();
        let usual = ["-c", "fsync=off"];
        self.url = self.run("start", &[&usual, &settings[..]].concat());
    }

    /// Ends the server at once, like a crash.
    pub fn crash(&self) {
        self.run("stop", &["immediate"]);
    }

    /// Lets a standby accept writes.
    pub fn promote(&self) {
        self.run("promote", &[]);
    }

    /// Returns the `DATABASE_URL` of its only database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the folder of its socket.
    pub fn folder(&self) -> &str {
        self.folder.path().to_str().unwrap()
    }

    fn run(&self, command: &str, arguments: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/server");
        let done = Command::new(script)
            .arg(command)
            .arg(self.folder.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(done.status.success(), "{command}: {done:?}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // The server may have been stopped before.
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/server");
        let _ended = Command::new(script)
            .arg("stop")
            .arg(self.folder.path())
            .arg("immediate")
            .output();
    }
}
