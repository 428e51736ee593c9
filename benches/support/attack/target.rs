//! The release binary under attack, with its CPU time and memory.

use std::{fs, process::Command};

use serde_json::json;
use tempfile::TempDir;
use ureq::Agent;

use super::{super::server::Server, client};

/// The release binary as a process.
pub struct Target {
    server: Server,
    agent: Agent,
    _folder: TempDir,
}

impl Target {
    /// Starts the binary with rate limits and these settings.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut binary = Command::new(env!("CARGO_BIN_EXE_daemun"));
        binary
            .env_clear()
            .env("DAEMUN_RATE_LIMITS", "on")
            .env("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")
            .envs(settings.iter().copied());
        Self {
            server: Server::start(binary, folder.path()),
            agent: client::agent(),
            _folder: folder,
        }
    }

    /// Creates an account.
    pub fn sign_up(&self, name: &str) {
        let body = json!({
            "username": name,
            "email": format!("{name}@example.com"),
            "password": "Correct-Horse-7-battery",
        });
        let url = format!("http://{}/signup", self.server.address);
        let response = self.agent.post(url).send_json(&body);
        assert_eq!(response.unwrap().status(), 201);
    }

    /// Sends a login with a wrong password. Returns the status.
    pub fn log_in(&self, forwarded: &str, identifier: &str) -> u16 {
        client::log_in(&self.agent, self.server.address, forwarded, identifier)
    }

    /// Returns the CPU time per call in milliseconds. Each call must return `status`.
    pub fn cost(&self, times: u32, status: u16, call: impl Fn(u32) -> u16) -> f64 {
        let before = self.cpu_time();
        for number in 0..times {
            assert_eq!(call(number), status);
        }
        (self.cpu_time() - before) / f64::from(times)
    }

    /// Returns the CPU time so far in milliseconds, in steps of 10 (proc(5)).
    fn cpu_time(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.server.process.id())).unwrap();
        let fields = stat.rsplit(')').next().unwrap();
        let ticks: Vec<f64> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse().unwrap())
            .collect();
        (ticks[0] + ticks[1]) * 10.0
    }

    /// Returns the resident memory in MiB.
    pub fn resident_memory(&self) -> f64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.server.process.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kibibytes / 1024.0
    }
}
