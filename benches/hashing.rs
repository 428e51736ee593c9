//! How many password hashes a second: the lanes beside the `bcrypt` crate, in one run on one machine.
//!
//! `cargo bench --bench hashing` prints two tables and fails when four lanes give less than twice the crate's throughput on a core:
//! a sign that a compiler has ruined the loop. Times are the processor's own where a core is measured, so that a busy machine
//! shows less; the second table is by the clock and wants an idle one. `cargo bench --bench hashing -- core` prints the first alone.
#![expect(clippy::print_stdout, reason = "its tables are what it is for")]
#![expect(
    clippy::unwrap_used,
    reason = "a benchmark that can't go on should stop"
)]

use std::{
    env,
    hint::black_box,
    num::NonZeroUsize,
    process::ExitCode,
    time::{Duration, Instant},
};

use bcrypt_lanes::{Input, Lanes, MAX_LANES};
use daemun::hash::{Engine, Hasher, Settings};
use rustix::time::{ClockId, clock_gettime};

/// Four lanes give about 3.5 times the crate's throughput; the margin is for processors that differ.
const GATE: f64 = 2.0;
/// Where strangers share the cores, there are minutes with a gain of little more than that.
const ATTEMPTS: usize = 5;

/// Enough for a hash to be nothing but rounds, and short enough to find undisturbed moments.
const CORE_COST: u32 = 7;
const CORE_REPETITIONS: usize = 40;

const LOOP_COST: u32 = 10;
/// Both engines take turns, so that a disturbance does not hit one of them alone.
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 3;
/// At the start of a turn, until every lane is in use; it is not counted.
const WARM_UP: Duration = Duration::from_millis(300);
const CLIENTS: [usize; 6] = [1, 4, 8, 16, 32, 64];
const QUEUED: usize = 1_000;

fn main() -> ExitCode {
    let is_fast = (0..ATTEMPTS).any(|_| one_core() >= GATE);
    if !env::args().any(|argument| argument == "core") {
        all_cores();
    }
    if !is_fast {
        println!(
            "\nFAILED: four lanes give less than {GATE:.1} times the crate's throughput on a core"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Prints the first table and returns what four lanes gain.
fn one_core() -> f64 {
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
    let mut gain = 0.0;
    for (number, times) in (1..).zip(lanes_times) {
        let figures = Figures::of(times);
        let ending = if number == 1 { "" } else { "s" };
        figures.print(&format!("{number} lane{ending}"), &reference);
        if number == 4 {
            gain = reference.shortest.div_duration_f64(figures.shortest);
        }
    }
    gain
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

/// Log-ins of one kind, and the time in which so many of them were done.
#[derive(Default)]
struct Run {
    latencies: Vec<Duration>,
    done: u32,
    took: Duration,
    processor: Duration,
}

impl Run {
    /// Adds log-ins, each with its latency and whether it counts for the throughput.
    async fn add(&mut self, log_ins: impl Future<Output = Vec<(Duration, bool)>>) {
        let processor = clock(ClockId::ProcessCPUTime);
        for (latency, counts) in log_ins.await {
            self.latencies.push(latency);
            self.done += u32::from(counts);
        }
        self.processor += clock(ClockId::ProcessCPUTime).saturating_sub(processor);
    }

    fn per_second(&self) -> f64 {
        f64::from(self.done) / self.took.as_secs_f64()
    }

    fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort();
        let place = (self.latencies.len() - 1) * percent / 100;
        millis(*self.latencies.get(place).unwrap())
    }

    fn columns(&mut self) -> String {
        let (half, most) = (self.percentile(50), self.percentile(99));
        let processor = self.processor / u32::try_from(self.latencies.len()).unwrap();
        format!(
            "{:7.1} | {half:5.0} | {most:5.0} | {:9.1}",
            self.per_second(),
            millis(processor)
        )
    }
}

fn row(name: &str, reference: &mut Run, lanes: &mut Run) {
    let gain = lanes.per_second() / reference.per_second();
    println!(
        "| {name:>9} | {} | {} | {gain:4.2} |",
        reference.columns(),
        lanes.columns()
    );
}

/// Who still waits at the end of the turn gets his answer and adds to the waiting times, but not to the throughput: an engine that
/// runs empty is no measure of it.
async fn closed_loop(run: &mut Run, hasher: &Hasher, stored: &str, clients: usize) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move {
            let mut log_ins = Vec::new();
            while begin.elapsed() < WARM_UP + TURN {
                let latency = log_in(&hasher, &stored).await;
                let is_counted = (WARM_UP..WARM_UP + TURN).contains(&begin.elapsed());
                log_ins.push((latency, is_counted));
            }
            log_ins
        }
    };
    let clients = (0..clients).map(client).collect();
    run.add(async { together(clients).await.concat() }).await;
    run.took += TURN;
}

async fn all_at_once(run: &mut Run, hasher: &Hasher, stored: &str) {
    let begin = Instant::now();
    let client = |_| {
        let (hasher, stored) = (hasher.clone(), stored.to_owned());
        async move { (log_in(&hasher, &stored).await, true) }
    };
    let clients = (0..QUEUED).map(client).collect();
    run.add(together(clients)).await;
    run.took += begin.elapsed();
}

async fn log_in(hasher: &Hasher, stored: &str) -> Duration {
    let begin = Instant::now();
    assert!(hasher.verify("password", stored).await.unwrap());
    begin.elapsed()
}

/// Runs all futures at the same time.
async fn together<T>(futures: Vec<impl Future<Output = T> + 'static>) -> Vec<T>
where
    T: 'static,
{
    let local = tokio::task::LocalSet::new();
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| local.spawn_local(future))
        .collect();
    local
        .run_until(async {
            let mut outputs = Vec::new();
            for task in tasks {
                outputs.push(task.await.unwrap());
            }
            outputs
        })
        .await
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
