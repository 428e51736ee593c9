//! A service with one hash engine, and measurements of its logins.

use std::{path::Path, process::Command, thread, time::Duration};

use serde_json::json;

use super::{
    account,
    cpu_time::CpuTime,
    load::{Client, Response, closed_loop, count, latencies},
    server::Server,
    time::millis,
};

/// A low cost keeps a run short. The gain is the same at every cost.
pub const COST: &str = "10";

/// Engines take turns, so that a disturbance does not affect one of them alone.
const TURN: Duration = Duration::from_millis(2_500);
/// The time at the start of a turn that is not counted, until every lane is in use.
const WARM_UP: Duration = Duration::from_millis(500);

const ME_CLIENTS: usize = 32;

/// A service with accounts that log in.
pub struct EngineUnderTest {
    pub server: Server,
    logins: Vec<Vec<u8>>,
    me: Vec<u8>,
}

impl EngineUnderTest {
    pub fn start(folder: &Path, engine: &str, deadline: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DAEMUN_BCRYPT_COST", COST)
            .env("DAEMUN_HASH_ENGINE", engine)
            .env("DAEMUN_HASH_DEADLINE", deadline);
        let server = Server::start(command, folder);
        let names: Vec<_> = (0..64).map(|number| format!("user{number}")).collect();
        let mut token = String::new();
        // A few at a time, because a short queue rejects more.
        for names in names.chunks(4) {
            thread::scope(|scope| {
                let sign_ups = names
                    .iter()
                    .map(|name| scope.spawn(|| account::sign_up(&server, name)));
                let sign_ups: Vec<_> = sign_ups.collect();
                for sign_up in sign_ups {
                    token = sign_up.join().unwrap();
                }
            });
        }
        let logins = names.iter().map(|name| log_in(name)).collect();
        Self {
            server,
            logins,
            me: account::me(&token),
        }
    }

    /// Returns the number of workers and lanes that the calibration chose.
    pub fn chosen_lanes(&self) -> String {
        let event = self.server.event("hash.lanes");
        let (workers, lanes) = (&event["hash.workers"], &event["hash.lanes"]);
        format!("{workers} workers of {lanes} lanes")
    }

    /// Connects clients that log in to the accounts in turn.
    pub fn clients(&self, count: usize) -> Vec<Client> {
        let logins = self.logins.iter().cycle().take(count);
        let connect = |log_in: &Vec<u8>| Client::connect(self.server.address, log_in.clone());
        logins.map(connect).collect()
    }

    pub fn me_clients(&self) -> Vec<Client> {
        let connect = |_| Client::connect(self.server.address, self.me.clone());
        (0..ME_CLIENTS).map(connect).collect()
    }

    /// Runs one turn of a closed loop: each client logs in again after a response.
    pub fn turn(&self, clients: usize) -> Turn {
        let mut clients = self.clients(clients);
        let before = CpuTime::of(&self.server);
        let responses = closed_loop(&mut clients, WARM_UP + TURN);
        let cpu_time = CpuTime::of(&self.server) - before;
        assert!(responses.iter().all(|response| response.status == 200));
        Turn {
            responses,
            cpu_time,
        }
    }
}

fn log_in(name: &str) -> Vec<u8> {
    let body = json!({ "identifier": name, "password": account::PASSWORD }).to_string();
    format!(
        "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The responses of one turn, including those after its end, and their CPU time.
pub struct Turn {
    responses: Vec<Response>,
    cpu_time: CpuTime,
}

/// The sum of several turns.
#[derive(Default)]
pub struct Run {
    responses: Vec<Response>,
    /// Responses within each turn.
    done: Vec<u32>,
    cpu_time: CpuTime,
}

impl Run {
    pub fn add(&mut self, turn: Turn) {
        let counted = WARM_UP..WARM_UP + TURN;
        self.done.push(count(&turn.responses, |response| {
            counted.contains(&response.at)
        }));
        self.responses.extend(turn.responses);
        self.cpu_time += turn.cpu_time;
    }

    pub fn turns(&self) -> usize {
        self.done.len()
    }

    pub fn per_second(&self) -> f64 {
        let turns = f64::from(u32::try_from(self.done.len()).unwrap());
        f64::from(self.done.iter().sum::<u32>()) / turns / TURN.as_secs_f64()
    }

    /// Returns the logins per second of the turn with the least disturbance.
    pub fn best_per_second(&self) -> f64 {
        f64::from(*self.done.iter().max().unwrap()) / TURN.as_secs_f64()
    }

    pub fn print(&self, name: &str, gain: f64, best_gain: f64) {
        let settled = self.responses.iter().filter(|response| !response.is_first);
        let settled: Vec<_> = settled.copied().collect();
        let each = |time: Duration| millis(time) / f64::from(count(&self.responses, |_| true));
        println!(
            "| {name} | {:8.1} | {} | {:7.2} | {:7.2} | {:7.2} | {gain:4.2} | {:9.1} | {best_gain:4.2} |",
            self.per_second(),
            latencies(&settled, [50, 99]),
            each(self.cpu_time.hashing),
            each(self.cpu_time.rest),
            each(self.cpu_time.clients),
            self.best_per_second(),
        );
    }
}
