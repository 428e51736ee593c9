//! The time and the memory of `daemun user import`: 100,000 lines with hashes on SQLite and on
//! PostgreSQL, a second run over them, and the check of a file of 1 GiB.
//!
//! `cargo bench --bench import` prints a table. It fails if an import takes longer than
//! [`CEILING`]. `-- large` adds the file of 1 GiB, which takes minutes and 2 GB of disk.
//! PostgreSQL is started by the benchmark, on loopback, from the distribution's packages. The peak
//! of the memory is `VmHWM` of the process.
#![expect(clippy::print_stdout, reason = "the table is its output")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod postgres;
}

use std::{
    env,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    process::{Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use self::support::postgres::Cluster;

/// The lines of the smaller file.
const LINES: usize = 100_000;

/// The bytes of the larger file.
const LARGE: u64 = 1 << 30;

/// The longest accepted import of [`LINES`] lines.
const CEILING: Duration = Duration::from_mins(2);

/// A hash as Django makes it: the longest of the usual ones.
const HASH: &str = "argon2$argon2id$v=19$m=102400,t=2,p=8$bGtWbTJNYmZmSjlkMzBoNDdiWHoySQ$qdPMDwHgABp4wfvjS2M0LkpsDHxnJohcGv3IsgNqcCs";

/// The time and the memory of one command.
struct Cost {
    seconds: f64,
    peak_kib: u64,
}

fn main() -> ExitCode {
    let is_large = env::args().any(|word| word == "large");
    let folder = env::temp_dir().join("daemun-import");
    let _none_left = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let cluster = Cluster::start(&folder.join("postgres"));
    drop(cluster.connect("import"));
    let sqlite = format!("sqlite://{}", folder.join("daemun.db").display());
    let file = folder.join("accounts.jsonl");
    write_lines(&file, |count, _| count < LINES);
    println!("| | seconds | lines a second | peak MiB |\n|---|---|---|---|");
    let mut is_fast = true;
    for (name, url) in [("SQLite", &sqlite), ("PostgreSQL", &cluster.url("import"))] {
        run(&folder, url, &["migrate"]);
        let path = file.to_str().unwrap();
        let import = run(&folder, url, &["user", "import", path]);
        print(name, "import", LINES, &import);
        is_fast &= import.seconds < CEILING.as_secs_f64();
        let again = run(&folder, url, &["user", "import", path]);
        print(name, "second run", LINES, &again);
    }
    if is_large {
        let file = folder.join("large.jsonl");
        let lines = write_lines(&file, |_, bytes| bytes < LARGE);
        let options = ["--dry-run", "--temp-dir", folder.to_str().unwrap()];
        let check = ["user", "import", file.to_str().unwrap()];
        let check = [&check[..], &options].concat();
        print(
            "SQLite",
            "check of 1 GiB",
            lines,
            &run(&folder, &sqlite, &check),
        );
    }
    drop(cluster);
    fs::remove_dir_all(&folder).unwrap();
    if is_fast {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Writes lines while a condition on their number and bytes holds. Returns the number.
fn write_lines(path: &Path, goes_on: impl Fn(usize, u64) -> bool) -> usize {
    let mut file = BufWriter::new(File::create(path).unwrap());
    let (mut count, mut bytes) = (0, 0);
    while goes_on(count, bytes) {
        let line = format!(
            r#"{{"username":"user{count}","email":"user{count}@example.com","email_verified":true,"password_hash":"{HASH}","created_at":"2024-05-01T09:30:00Z","external_id":"crm-{count}"}}"#
        );
        writeln!(file, "{line}").unwrap();
        count += 1;
        bytes += u64::try_from(line.len() + 1).unwrap();
    }
    file.flush().unwrap();
    count
}

/// Runs a command of the service. Returns its time and the peak of its memory.
fn run(folder: &Path, url: &str, arguments: &[&str]) -> Cost {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .args(arguments)
        .current_dir(folder)
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        peak_kib = peak_kib.max(peak(&fs::read_to_string(&status).unwrap_or_default()));
        thread::sleep(Duration::from_millis(10));
    };
    assert!(ended.success(), "{arguments:?}: {ended}");
    Cost {
        seconds: begun.elapsed().as_secs_f64(),
        peak_kib,
    }
}

/// Returns the peak of the memory in KiB from the text of `/proc/PID/status`.
fn peak(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "figures of a table"
)]
fn print(database: &str, step: &str, lines: usize, cost: &Cost) {
    let Cost { seconds, peak_kib } = cost;
    let rate = lines as f64 / seconds;
    let peak = *peak_kib as f64 / 1024.0;
    println!("| {database}, {step}: {lines} lines | {seconds:.1} | {rate:.0} | {peak:.0} |");
}
