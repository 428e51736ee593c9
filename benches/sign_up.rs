//! What mail, limits and adaptive proofs of work cost a sign-up: the processor time of a service with all of them beside that of one
//! without, its hashing threads left out.
//!
//! Both are asked in turns, each sign-up from a network of its own. The messages are waited for: sending them is part of the cost.
//! The ratio has to stay at [`CEILING`] or below. Linux tells the time of each thread.
#![expect(clippy::print_stdout, reason = "its table is what it is for")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on fails"
)]

mod processor;
mod server;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use self::{processor::Spent, server::Server};

const ROUNDS: u32 = 10;
const SIGN_UPS: u32 = 100;

/// What is demanded is 1.10; the margin is for a busy machine.
const CEILING: f64 = 1.20;

fn main() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let off = [("DAEMUN_EMAIL_VERIFICATION", "off")];
    let plain = Subject::start(&folder.path().join("plain"), &off);
    let on = [
        ("DAEMUN_RATE_LIMITS", "on"),
        ("DAEMUN_CAPTCHA", "adaptive"),
        ("DAEMUN_MAIL_URL", "file://mails"),
        ("DAEMUN_PUBLIC_URL", "https://example.com"),
    ];
    let guarded = Subject::start(&folder.path().join("guarded"), &on);
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        without.push(plain.sign_ups(round));
        with.push(guarded.sign_ups(round));
    }
    let (without, with) = (median(without), median(with));
    let ratio = with.as_secs_f64() / without.as_secs_f64();
    println!(
        "{ROUNDS} rounds of {SIGN_UPS} sign-ups, medians of the processor time of one without its hashes"
    );
    println!("without mail and defences   {without:>10.0?}");
    println!("with mail and defences      {with:>10.0?}");
    println!("ratio                       {ratio:>10.2}   (at most {CEILING})");
    if ratio <= CEILING {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A service under measurement.
struct Subject {
    server: Server,
    mails: Option<PathBuf>,
}

impl Subject {
    fn start(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_daemun"));
        command
            .env("DAEMUN_UNSAFE_FAST_HASHES", "true")
            .env("DAEMUN_BCRYPT_COST", "4")
            .env("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")
            .envs(settings.iter().copied());
        let has_mail = settings.iter().any(|(name, _)| *name == "DAEMUN_MAIL_URL");
        Self {
            server: Server::start(command, folder),
            mails: has_mail.then(|| folder.join("mails")),
        }
    }

    /// The processor time of one of a round's sign-ups, with all that follows from it but hashing.
    fn sign_ups(&self, round: u32) -> Duration {
        let before = Spent::until_now(&self.server);
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
            while fs::read_dir(mails).unwrap().count() < sent {
                assert!(started.elapsed() < Duration::from_secs(30), "no mail");
                thread::sleep(Duration::from_millis(5));
            }
        }
        (Spent::until_now(&self.server) - before).rest / SIGN_UPS
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
