//! CPU time of a login by passkey, with its request for options.
//!
//! The service runs as a process of its own with rate limits on. The benchmark fails if a login
//! hashes a password, or takes more CPU time than [`CEILING`].
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    #[expect(dead_code, reason = "no request with a session is measured")]
    pub mod account;
    #[path = "../../tests/it/support/second_factors/authenticator.rs"]
    pub mod authenticator;
    pub mod cpu_time;
    pub mod server;
    pub mod time;
}

use std::{
    process::{Command, ExitCode},
    time::Duration,
};

use serde_json::{Value, json};

use self::support::{
    account::sign_up, authenticator::Authenticator, cpu_time::CpuTime, server::Server, time::millis,
};

/// Accounts, each of which logs in once in each round.
const ACCOUNTS: usize = 100;
const ROUNDS: u32 = 4;

/// The most CPU time of a login.
const CEILING: Duration = Duration::from_millis(3);

const SETTINGS: [(&str, &str); 4] = [
    ("DAEMUN_RATE_LIMITS", "on"),
    ("DAEMUN_LIMIT_SIGN_UPS", "10000"),
    ("DAEMUN_LIMIT_LOG_INS", "10000"),
    ("DAEMUN_PASSKEY_RP_ID", "localhost"),
];

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

/// Creates an account with a passkey.
fn set_up(server: &Server, number: usize) -> Authenticator {
    let token = sign_up(server, &format!("person{number}"));
    let mut passkey = Authenticator::new("localhost", "http://localhost");
    let started = post(server, "/me/passkeys/options", Some(&token), &json!({}));
    let credential = passkey.create(&started["options"]);
    let body =
        json!({ "ceremony": started["ceremony"], "name": "Phone", "credential": credential });
    let reply = post(server, "/me/passkeys", Some(&token), &body);
    assert!(reply["passkey"]["id"].is_string(), "{reply}");
    passkey
}

fn log_in(server: &Server, passkey: &Authenticator) {
    let started = post(server, "/login/passkey/options", None, &json!({}));
    let credential = passkey.get(&started["options"]);
    let body = json!({ "ceremony": started["ceremony"], "credential": credential });
    let reply = post(server, "/login/passkey", None, &body);
    assert!(reply["session"]["token"].is_string(), "{reply}");
}

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
    command.envs(SETTINGS);
    let server = Server::start(command, &folder.path().join("daemun"));
    let passkeys: Vec<_> = (0..ACCOUNTS)
        .map(|number| set_up(&server, number))
        .collect();
    let before = CpuTime::of(&server);
    for _ in 0..ROUNDS {
        for passkey in &passkeys {
            log_in(&server, passkey);
        }
    }
    let used = CpuTime::of(&server) - before;
    let logins = u32::try_from(ACCOUNTS).unwrap() * ROUNDS;
    let [hashing, rest] = [used.hashing, used.rest].map(|time| time / logins);
    println!("{logins} logins by passkey; CPU time on hashing threads and on all others");
    println!("{:>8.3} ms {:>8.3} ms", millis(hashing), millis(rest));
    if hashing > CEILING / 100 || rest > CEILING {
        println!("a login by passkey may hash nothing, and take {CEILING:?} at most");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
