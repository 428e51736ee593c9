//! A server process: the built service, or another program that logs its address, with its log in a
//! file.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

/// A process that logs its address. It is killed when this is dropped.
pub struct Server {
    pub process: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts a program in this folder, which holds its database and log, and waits until it
    /// listens. Rate limits and CAPTCHAs are off unless the command sets them.
    pub fn start(mut command: Command, folder: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let log = folder.join("log");
        for setting in ["DAEMUN_RATE_LIMITS", "DAEMUN_CAPTCHA"] {
            if command.get_envs().all(|(name, _)| name != setting) {
                command.env(setting, "off");
            }
        }
        let process = command
            .current_dir(folder)
            .env("DAEMUN_LISTEN", "127.0.0.1:0")
            .env("DAEMUN_LOG_FORMAT", "json")
            .stdout(fs::File::create(&log).unwrap())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self {
            process,
            address,
            log,
        };
        let ready = server.event("service.ready");
        server.address = ready["address"].as_str().unwrap().parse().unwrap();
        server
    }

    /// Waits for the first event of this name in the log.
    pub fn event(&self, name: &str) -> Value {
        let started = Instant::now();
        loop {
            let log = fs::read_to_string(&self.log).unwrap();
            let mut events = log
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok());
            if let Some(event) = events.find(|event: &Value| event["event"] == name) {
                return event;
            }
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "no {name} in {log}"
            );
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _status = self.process.wait();
    }
}
