//! CPU time of the second step of a login, beside that of its first step.
//!
//! The service runs as a process of its own with rate limits on. The benchmark fails if a second
//! step hashes a password, or takes more CPU time than [`CEILING`].
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    #[expect(dead_code, reason = "no request with a session is measured")]
    pub mod account;
    pub mod cpu_time;
    pub mod server;
    pub mod time;
}

use std::{
    process::{Command, ExitCode},
    time::Duration,
};

use rustix::time::ClockId;
use serde_json::{Value, json};
use totp_rs::{Builder, Totp};

use self::support::{
    account::{PASSWORD, sign_up},
    cpu_time::CpuTime,
    server::Server,
    time::{millis, read_clock},
};

/// Accounts, each of which logs in once in each round.
const ACCOUNTS: usize = 100;
const ROUNDS: usize = 2;

/// The most CPU time of a second step, on the threads that do not hash.
const CEILING: Duration = Duration::from_millis(2);

const SETTINGS: [(&str, &str); 4] = [
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_SIGN_UPS", "10000"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_LIMIT_NETWORK_FAILURES", "10000"),
];

/// An account with an authenticator app.
struct Owner {
    name: String,
    app: Totp,
    /// The step of the last code that was used.
    last_step: u64,
}

impl Owner {
    fn set_up(server: &Server, number: usize) -> Self {
        let name = format!("person{number}");
        let token = sign_up(server, &name);
        let started = post(server, "/me/totp", Some(&token), &json!({}));
        let secret = totp_rs::Secret::try_from_base32(started["secret"].as_str().unwrap()).unwrap();
        let app = Builder::new().with_secret(secret).build_noncompliant();
        let mut owner = Self {
            name,
            app,
            last_step: present_step() - 2,
        };
        let body = json!({ "code": owner.next_code() });
        post(server, "/me/totp/verify", Some(&token), &body);
        owner
    }

    /// Returns a code that was not used yet.
    fn next_code(&mut self) -> String {
        self.last_step = (self.last_step + 1).max(present_step() - 1);
        self.app.generate(self.last_step * 30).to_string()
    }
}

fn present_step() -> u64 {
    read_clock(ClockId::Realtime).as_secs() / 30
}

/// Returns the body of a reply, whatever its status.
fn post(server: &Server, path: &str, token: Option<&str>, body: &Value) -> Value {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let request = agent.post(format!("http://{}{path}", server.address));
    let request = match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    let reply = request.send_json(body).unwrap();
    reply.into_body().read_json().unwrap()
}

/// Logs every account in. Returns the CPU time of all first steps and of all second steps.
fn round(server: &Server, owners: &mut [Owner]) -> [CpuTime; 2] {
    let start = CpuTime::of(server);
    let challenges: Vec<Value> = owners
        .iter()
        .map(|owner| {
            let body = json!({ "identifier": owner.name, "password": PASSWORD });
            post(server, "/login", None, &body)["challenge"].clone()
        })
        .collect();
    let middle = CpuTime::of(server);
    for (owner, challenge) in owners.iter_mut().zip(challenges) {
        let body = json!({ "challenge": challenge, "code": owner.next_code() });
        let reply = post(server, "/login/second-factor", None, &body);
        assert!(reply["session"]["token"].is_string(), "{reply}");
    }
    [middle - start, CpuTime::of(server) - middle]
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
    command.envs(SETTINGS);
    let server = Server::start(command, &folder.path().join("daemun"));
    let mut owners: Vec<_> = (0..ACCOUNTS)
        .map(|number| Owner::set_up(&server, number))
        .collect();
    let mut total = [CpuTime::default(); 2];
    for _ in 0..ROUNDS {
        let measured = round(&server, &mut owners);
        for (sum, part) in total.iter_mut().zip(measured) {
            *sum += part;
        }
    }
    let logins = u32::try_from(ACCOUNTS * ROUNDS).unwrap();
    println!("{logins} logins; CPU time of each step, on hashing threads and on all others");
    for (name, total) in ["first step", "second step"].iter().zip(&total) {
        let [hashing, rest] = [total.hashing, total.rest].map(|time| millis(time / logins));
        println!("{name:<12} {hashing:>8.3} ms {rest:>8.3} ms");
    }
    let second = &total[1];
    let is_hashed = second.hashing > total[0].hashing / 1_000;
    if is_hashed || second.rest / logins > CEILING {
        println!("a second step may hash nothing, and take {CEILING:?} at most");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
