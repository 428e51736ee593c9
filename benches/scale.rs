//! A thousand accounts against a million, on SQLite and on PostgreSQL: latency of logins and of
//! `GET /me`, bytes per account, and the duration of a purge and of a move to the other database.
//!
//! `cargo bench --bench scale` fills four databases with bulk statements, starts a service on each,
//! and sends requests to them in turns, so that a disturbance affects all alike. Passwords are
//! hashed at cost 4, so that the database dominates. It fails if a million accounts take more than
//! [`CEILING`] times as long as a thousand, or if PostgreSQL serves less than [`FLOOR`] of the
//! throughput of SQLite. PostgreSQL is started by the benchmark, on loopback, from the
//! distribution's packages. `fill`, `measure`, `cpu`, `purge` and `move` run single steps; the
//! databases then stay in the folder for temporary files.
#![expect(clippy::print_stdout, reason = "the tables are its output")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod account;
    pub mod bulk_accounts;
    pub mod cpu_time;
    pub mod postgres;
    pub mod scale;
    pub mod server;
    pub mod time;
}

use std::{
    env, fs,
    path::Path,
    process::{Command, ExitCode},
    time::Instant,
};

use diesel::connection::SimpleConnection;

use self::support::{
    postgres::Cluster,
    scale::{
        measurement::{Figures, Measurement, ROUNDS, take_turns},
        subject::{DatabaseKind, SIZES, Subject, subjects},
    },
};

/// The highest accepted ratio of the latency of a million accounts to that of a thousand.
const CEILING: f64 = 1.2;

/// The lowest accepted ratio of the throughput of PostgreSQL to that of SQLite.
const FLOOR: f64 = 0.35;

fn main() -> ExitCode {
    let steps: Vec<_> = env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let folder = env::temp_dir().join("daemun-scale");
    let is_wanted = |step: &str| steps.is_empty() || steps.iter().any(|word| word == step);
    if is_wanted("fill") {
        let _none_left = fs::remove_dir_all(&folder);
    }
    let cluster = Cluster::start(&folder.join("postgres"));
    let subjects = subjects(&folder, &cluster);
    if is_wanted("fill") {
        fill(&subjects, &cluster);
    }
    let is_fast = !is_wanted("measure") || measure(&subjects);
    if is_wanted("cpu") {
        print_cpu_times(&subjects, &cluster);
    }
    if is_wanted("purge") {
        for subject in &subjects {
            subject.purge(&cluster);
        }
    }
    if is_wanted("move") {
        move_accounts(&subjects, &folder, &cluster);
    }
    drop(cluster);
    if steps.is_empty() {
        fs::remove_dir_all(&folder).unwrap();
    }
    if is_fast {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Fills the databases and waits until they are on disk. Otherwise the pages are written during the
/// measurement, and every commit waits for them.
fn fill(subjects: &[Subject], cluster: &Cluster) {
    for subject in subjects {
        subject.fill(cluster);
    }
    rustix::fs::sync();
}

/// Prints the measurements and their ratios. Returns whether every ratio is within its bound.
fn measure(subjects: &[Subject]) -> bool {
    let mut measurements: Vec<_> = subjects.iter().map(Measurement::new).collect();
    for round in 0..ROUNDS {
        take_turns(&mut measurements, round);
        measurements.iter_mut().for_each(Measurement::measure_rate);
    }
    println!(
        "\n| database   |  accounts |  login p50 | p99      | `/me` p50 | p99      | `/me`/s        |\n\
         |------------|----------:|-----------:|---------:|----------:|---------:|---------------:|"
    );
    let figures: Vec<_> = measurements.into_iter().map(Measurement::finish).collect();
    println!();
    are_within_bounds(&figures)
}

/// Prints each ratio. Returns whether every ratio is within its bound.
fn are_within_bounds(figures: &[Figures]) -> bool {
    let mut is_fast = true;
    let mut check = |what: String, ratio: f64, is_met: bool| {
        println!(
            "{what:<58} {ratio:>6.2}   {}",
            if is_met { "met" } else { "MISSED" }
        );
        is_fast &= is_met;
    };
    for (pair, kind) in figures
        .chunks(2)
        .zip([DatabaseKind::Sqlite, DatabaseKind::Postgres])
    {
        let [small, large] = [&pair[0], &pair[1]];
        for (what, ratio) in [
            ("login", large.login / small.login),
            ("GET /me", large.visit / small.visit),
        ] {
            let what = format!(
                "{what}, {}: 1,000,000 ÷ 1,000 (at most {CEILING})",
                kind.name()
            );
            check(what, ratio, ratio <= CEILING);
        }
    }
    for (place, size) in SIZES.into_iter().enumerate() {
        let ratio = figures[place + 2].rate / figures[place].rate;
        let what =
            format!("GET /me per second, {size} accounts: PostgreSQL ÷ SQLite (at least {FLOOR})");
        check(what, ratio, ratio >= FLOOR);
    }
    is_fast
}

/// Prints the CPU time of a request at a million accounts: of the service without its hashing
/// threads, and of PostgreSQL.
fn print_cpu_times(subjects: &[Subject], cluster: &Cluster) {
    println!("\nCPU time of one request, in ms: the service without hashing, PostgreSQL");
    for subject in subjects.iter().filter(|subject| subject.size == SIZES[1]) {
        Measurement::new(subject).print_cpu_times(cluster);
    }
}

/// Moves a million accounts from SQLite to PostgreSQL and back.
fn move_accounts(subjects: &[Subject], folder: &Path, cluster: &Cluster) {
    let schema = "moved";
    cluster
        .connect(schema)
        .batch_execute("DROP SCHEMA moved CASCADE; CREATE SCHEMA moved")
        .unwrap();
    let back = folder.join("back.db");
    let _none_left = fs::remove_file(&back);
    let back = format!("sqlite://{}", back.display());
    let copied = moved(&subjects[1].url, &cluster.url(schema));
    let copied_back = moved(&cluster.url(schema), &back);
    assert_eq!(copied, copied_back, "the digests are the same");
    println!("{}", copied.join("\n"));
}

/// Copies a database. Returns the lines of output about each table.
fn moved(from: &str, to: &str) -> Vec<String> {
    let started = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .args(["database", "copy", "--from", from, "--to", to])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    println!("{:.1?}: {}", started.elapsed(), lines.pop().unwrap());
    lines
}
