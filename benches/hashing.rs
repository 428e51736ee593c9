//! How many password hashes a second: the lanes beside the `bcrypt` crate, in one run on one machine.
//!
//! `cargo bench --bench hashing` prints two tables and fails when a compiler has ruined one of the kernel's two loops: when four lanes
//! give less than twice the crate's throughput on a core, or no larger number gives noticeably more than four. Times are the
//! processor's own where a core is measured, so that a busy machine shows less; the second table is by the clock and wants an idle
//! one. `cargo bench --bench hashing -- core` prints the first alone.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that can't go on should stop"
)]

#[path = "support/callers.rs"]
mod callers;

use std::{env, hint::black_box, num::NonZeroUsize, process::ExitCode, time::Duration};

use bcrypt_lanes::{Input, Lanes, MAX_LANES};
use daemun::hash::{Engine, Hasher, Settings};
use rustix::time::{ClockId, clock_gettime};

use self::callers::{QUEUED, Run, all_at_once, closed_loop};

/// What four lanes, the most of the loop for few, have to gain. It is about 3.8; the margin is for processors that differ.
const GATE: f64 = 2.0;
/// How many times that the best number of the loop for more has to gain. It is about 1.3, and 1.0 with blocks that go through memory.
const WIDE_GATE: f64 = 1.1;
/// Where strangers share the cores, there are minutes with a gain of little more than that.
const ATTEMPTS: usize = 5;

/// Enough for a hash to be nothing but rounds, and short enough to find undisturbed moments.
const CORE_COST: u32 = 7;
const CORE_REPETITIONS: usize = 40;

const LOOP_COST: u32 = 10;
/// Both engines take turns, so that a disturbance does not hit one of them alone.
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
            "\nFAILED: four lanes give less than {GATE:.1} times the crate's throughput on a core, or more lanes less than {WIDE_GATE:.1} times that"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Prints the first table and returns what four lanes gain, and what the best larger number does.
fn one_core() -> [f64; 2] {
    let mut lanes = Box::new(Lanes::new());
    let mut crate_times = Vec::new();
    let mut lanes_times = [const { Vec::new() }; MAX_LANES];
    for _ in 0..CORE_REPETITIONS {
        crate_times.push(processor_time(|| {
            black_box(bcrypt::bcrypt(CORE_COST, [1; 16], b"password\0"));
        }));
        for (number, times) in (1..).zip(&mut lanes_times) {
            times.push(
                processor_time(|| side_by_side(&mut lanes, number)).div_f64(f64::from(number)),
            );
        }
    }
    let reference = Figures::of(crate_times);
    println!(
        "One core, processor time of a hash at cost 10 (shortest and median of {CORE_REPETITIONS} runs at cost {CORE_COST})\n"
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

fn processor_time(work: impl FnOnce()) -> Duration {
    let begin = clock(ClockId::ThreadCPUTime);
    work();
    clock(ClockId::ThreadCPUTime).saturating_sub(begin)
}

fn clock(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap(),
    )
}

/// Times of a hash, as they would be at cost 10.
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

/// Prints the second table: clients that each check a password, and the next one as soon as they have their answer.
fn all_cores() {
    let start = |engine| {
        let settings = Settings {
            cost: LOOP_COST,
            workers: NonZeroUsize::new(2),
            deadline: Duration::MAX,
        };
        Hasher::start_with(settings, engine).unwrap()
    };
    let (reference, lanes) = (start(Engine::Reference), start(Engine::default()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let stored = runtime.block_on(lanes.hash("password")).unwrap();
    println!(
        "\nTwo workers, log-ins at cost {LOOP_COST}: a second, waiting times in ms, processor time of one in ms\n"
    );
    println!(
        "|   clients | crate/s |   p50 |   p99 | processor | lanes/s |   p50 |   p99 | processor | gain |"
    );
    println!(
        "|----------:|--------:|------:|------:|----------:|--------:|------:|------:|----------:|-----:|"
    );
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
    println!(
        "\nDisagreements with the reference: {}",
        lanes.disagreements()
    );
}

fn row(name: &str, reference: &mut Run, lanes: &mut Run) {
    let gain = lanes.per_second() / reference.per_second();
    println!(
        "| {name:>9} | {} | {} | {gain:4.2} |",
        reference.columns(),
        lanes.columns()
    );
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
