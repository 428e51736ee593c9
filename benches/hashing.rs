//! Password hashes per second: the lanes against the `bcrypt` crate, in one run on one machine.
//!
//! `cargo bench --bench hashing` prints two tables. It fails if a compiler has spoiled one of the
//! two loops of `bcrypt-lanes`: four lanes give less than twice the throughput of the crate on a
//! core, or no larger number gives noticeably more than four. The first table is in CPU time, so
//! that a busy machine matters less. The second is in wall-clock time and needs an idle machine.
//! `cargo bench --bench hashing -- core` prints the first table only.
#![expect(clippy::print_stdout, reason = "the tables are its output")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on fails")]

mod support {
    pub mod callers;
    pub mod time;
}

use std::{env, hint::black_box, num::NonZeroUsize, process::ExitCode, time::Duration};

use bcrypt_lanes::{Input, Lanes, MAX_LANES};
use daemun::hash::{Engine, Hasher, Settings};
use rustix::time::ClockId;

use self::support::{
    callers::{QUEUED, Run, all_at_once, closed_loop},
    time::{millis, read_clock},
};

/// The required gain of four lanes, the most that the narrow loop serves. It is about 3.8; the
/// margin is for other CPUs.
const GATE: f64 = 2.0;
/// The required gain of the wide loop over four lanes, at its best number. It is about 1.3, and 1.0
/// if the blocks go through memory.
const WIDE_GATE: f64 = 1.1;
/// On shared cores there are minutes in which the gain is little above the gate.
const ATTEMPTS: usize = 5;

/// High enough that rounds dominate a hash, and short enough to fit undisturbed moments.
const CORE_COST: u32 = 7;
const CORE_REPETITIONS: usize = 40;

const LOOP_COST: u32 = 10;
/// Engines take turns, so that a disturbance does not affect one of them alone.
const TURNS: usize = 3;
const CLIENTS: [usize; 6] = [1, 4, 8, 16, 32, 64];

fn main() -> ExitCode {
    let is_fast = (0..ATTEMPTS).any(|_| {
        let [four, more] = one_core();
        four >= GATE && more >= WIDE_GATE * four
    });
    if !env::args().any(|argument| argument == "core") {
        all_cores();
    }
    if !is_fast {
        println!(
            "\nFAILED: on a core, four lanes give less than {GATE:.1} times the throughput of the crate, or more lanes less than {WIDE_GATE:.1} times that of four"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Prints the first table. Returns the gain of four lanes, and of the best larger number.
fn one_core() -> [f64; 2] {
    let mut lanes = Box::new(Lanes::new());
    let mut crate_times = Vec::new();
    let mut lanes_times = [const { Vec::new() }; MAX_LANES];
    for _ in 0..CORE_REPETITIONS {
        crate_times.push(cpu_time(|| {
            black_box(bcrypt::bcrypt(CORE_COST, [1; 16], b"password\0"));
        }));
        for (number, times) in (1..).zip(&mut lanes_times) {
            times.push(cpu_time(|| side_by_side(&mut lanes, number)).div_f64(f64::from(number)));
        }
    }
    let reference = Figures::of(crate_times);
    println!(
        "One core, CPU time of a hash at cost 10 (shortest and median of {CORE_REPETITIONS} runs at cost {CORE_COST})\n"
    );
    println!("|                |  shortest |    median | gain by shortest | by median |");
    println!("|----------------|----------:|----------:|-----------------:|----------:|");
    reference.print("`bcrypt` crate", &reference);
    let (mut four, mut more) = (0.0, 0.0_f64);
    for (number, times) in (1..).zip(lanes_times) {
        let figures = Figures::of(times);
        let ending = if number == 1 { "" } else { "s" };
        figures.print(&format!("{number} lane{ending}"), &reference);
        let gain = reference.shortest.div_duration_f64(figures.shortest);
        match number {
            ..4 => {}
            4 => four = gain,
            5.. => more = more.max(gain),
        }
    }
    [four, more]
}

fn side_by_side(lanes: &mut Lanes<()>, number: u8) {
    for salt in 0..number {
        lanes
            .join(
                &Input::new(b"password\0", [salt; 16], CORE_COST).unwrap(),
                (),
            )
            .unwrap();
    }
    while lanes.advance(16) > 0 {}
    while let Some(digest) = lanes.retire() {
        black_box(digest);
    }
}

fn cpu_time(work: impl FnOnce()) -> Duration {
    let begin = read_clock(ClockId::ThreadCPUTime);
    work();
    read_clock(ClockId::ThreadCPUTime).saturating_sub(begin)
}

/// Times of a hash, scaled to cost 10.
struct Figures {
    shortest: Duration,
    median: Duration,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let scale = 1 << (10 - CORE_COST);
        let (shortest, median) = (times.first().unwrap(), times.get(times.len() / 2).unwrap());
        Self {
            shortest: *shortest * scale,
            median: *median * scale,
        }
    }

    fn print(&self, name: &str, reference: &Self) {
        println!(
            "| {name:14} | {:6.2} ms | {:6.2} ms | {:16.2} | {:9.2} |",
            millis(self.shortest),
            millis(self.median),
            reference.shortest.div_duration_f64(self.shortest),
            reference.median.div_duration_f64(self.median),
        );
    }
}

/// Prints the second table: a closed loop of clients that verify passwords.
fn all_cores() {
    let (reference, lanes) = (
        start_hasher(Engine::Reference),
        start_hasher(Engine::default()),
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let stored = runtime.block_on(lanes.hash("password")).unwrap();
    print_all_cores_header();
    for clients in CLIENTS {
        let (mut with_reference, mut with_lanes) = (Run::default(), Run::default());
        for _ in 0..TURNS {
            runtime.block_on(closed_loop(
                &mut with_reference,
                &reference,
                &stored,
                clients,
            ));
            runtime.block_on(closed_loop(&mut with_lanes, &lanes, &stored, clients));
        }
        row(&clients.to_string(), &mut with_reference, &mut with_lanes);
    }
    let (mut with_reference, mut with_lanes) = (Run::default(), Run::default());
    runtime.block_on(all_at_once(&mut with_reference, &reference, &stored));
    runtime.block_on(all_at_once(&mut with_lanes, &lanes, &stored));
    row(
        &format!("{QUEUED} once"),
        &mut with_reference,
        &mut with_lanes,
    );
    println!("\nMismatches with the reference: {}", lanes.mismatches());
}

fn print_all_cores_header() {
    println!(
        "\nTwo workers, cost {LOOP_COST}: logins per second, latency in ms, CPU time per login in ms\n"
    );
    println!(
        "|   clients | crate/s |   p50 |   p99 |  CPU time | lanes/s |   p50 |   p99 |  CPU time | gain |"
    );
    println!(
        "|----------:|--------:|------:|------:|----------:|--------:|------:|------:|----------:|-----:|"
    );
}

fn start_hasher(engine: Engine) -> Hasher {
    let settings = Settings {
        cost: LOOP_COST,
        workers: NonZeroUsize::new(2),
        deadline: Duration::MAX,
    };
    Hasher::start_with(settings, engine).unwrap()
}

fn row(name: &str, reference: &mut Run, lanes: &mut Run) {
    let gain = lanes.per_second() / reference.per_second();
    println!(
        "| {name:>9} | {} | {} | {gain:4.2} |",
        reference.columns(),
        lanes.columns()
    );
}
