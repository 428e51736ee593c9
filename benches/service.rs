//! Logins per second over HTTP: the lanes against the reference engine, in one run on one machine.
//!
//! `cargo bench --bench service` starts the release binary once per engine and prints three tables:
//! - a closed loop of 1 to 64 clients that log in, over all turns and in the best turn,
//! - `GET /me` at a steady rate, alone and beside 64 such clients,
//! - the responses to three times the logins that the machine can hash.
//!
//! It fails if 64 clients get less than twice the logins from the lanes. With `-- short` it takes
//! an eighth of the time. With `-- undisturbed` it prints only the first table, from turns without
//! a noisy neighbour on the CPUs. It waits for such turns for half an hour at most.
//!
//! The clients share the machine with the service, so their CPU time is reported too. Linux reports
//! the CPU time of each thread.
#![expect(clippy::print_stdout, reason = "the tables are its output")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod account;
    pub mod cpu_time;
    pub mod engine;
    pub mod load;
    pub mod noise;
    pub mod server;
    pub mod time;
}

use std::{
    env,
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use self::support::{
    engine::{COST, EngineUnderTest, Run, Turn},
    load::{closed_loop, count, latencies, open_loop},
    noise::NoiseDetector,
};

/// The required gain. About 4.5 is measured; the margin is for other CPUs and busy machines.
const GATE: f64 = 2.0;

const CLIENTS: [usize; 4] = [1, 2, 8, 64];
const TURNS: usize = 8;

/// Few are enough: they are rare on a shared machine, and hardly differ.
const UNDISTURBED_TURNS: usize = 3;
/// Numbers of clients that need whole cores.
const UNDISTURBED_CLIENTS: [usize; 2] = [8, 64];
/// The longest time for each number of clients.
const TIME_LIMIT: Duration = Duration::from_mins(15);

/// The duration of a steady rate of requests.
const SPAN: Duration = Duration::from_secs(10);
/// A rate of `GET /me` that leaves a CPU nearly idle.
const ME_PER_SECOND: u32 = 200;

/// So short that a flood exceeds it at once. There are enough clients to go on sending meanwhile.
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
        pace = Pace::Undisturbed(NoiseDetector::new());
    }
    let folder = tempfile::tempdir().unwrap();
    let start = |name, engine, deadline| {
        EngineUnderTest::start(&folder.path().join(name), engine, deadline)
    };
    let reference = start("reference", "reference", "60s");
    let lanes = start("lanes", "lanes", "60s");
    println!("bcrypt cost {COST}; {}\n", lanes.chosen_lanes());

    let (gain, per_second) = logins(&reference, &lanes, &pace);
    if matches!(pace, Pace::Steady { .. }) {
        me(&reference, &lanes, span);
        let flooded = start("flooded", "lanes", SHORT_DEADLINE);
        shed(&flooded, per_second * FLOOD, span);
    }
    if gain < GATE {
        println!("\nFAILED: lanes give 64 clients {gain:.2} times the logins, less than {GATE:.1}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The choice of the turns that count.
enum Pace {
    /// Every turn counts.
    Steady { turns: usize },
    /// A turn counts if every CPU is undisturbed before and after it.
    Undisturbed(NoiseDetector),
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

    /// Runs a turn. Returns `None` if it does not count, or if there is no time left to wait.
    fn take(&self, engine: &EngineUnderTest, clients: usize, until: Instant) -> Option<Turn> {
        let Self::Undisturbed(noise) = self else {
            return Some(engine.turn(clients));
        };
        let turn = noise.wait_for_quiet(until).then(|| engine.turn(clients))?;
        noise.is_quiet().then_some(turn)
    }

    /// Runs turns of both engines in alternation until there are enough, or the time is up.
    fn runs(&self, engines: [&EngineUnderTest; 2], clients: usize) -> [Run; 2] {
        let mut runs = [Run::default(), Run::default()];
        let until = Instant::now() + TIME_LIMIT;
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

/// Prints the table of logins. Returns the gain of 64 clients, and their logins per second.
fn logins(reference: &EngineUnderTest, lanes: &EngineUnderTest, pace: &Pace) -> (f64, f64) {
    println!(
        "Logins per second, latency in ms, and CPU time per login in ms\n\n\
         | clients | engine    | logins/s |      p50 |      p99 | hashing |    rest | clients | gain | best turn | gain |\n\
         |--------:|-----------|---------:|---------:|---------:|--------:|--------:|--------:|-----:|----------:|-----:|"
    );
    let mut last = (0.0, 0.0);
    for count in pace.clients() {
        let [reference_run, lanes_run] = pace.runs([reference, lanes], *count);
        if [&reference_run, &lanes_run]
            .iter()
            .any(|run| run.turns() == 0)
        {
            println!("| {count:7} | no undisturbed turn of both engines in {TIME_LIMIT:?}");
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

/// Prints the latency of `GET /me`, alone and beside logins.
fn me(reference: &EngineUnderTest, lanes: &EngineUnderTest, span: Duration) {
    println!(
        "\n`GET /me` at {ME_PER_SECOND} per second, in ms from the time at which each is due\n\n\
         | beside                         |      p50 |      p99 |      max |\n\
         |--------------------------------|---------:|---------:|---------:|"
    );
    let measure = |engine: &EngineUnderTest| {
        let responses = open_loop(&mut engine.me_clients(), ME_PER_SECOND, span);
        assert!(responses.iter().all(|response| response.status == 200));
        latencies(&responses, [50, 99, 100])
    };
    println!("| nothing                        | {} |", measure(lanes));
    for (name, engine) in [("lanes", lanes), ("reference", reference)] {
        let times = thread::scope(|scope| {
            scope.spawn(|| closed_loop(&mut engine.clients(64), span));
            measure(engine)
        });
        println!("| {:30} | {times} |", format!("64 that log in, {name}"));
    }
}

/// Prints the responses to more logins than the machine can hash.
fn shed(engine: &EngineUnderTest, per_second: f64, span: Duration) {
    let per_second = format!("{per_second:.0}").parse().unwrap();
    let responses = open_loop(&mut engine.clients(FLOOD_CLIENTS), per_second, span);
    println!(
        "\n{per_second} logins per second for {span:?}, with a deadline of {SHORT_DEADLINE}, in ms from the time at which each is due\n\n\
         | response       |  number |      p50 |      p99 |      max |\n\
         |----------------|--------:|---------:|---------:|---------:|"
    );
    for (name, status) in [("200", 200), ("503 overloaded", 503)] {
        let matching = responses
            .iter()
            .filter(|response| response.status == status);
        let matching: Vec<_> = matching.copied().collect();
        let times = latencies(&matching, [50, 99, 100]);
        println!("| {name:14} | {:7} | {times} |", matching.len());
    }
    let others = count(&responses, |response| {
        ![200, 503].contains(&response.status)
    });
    println!("| anything else  | {others:7} |          |          |          |");
}
