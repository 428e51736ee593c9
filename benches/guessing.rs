//! A brute-force run in a simulated hour and day, what a refusal costs against a hash, and memory under attack.
//!
//! The run is held against the service in this process, on a clock that it moves; the shield in memory, whose clock cannot be moved,
//! is set out of the way, so what gets through here is what the shared limits alone let through. Costs and memory are those of the
//! binary, as a process of its own at bcrypt's cost 12.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

#[path = "support/server.rs"]
mod server;

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    process::{Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

use clap::Parser;
use daemun::{
    app,
    clock::Clock,
    config::{Config, Options},
    domain::time::Timestamp,
};
use serde_json::json;
use tempfile::TempDir;
use ureq::Agent;

use server::Server;

const PASSWORD: &str = "Correct-Horse-7-battery";

/// A refusal costs less than this share of a hash.
const SHARE: f64 = 0.01;

/// Memory that an attack from everywhere may take, in MiB.
const MEMORY: f64 = 64.0;

/// Networks of the attack on memory.
const NETWORKS: u32 = 20_000;

fn main() -> ExitCode {
    brute_force();
    let is_cheap = costs();
    let is_bounded = memory();
    if is_cheap && is_bounded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Who guesses: the address and the identifier of the try of this number.
struct Attack {
    name: &'static str,
    address: fn(u32) -> Option<String>,
    identifier: fn(u32) -> String,
}

const ATTACKS: [Attack; 5] = [
    Attack {
        name: "one address, one account",
        address: |_| Some(String::from("203.0.113.1")),
        identifier: |_| String::from("minji"),
    },
    Attack {
        name: "many addresses, one account",
        address: |number| Some(Ipv4Addr::from(0x0B00_0000 + number).to_string()),
        identifier: |_| String::from("minji"),
    },
    Attack {
        name: "one IPv6 /64, one account",
        address: |number| {
            Some(format!(
                "2001:db8::{:x}:{:x}",
                number >> 16,
                number & 0xFFFF
            ))
        },
        identifier: |_| String::from("minji"),
    },
    Attack {
        name: "one address, many accounts",
        address: |_| Some(String::from("203.0.113.1")),
        identifier: |number| format!("person{number}"),
    },
    Attack {
        name: "forged headers, many accounts",
        address: |_| None,
        identifier: |number| format!("person{number}"),
    },
];

/// A try a second for an hour, then one in ten seconds for the rest of a day; no more, because the shield counts by the real clock.
fn brute_force() {
    println!("tries that got as far as a hash, by the shared limits alone");
    println!(
        "{:<32}{:>12}{:>12}{:>12}{:>12}",
        "", "tried", "in an hour", "tried", "in a day"
    );
    for attack in &ATTACKS {
        let target = Simulated::start(attack.address(0).is_some());
        let mut number = 0;
        let mut spend = |tries: u32, step: Duration| {
            let mut hashed = 0;
            for _try in 0..tries {
                hashed += u32::from(target.guess(attack, number));
                number += 1;
                target.pass(step);
            }
            hashed
        };
        let hour = spend(3_600, Duration::from_secs(1));
        let day = hour + spend(8_280, Duration::from_secs(10));
        println!(
            "{:<32}{:>12}{hour:>12}{number:>12}{day:>12}",
            attack.name, 3_600
        );
    }
}

impl Attack {
    fn address(&self, number: u32) -> Option<String> {
        (self.address)(number)
    }
}

/// The service in this process.
struct Simulated {
    address: SocketAddr,
    now: Arc<AtomicI64>,
    agent: Agent,
    _folder: TempDir,
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    options: Options,
}

impl Simulated {
    fn start(is_behind_proxy: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = format!(
            "--database-url=sqlite://{}/daemun.db",
            folder.path().display()
        );
        let trusted = if is_behind_proxy { "127.0.0.1" } else { "" };
        let options = Arguments::parse_from([
            "guessing",
            "--listen=127.0.0.1:0",
            &database,
            "--unsafe-fast-hashes=true",
            "--bcrypt-cost=4",
            "--captcha=off",
            "--limit-log-ins=10000",
            &format!("--trusted-proxies={trusted}"),
        ]);
        let config = Config::parse(&options.options).unwrap();
        let now = Arc::new(AtomicI64::new(1_795_348_800_000_000));
        let source = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_micros(source.load(Ordering::SeqCst)));
        let application = app::build(&config, clock).unwrap();
        let address = application.address();
        thread::spawn(move || {
            let serving = application.serve(std::future::pending());
            actix_web::rt::System::new().block_on(serving)
        });
        Self {
            address,
            now,
            agent: agent(),
            _folder: folder,
        }
    }

    fn pass(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// One try; whether it was looked at.
    fn guess(&self, attack: &Attack, number: u32) -> bool {
        let forged = Ipv4Addr::from(0x0B00_0000 + number).to_string();
        let told = attack.address(number).unwrap_or(forged);
        let identifier = (attack.identifier)(number);
        match log_in(&self.agent, self.address, &told, &identifier) {
            401 => true,
            429 => false,
            status => panic!("{status}"),
        }
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_mins(1)))
        .build()
        .into()
}

/// A wrong log-in from this address, as a header tells it; the status.
fn log_in(agent: &Agent, address: SocketAddr, forwarded: &str, identifier: &str) -> u16 {
    let body = json!({ "identifier": identifier, "password": "wrong" });
    let mut answer = agent
        .post(format!("http://{address}/login"))
        .header("x-forwarded-for", forwarded)
        .send_json(&body)
        .unwrap();
    // Read to its end, so that the connection is kept.
    let _text = answer.body_mut().read_to_string().unwrap();
    answer.status().as_u16()
}

/// The binary.
struct Target {
    server: Server,
    agent: Agent,
    _folder: TempDir,
}

impl Target {
    fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut binary = Command::new(env!("CARGO_BIN_EXE_daemun"));
        binary
            .env_clear()
            .env("DAEMUN_RATE_LIMITS", "on")
            .env("DAEMUN_TRUSTED_PROXIES", "127.0.0.1")
            .envs(settings.iter().copied());
        Self {
            server: Server::start(binary, folder.path()),
            agent: agent(),
            _folder: folder,
        }
    }

    fn log_in(&self, forwarded: &str, identifier: &str) -> u16 {
        log_in(&self.agent, self.server.address, forwarded, identifier)
    }

    /// Milliseconds of processor time of one of so many calls.
    fn cost(&self, times: u32, status: u16, call: impl Fn(u32) -> u16) -> f64 {
        let before = self.processor_time();
        for number in 0..times {
            assert_eq!(call(number), status);
        }
        (self.processor_time() - before) / f64::from(times)
    }

    /// Milliseconds of processor time that it has had, to the hundredth of a second (proc(5)).
    fn processor_time(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.server.process.id())).unwrap();
        let fields = stat.rsplit(')').next().unwrap();
        let ticks: Vec<f64> = fields
            .split_whitespace()
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse().unwrap())
            .collect();
        (ticks[0] + ticks[1]) * 10.0
    }

    /// MiB of memory that it has.
    fn resident(&self) -> f64 {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.server.process.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kibibytes / 1024.0
    }
}

