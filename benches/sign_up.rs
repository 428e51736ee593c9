//! The cost of mail and adaptive proofs of work per signup: the CPU time of services with and
//! without both, excluding hashing threads.
//!
//! Three services take turns, and each signup comes from its own client IP. The first has neither
//! mail nor proofs. The second demands proofs where they are due and queues a message with a code
//! and a link for each signup, but cannot deliver it: this is the cost of a signup. The third also
//! delivers the messages into a folder, and the benchmark waits for them: this is the cost of a
//! signup and its message. The benchmark fails if a ratio exceeds [`SIGN_UP`] or [`WITH_DELIVERY`].
//! Linux reports the CPU time of each thread.
#![expect(clippy::print_stdout, reason = "the table is its output")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod cpu_time;
    pub mod server;
    pub mod time;
}

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use self::support::{cpu_time::CpuTime, server::Server, time::millis};

const ROUNDS: u32 = 60;
const SIGN_UPS: u32 = 33;

/// The goal is 1.10; the margin is for a busy machine.
const SIGN_UP: f64 = 1.15;

/// Rendering a message, writing its file and recording its delivery are not part of a signup. They
/// take about as long as the writes of the signup itself.
const WITH_DELIVERY: f64 = 1.70;

type Setting = (&'static str, &'static str);

/// The mail folder of the third service.
const FOLDER: &str = "file://mails";

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let start = |name, settings: &[Setting]| Subject::start(&folder.path().join(name), settings);
    let without = start(
        "without",
        &[
            ("DAEMUN_EMAIL_VERIFICATION", "off"),
            ("DAEMUN_CAPTCHA", "off"),
        ],
    );
    let kept = start("kept", &with_mail("smtp://127.0.0.1:1?tls=off"));
    let sent = start("sent", &with_mail(FOLDER));
    let subjects = [without, kept, sent];
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        rounds.push(subjects.each_ref().map(|subject| subject.sign_ups(round)));
    }
    if report(&rounds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints the table. Returns whether both ratios are within their bounds.
fn report(rounds: &[[Duration; 3]]) -> bool {
    let time = |which: usize| median(rounds.iter().map(|times| millis(times[which])));
    // Ratios are taken within a round, because a shared machine changes from minute to minute.
    let ratio = |which: usize| {
        median(
            rounds
                .iter()
                .map(|times| millis(times[which]) / millis(times[0])),
        )
    };
    println!("{ROUNDS} rounds of {SIGN_UPS} signups, median CPU time of one, hashing excluded");
    println!("without mail and proofs      {:>8.2} ms", time(0));
    println!(
        "with both                    {:>8.2} ms   {:.2} (at most {SIGN_UP})",
        time(1),
        ratio(1)
    );
    println!(
        "with both, mail delivered    {:>8.2} ms   {:.2} (at most {WITH_DELIVERY})",
        time(2),
        ratio(2)
    );
    ratio(1) <= SIGN_UP && ratio(2) <= WITH_DELIVERY
}

const fn with_mail(url: &'static str) -> [Setting; 4] {
    [
        ("DAEMUN_CAPTCHA", "adaptive"),
        ("DAEMUN_MAIL_URL", url),
        ("DAEMUN_MAIL_FROM", "no-reply@example.com"),
        ("DAEMUN_PUBLIC_URL", "https://example.com"),
    ]
}

/// A service under measurement.
struct Subject {
    server: Server,
    mails: Option<PathBuf>,
}

impl Subject {
    fn start(folder: &Path, settings: &[Setting]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
            .env("DAEMUN_BCRYPT_COST", "4")
            .env("DAEMUN_RATE_LIMITS", "on")
            .env("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")
            .envs(settings.iter().copied());
        let has_folder = settings.contains(&("DAEMUN_MAIL_URL", FOLDER));
        Self {
            server: Server::start(command, folder),
            mails: has_folder.then(|| folder.join("mails")),
        }
    }

    /// Returns the CPU time per signup of one round, including the delivery and excluding hashing.
    fn sign_ups(&self, round: u32) -> Duration {
        let before = CpuTime::of(&self.server);
        for number in 0..SIGN_UPS {
            let name = format!("person{round}.{number}");
            let body = json!({
                "username": name, "email": format!("{name}@example.com"), "password": "Correct-Horse-7-battery",
            });
            let reply = ureq::post(format!("http://{}/signup", self.server.address))
                .header("x-forwarded-for", format!("10.{round}.{number}.1"))
                .send_json(&body);
            assert_eq!(reply.unwrap().status(), 201);
        }
        if let Some(mails) = &self.mails {
            let sent = usize::try_from((round + 1) * SIGN_UPS).unwrap();
            let started = Instant::now();
            while fs::read_dir(mails).map_or(0, Iterator::count) < sent {
                assert!(started.elapsed() < Duration::from_secs(30), "no mail");
                thread::sleep(Duration::from_millis(5));
            }
        }
        (CpuTime::of(&self.server) - before).rest / SIGN_UPS
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
