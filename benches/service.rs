//! How many log-ins the service answers a second, over HTTP: its lanes beside its own reference engine, in one run on one machine.
//!
//! `cargo bench --bench service` starts the release binary once an engine and prints three tables: log-ins by 1 to 64 clients that
//! each log in again as soon as they are answered, over all turns and in each engine's best one, `GET /me` at a steady rate alone and
//! beside 64 such clients, and what becomes of three times the log-ins that the machine can hash. It fails when the lanes give 64
//! clients less than twice the log-ins. `cargo bench --bench service -- short` takes an eighth of the time. With `undisturbed` it
//! prints the first table alone, of turns in which no stranger was seen on the processors, and waits for them:
//! half an hour at most.
//!
//! The clients share the machine with the service, so their own processor time is told, too. Linux tells that of each thread.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

#[path = "support/account.rs"]
mod account;
#[path = "support/engine.rs"]
mod engine;
#[path = "support/load.rs"]
mod load;
#[path = "support/cpu_time.rs"]
mod processor;
#[path = "support/noise.rs"]
mod quiet;
#[path = "support/server.rs"]
mod server;

use std::{
    env,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use self::{
    engine::{COST, Engine, Run, Turn},
    load::{Answer, closed_loop, open_loop},
    processor::Spent,
    quiet::Quiet,
    server::Server,
};

/// About 4.5 is measured; the margin is for processors that differ and machines that are busy.
const GATE: f64 = 2.0;

const CLIENTS: [usize; 4] = [1, 2, 8, 64];
const TURNS: usize = 8;

/// They are rare on a machine that others use, and hardly differ.
const UNDISTURBED_TURNS: usize = 3;
/// As many as need whole cores.
const UNDISTURBED_CLIENTS: [usize; 2] = [8, 64];
/// For each number of clients.
const PATIENCE: Duration = Duration::from_mins(15);

/// How long requests at a steady rate go on.
const SPAN: Duration = Duration::from_secs(10);
/// `GET /me`, at a rate that leaves a processor nearly idle.
const ME_PER_SECOND: u32 = 200;

/// A queue so short that a flood passes it at once, and clients enough to send on while others wait.
const SHORT_DEADLINE: &str = "500ms";
const FLOOD: f64 = 3.0;
const FLOOD_CLIENTS: usize = 512;

fn main() -> ExitCode {
    let has = |word: &str| env::args().any(|argument| argument == word);
    let (turns, span) = if has("short") {
        (1, SPAN / 4)
    } else {
        (TURNS, SPAN)
    };
    let mut pace = Pace::Steady { turns };
    if has("undisturbed") {
        pace = Pace::Undisturbed(Quiet::new());
    }
    let folder = tempfile::tempdir().unwrap();
    let start = |name, engine, deadline| Engine::start(&folder.path().join(name), engine, deadline);
    let reference = start("reference", "reference", "60s");
    let lanes = start("lanes", "lanes", "60s");
    println!("bcrypt cost {COST}; {}\n", lanes.choice());

    let (gain, per_second) = log_ins(&reference, &lanes, &pace);
    if matches!(pace, Pace::Steady { .. }) {
        me(&reference, &lanes, span);
        let flooded = start("flooded", "lanes", SHORT_DEADLINE);
        shed(&flooded, per_second * FLOOD, span);
    }
    if gain < GATE {
        println!(
            "\nFAILED: lanes give 64 clients {gain:.2} times the log-ins, less than {GATE:.1}"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// When a turn is taken, and whether it counts.
enum Pace {
    /// One after the other, and each.
    Steady { turns: usize },
    /// When a probe finds every processor ours alone, and if another finds the same afterwards.
    Undisturbed(Quiet),
}

impl Pace {
    fn turns(&self) -> usize {
        match self {
            Self::Steady { turns } => *turns,
            Self::Undisturbed(_) => UNDISTURBED_TURNS,
        }
    }

    fn clients(&self) -> &'static [usize] {
        match self {
            Self::Steady { .. } => &CLIENTS,
            Self::Undisturbed(_) => &UNDISTURBED_CLIENTS,
        }
    }

    /// A turn, if it counts; `None` also where there is no time left to wait.
    fn take(&self, engine: &Engine, clients: usize, until: Instant) -> Option<Turn> {
        let Self::Undisturbed(quiet) = self else {
            return Some(engine.turn(clients));
        };
        let turn = quiet.waits(until).then(|| engine.turn(clients))?;
        quiet.is_now().then_some(turn)
    }

    /// Turns of both engines, until there are enough of each or it has taken too long.
    fn runs(&self, engines: [&Engine; 2], clients: usize) -> [Run; 2] {
        let mut runs = [Run::default(), Run::default()];
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until && runs.iter().any(|run| run.turns() < self.turns()) {
            for (run, engine) in runs.iter_mut().zip(engines) {
                if run.turns() < self.turns()
                    && let Some(turn) = self.take(engine, clients, until)
                {
                    run.add(turn);
                }
            }
        }
        runs
    }
}

/// Prints the table of log-ins; returns what 64 clients gain, and their log-ins a second.
fn log_ins(reference: &Engine, lanes: &Engine, pace: &Pace) -> (f64, f64) {
    println!(
        "Log-ins: a second, waiting times in ms, and processor time of one in ms\n\n\
         | clients | engine    | log-ins/s |      p50 |      p99 | hashing |    rest | clients | gain | best turn | gain |\n\
         |--------:|-----------|---------:|---------:|---------:|--------:|--------:|--------:|-----:|----------:|-----:|"
    );
    let mut last = (0.0, 0.0);
    for count in pace.clients() {
        let [reference_run, lanes_run] = pace.runs([reference, lanes], *count);
        if [&reference_run, &lanes_run]
            .iter()
            .any(|run| run.turns() == 0)
        {
            println!("| {count:7} | no undisturbed turn of both engines in {PATIENCE:?}");
            continue;
        }
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