/// Processor time of a hash and of each kind of refusal; whether all are cheap.
fn costs() -> bool {
    let wide = [
        ("DAEMUN_LIMIT_LOG_INS", "10000"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "10000"),
    ];
    let sign_up =
        json!({ "username": "minji", "email": "minji@example.com", "password": PASSWORD });
    let target = Target::start(&wide);
    let made = target
        .agent
        .post(format!("http://{}/signup", target.server.address))
        .send_json(&sign_up);
    assert_eq!(made.unwrap().status(), 201);
    let hash = target.cost(20, 401, |number| {
        target.log_in("203.0.113.1", &format!("nobody{number}"))
    });
    println!("\nprocessor time, bcrypt's cost 12");
    println!("{:<48}{hash:>9.3} ms", "a log-in that is hashed");
    while target.log_in("203.0.113.1", "minji") == 401 {}
    let waiting = target.cost(2_000, 429, |_| target.log_in("203.0.113.1", "minji"));

    let narrow = Target::start(&wide[..1]);
    while narrow.log_in("203.0.113.1", "nobody") == 401 {}
    while narrow.log_in("203.0.113.1", "somebody") == 401 {}
    let network = narrow.cost(2_000, 429, |_| narrow.log_in("203.0.113.1", "else"));

    let shielded = Target::start(&[("DAEMUN_LIMIT_LOG_INS", "1")]);
    shielded.log_in("203.0.113.1", "nobody");
    let shield = shielded.cost(2_000, 429, |_| shielded.log_in("203.0.113.1", "nobody"));

    let refusals = [
        ("refused, because the identifier waits", waiting),
        ("refused, because the network failed too often", network),
        ("refused by the shield", shield),
    ];
    let mut is_cheap = true;
    for (name, cost) in refusals {
        let share = cost / hash;
        println!("{name:<48}{cost:>9.3} ms   {:>6.3} % of it", share * 100.0);
        is_cheap &= share < SHARE;
    }
    println!("each below {} %: {is_cheap}", SHARE * 100.0);
    is_cheap
}

/// Memory before and after log-ins from so many networks, each of them counted in the database; whether it stays in bounds.
fn memory() -> bool {
    let target = Target::start(&[
        ("DAEMUN_UNSAFE_FAST_HASHES", "true"),
        ("DAEMUN_BCRYPT_COST", "4"),
    ]);
    let from = |number: u32| {
        let address = Ipv4Addr::from(0x0B00_0000 + number).to_string();
        target.log_in(&address, &format!("nobody{number}"))
    };
    for number in 0..500 {
        assert_eq!(from(number), 401);
    }
    let before = target.resident();
    for number in 500..NETWORKS {
        assert_eq!(from(number), 401);
    }
    let after = target.resident();
    let is_bounded = after - before < MEMORY;
    println!(
        "\nmemory: {before:.1} MiB after 500 networks, {after:.1} MiB after {NETWORKS}, each failing with a name of its own"
    );
    println!("less than {MEMORY} MiB more: {is_bounded}");
    is_bounded
}
