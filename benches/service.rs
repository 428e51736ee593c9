//! How many log-ins the service answers a second, over HTTP: its lanes beside its own reference engine, in one run on one machine.
//!
//! `cargo bench --bench service` starts the release binary once an engine and prints three tables: log-ins by 1 to 64 clients that
//! each log in again as soon as they are answered, over all turns and in each engine's best one, `GET /me` at a steady rate alone and
//! beside 64 such clients, and what becomes of three times the log-ins that the machine can hash. It fails when the lanes give 64
//! clients less than twice the log-ins. `cargo bench --bench service -- short` takes an eighth of the time.
//!
//! The clients share the machine with the service, so their own processor time is told, too. Linux tells that of each thread.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod account;
mod load;
mod processor;
mod server;

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
    thread,
    time::Duration,
};

use serde_json::json;

use self::{
    load::{Answer, Client, closed_loop, open_loop},
    processor::Spent,
    server::Server,
};

/// About 4.5 is measured; the margin is for processors that differ and machines that are busy.
const GATE: f64 = 2.0;

/// Low, so that a run is short; the gain is the same at every cost.
const COST: &str = "10";
const CLIENTS: [usize; 4] = [1, 2, 8, 64];

/// Both engines take turns, so that a disturbance does not hit one of them alone.
const TURN: Duration = Duration::from_millis(2_500);
/// At the start of a turn, until every lane is in use; it is not counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// How long requests at a steady rate go on.
const SPAN: Duration = Duration::from_secs(10);
/// `GET /me`, at a rate that leaves a processor nearly idle.
const ME_PER_SECOND: u32 = 200;
const ME_CLIENTS: usize = 32;

/// A queue so short that a flood passes it at once, and clients enough to send on while others wait.
const SHORT_DEADLINE: &str = "500ms";
const FLOOD: f64 = 3.0;
const FLOOD_CLIENTS: usize = 512;

