//! PostgreSQL servers of a test's own, for tests that end them: `tests/postgres/server` makes, starts and stops them.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use super::postgres::is_run_on_postgres_or_skip;

/// A server, or a pooler before one, in a folder of its own.
pub struct PostgresServer {
    folder: TempDir,
    url: String,
}

impl PostgresServer {
    /// A running one with these settings, where the run is on PostgreSQL.
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

    /// One that was never started; its [`url`](Self::url) is known already.
    pub fn stopped() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let url = format!("postgres:///postgres?host={at}&port=5432&user=daemun");
        Self { folder, url }
    }

    /// A standby of this server.
    pub fn standby(&self) -> Self {
        let standby = Self::stopped();
        standby.run("follow", &[self.folder()]);
        standby
    }

    /// A pooler in transaction mode before this server.
    pub fn pooler(&self, settings: &[&str]) -> Self {
        let mut pooler = Self::stopped();
        let folder = self.folder();
        pooler.url = pooler.run("pool", &[&[folder], settings].concat());
        pooler
    }

    /// Starts it.
    pub fn start_again(&mut self, settings: &[&str]) {
        let settings: Vec<_> = settings.iter().flat_map(|one| ["-c", one]).collect();
        let usual = ["-c", "fsync=off"];
        self.url = self.run("start", &[&usual, &settings[..]].concat());
    }

    /// Ends it at once, as a crash would.
    pub fn crash(&self) {
        self.run("stop", &["immediate"]);
    }

    /// Lets a standby take writes.
    pub fn promote(&self) {
        self.run("promote", &[]);
    }

    /// What `DATABASE_URL` names its only database by.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where its socket is.
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
        // It may have been ended before.
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres/server");
        let _ended = Command::new(script)
            .arg("stop")
            .arg(self.folder.path())
            .arg("immediate")
            .output();
    }
}
