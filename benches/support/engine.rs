//! A service that hashes in one way, and what its answers to log-ins took; it must not know what it is compared with.

use std::{path::Path, process::Command, thread, time::Duration};

use serde_json::json;

use super::{
    Server, Spent, account, count, latencies,
    load::{Answer, Client, closed_loop},
    millis,
};

/// Low, so that a run is short; the gain is the same at every cost.
pub const COST: &str = "10";

/// Both engines take turns, so that a disturbance does not hit one of them alone.
const TURN: Duration = Duration::from_millis(2_500);
/// At the start of a turn, until every lane is in use; it is not counted.
const WARM_UP: Duration = Duration::from_millis(500);

const ME_CLIENTS: usize = 32;

/// A service with the accounts that log in.
pub struct Engine {
    pub server: Server,
    log_ins: Vec<Vec<u8>>,
    me: Vec<u8>,
}

impl Engine {
    pub fn start(folder: &Path, engine: &str, deadline: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DAEMUN_BCRYPT_COST", COST)
            .env("DAEMUN_HASH_ENGINE", engine)
            .env("DAEMUN_HASH_DEADLINE", deadline);
        let server = Server::start(command, folder);
        let names: Vec<_> = (0..64).map(|number| format!("user{number}")).collect();
        let mut token = String::new();
        // A few at a time: a short queue takes no more.
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
        let log_ins = names.iter().map(|name| log_in(name)).collect();
        Self {
            server,
            log_ins,
            me: account::me(&token),
        }
    }

    /// What the lanes' trial at start has chosen.
    pub fn choice(&self) -> String {
        let event = self.server.event("hash.lanes");
        let (workers, lanes) = (&event["hash.workers"], &event["hash.lanes"]);
        format!("{workers} workers of {lanes} lanes")
    }

    /// Clients that log in, as many accounts as there are in turn.
    pub fn clients(&self, count: usize) -> Vec<Client> {
        let log_ins = self.log_ins.iter().cycle().take(count);
        let connect = |log_in: &Vec<u8>| Client::connect(self.server.address, log_in.clone());
        log_ins.map(connect).collect()
    }

    pub fn me_clients(&self) -> Vec<Client> {
        let connect = |_| Client::connect(self.server.address, self.me.clone());
        (0..ME_CLIENTS).map(connect).collect()
    }

    /// So many clients that each log in again as soon as they are answered.
    pub fn turn(&self, clients: usize) -> Turn {
        let mut clients = self.clients(clients);
        let before = Spent::until_now(&self.server);
        let answers = closed_loop(&mut clients, WARM_UP + TURN);
        let spent = Spent::until_now(&self.server) - before;
        assert!(answers.iter().all(|answer| answer.status == 200));
        Turn { answers, spent }
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

/// The answers of one turn, after which the engine runs empty, and the processor time that they took.
pub struct Turn {
    answers: Vec<Answer>,
    spent: Spent,
}

/// Turns that are counted together.
#[derive(Default)]
pub struct Run {
    answers: Vec<Answer>,
    /// Answers within each turn.
    done: Vec<u32>,
    spent: Spent,
}

impl Run {
    pub fn add(&mut self, turn: Turn) {
        let counted = WARM_UP..WARM_UP + TURN;
        self.done
            .push(count(&turn.answers, |answer| counted.contains(&answer.at)));
        self.answers.extend(turn.answers);
        self.spent += turn.spent;
    }

    pub fn turns(&self) -> usize {
        self.done.len()
    }

    pub fn per_second(&self) -> f64 {
        let turns = f64::from(u32::try_from(self.done.len()).unwrap());
        f64::from(self.done.iter().sum::<u32>()) / turns / TURN.as_secs_f64()
    }

    /// The same in its best turn: what strangers on the machine took least of.
    pub fn best_per_second(&self) -> f64 {
        f64::from(*self.done.iter().max().unwrap()) / TURN.as_secs_f64()
    }

    pub fn print(&self, name: &str, gain: f64, best_gain: f64) {
        let settled = self.answers.iter().filter(|answer| !answer.is_first);
        let settled: Vec<_> = settled.copied().collect();
        let each = |spent: Duration| millis(spent) / f64::from(count(&self.answers, |_| true));
        println!(
            "| {name} | {:8.1} | {} | {:7.2} | {:7.2} | {:7.2} | {gain:4.2} | {:9.1} | {best_gain:4.2} |",
            self.per_second(),
            latencies(&settled, [50, 99]),
            each(self.spent.hashing),
            each(self.spent.rest),
            each(self.spent.clients),
            self.best_per_second(),
        );
    }
}