fn main() -> ExitCode {
    let is_short = env::args().any(|argument| argument == "short");
    let (turns, span) = if is_short { (1, SPAN / 4) } else { (8, SPAN) };
    let folder = tempfile::tempdir().unwrap();
    let start = |name, engine, deadline| start(&folder.path().join(name), engine, deadline);
    let reference = Engine::new(start("reference", "reference", "60s"));
    let lanes = Engine::new(start("lanes", "lanes", "60s"));
    println!("bcrypt cost {COST}; {}\n", lanes.choice());

    let (gain, per_second) = log_ins(&reference, &lanes, turns);
    me(&reference, &lanes, span);
    let flooded = Engine::new(start("flooded", "lanes", SHORT_DEADLINE));
    shed(&flooded, per_second * FLOOD, span);
    if gain < GATE {
        println!(
            "\nFAILED: lanes give 64 clients {gain:.2} times the log-ins, less than {GATE:.1}"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn start(folder: &Path, engine: &str, deadline: &str) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
    command
        .env("DAEMUN_BCRYPT_COST", COST)
        .env("DAEMUN_HASH_ENGINE", engine)
        .env("DAEMUN_HASH_DEADLINE", deadline);
    Server::start(command, folder)
}

/// A service that hashes in one way, with the accounts that log in.
struct Engine {
    server: Server,
    log_ins: Vec<Vec<u8>>,
    me: Vec<u8>,
}

impl Engine {
    fn new(server: Server) -> Self {
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
    fn choice(&self) -> String {
        let event = self.server.event("hash.lanes");
        let (workers, lanes) = (&event["hash.workers"], &event["hash.lanes"]);
        format!("{workers} workers of {lanes} lanes")
    }

    /// Clients that log in, as many accounts as there are in turn.
    fn clients(&self, count: usize) -> Vec<Client> {
        let log_ins = self.log_ins.iter().cycle().take(count);
        let connect = |log_in: &Vec<u8>| Client::connect(self.server.address, log_in.clone());
        log_ins.map(connect).collect()
    }

    fn me_clients(&self) -> Vec<Client> {
        let connect = |_| Client::connect(self.server.address, self.me.clone());
        (0..ME_CLIENTS).map(connect).collect()
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

/// Answers that were measured together, with the time of the clock and of the processor that they took.
#[derive(Default)]
struct Run {
    answers: Vec<Answer>,
    /// Answers within each turn: after it the engine runs empty.
    done: Vec<u32>,
    spent: Spent,
}

impl Run {
    fn add(&mut self, engine: &Engine, ask: impl FnOnce() -> Vec<Answer>) {
        let before = Spent::until_now(&engine.server);
        let answers = ask();
        self.spent += Spent::until_now(&engine.server) - before;
        let turn = WARM_UP..WARM_UP + TURN;
        self.done
            .push(count(&answers, |answer| turn.contains(&answer.at)));
        self.answers.extend(answers);
    }

    fn per_second(&self) -> f64 {
        let turns = f64::from(u32::try_from(self.done.len()).unwrap());
        f64::from(self.done.iter().sum::<u32>()) / turns / TURN.as_secs_f64()
    }

    /// The same in its best turn: what strangers on the machine took least of.
    fn best_per_second(&self) -> f64 {
        f64::from(*self.done.iter().max().unwrap()) / TURN.as_secs_f64()
    }

    fn print(&self, name: &str, gain: f64, best_gain: f64) {
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

/// Prints the table of log-ins; returns what 64 clients gain, and their log-ins a second.
fn log_ins(reference: &Engine, lanes: &Engine, turns: usize) -> (f64, f64) {
    println!(
        "Log-ins: a second, waiting times in ms, and processor time of one in ms\n\n\
         | clients | engine    | log-ins/s |      p50 |      p99 | hashing |    rest | clients | gain | best turn | gain |\n\
         |--------:|-----------|---------:|---------:|---------:|--------:|--------:|--------:|-----:|----------:|-----:|"
    );
    let mut last = (0.0, 0.0);
    for count in CLIENTS {
        let mut runs = [Run::default(), Run::default()];
        let mut sides = [reference, lanes].map(|engine| (engine, engine.clients(count)));
        for _ in 0..turns {
            for (run, (engine, clients)) in runs.iter_mut().zip(&mut sides) {
                run.add(engine, || closed_loop(clients, WARM_UP + TURN));
            }
        }
        let [reference_run, lanes_run] = runs;
        let mut all = reference_run.answers.iter().chain(&lanes_run.answers);
        assert!(all.all(|answer| answer.status == 200));
        last = (
            lanes_run.per_second() / reference_run.per_second(),
            lanes_run.per_second(),
        );
        let best = lanes_run.best_per_second() / reference_run.best_per_second();
        reference_run.print(&format!("{count:7} | reference"), 1.0, 1.0);
        lanes_run.print(&format!("{count:7} | lanes    "), last.0, best);
    }
    last
}

/// Prints how long `GET /me` takes, alone and beside log-ins.
fn me(reference: &Engine, lanes: &Engine, span: Duration) {
    println!(
        "\n`GET /me` at {ME_PER_SECOND} a second, in ms from the time that each is due\n\n\
         | beside                         |      p50 |      p99 |      max |\n\
         |--------------------------------|---------:|---------:|---------:|"
    );
    let ask = |engine: &Engine| {
        let answers = open_loop(&mut engine.me_clients(), ME_PER_SECOND, span);
        assert!(answers.iter().all(|answer| answer.status == 200));
        latencies(&answers, [50, 99, 100])
    };
    println!("| nothing                        | {} |", ask(lanes));
    for (name, engine) in [("lanes", lanes), ("reference", reference)] {
        let times = thread::scope(|scope| {
            scope.spawn(|| closed_loop(&mut engine.clients(64), span));
            ask(engine)
        });
        println!("| {:30} | {times} |", format!("64 that log in, {name}"));
    }
}

/// Prints what becomes of more log-ins than can be hashed.
fn shed(engine: &Engine, per_second: f64, span: Duration) {
    let per_second = format!("{per_second:.0}").parse().unwrap();
    let answers = open_loop(&mut engine.clients(FLOOD_CLIENTS), per_second, span);
    println!(
        "\n{per_second} log-ins a second for {span:?}, with a deadline of {SHORT_DEADLINE}, in ms from the time that each is due\n\n\
         | answer         |  number |      p50 |      p99 |      max |\n\
         |----------------|--------:|---------:|---------:|---------:|"
    );
    for (name, status) in [("200", 200), ("503 overloaded", 503)] {
        let answers = answers.iter().filter(|answer| answer.status == status);
        let answers: Vec<_> = answers.copied().collect();
        let times = latencies(&answers, [50, 99, 100]);
        println!("| {name:14} | {:7} | {times} |", answers.len());
    }
    let others = count(&answers, |answer| ![200, 503].contains(&answer.status));
    println!("| anything else  | {others:7} |          |          |          |");
}

fn count(answers: &[Answer], is_counted: impl Fn(&Answer) -> bool) -> u32 {
    let answers = answers.iter().filter(|answer| is_counted(answer));
    u32::try_from(answers.count()).unwrap()
}

/// Percentiles, in milliseconds, as columns.
fn latencies<const N: usize>(answers: &[Answer], percents: [usize; N]) -> String {
    let mut times: Vec<_> = answers.iter().map(|answer| answer.latency).collect();
    times.sort();
    let place = |percent| times.len().saturating_sub(1) * percent / 100;
    let time = |percent| {
        times
            .get(place(percent))
            .map_or(f64::NAN, |time| millis(*time))
    };
    percents
        .map(|percent| format!("{:8.2}", time(percent)))
        .join(" | ")
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
