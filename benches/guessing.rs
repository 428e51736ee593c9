//! A brute-force attack over a simulated day, the cost of a rejection against a hash, and memory
//! under attack.
//!
//! The attack runs against the service in this process, on a simulated clock. The in-memory rate
//! limits use the real clock, so they are set very high, and the results are those of the shared
//! limits alone. Cost and memory are those of the release binary at bcrypt cost 12.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod attack;
    pub mod server;
}

use std::{net::Ipv4Addr, process::ExitCode, time::Duration};

use self::support::attack::{
    simulation::{ATTACKS, SimulatedService},
    target::Target,
};

/// A rejection must cost less than this share of a hash.
const SHARE: f64 = 0.01;

/// The memory in MiB that an attack from many client IPs may use.
const MEMORY: f64 = 64.0;

/// The client IPs of the attack on memory.
const CLIENT_IPS: u32 = 20_000;

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

/// Makes one attempt per second for an hour, then one in ten seconds for the rest of a day. More
/// are not possible, because the in-memory rate limits use the real clock.
fn brute_force() {
    println!("attempts whose password was hashed, by the shared limits alone");
    println!(
        "{:<32}{:>12}{:>12}{:>12}{:>12}",
        "", "attempts", "in an hour", "attempts", "in a day"
    );
    for attack in &ATTACKS {
        let service = SimulatedService::start(attack.address(0).is_some());
        let mut number = 0;
        let mut run = |attempts: u32, step: Duration| {
            let mut hashed = 0;
            for _ in 0..attempts {
                hashed += u32::from(service.guess(attack, number));
                number += 1;
                service.advance(step);
            }
            hashed
        };
        let hour = run(3_600, Duration::from_secs(1));
        let day = hour + run(8_280, Duration::from_secs(10));
        println!(
            "{:<32}{:>12}{hour:>12}{number:>12}{day:>12}",
            attack.name, 3_600
        );
    }
}

/// Prints the CPU time of a hash and of each kind of rejection. Returns whether all are cheap.
fn costs() -> bool {
    let high_limits = [
        ("DAEMUN_LIMIT_LOG_INS", "10000"),
        ("DAEMUN_LIMIT_NETWORK_FAILURES", "10000"),
    ];
    let target = Target::start(&high_limits);
    target.sign_up("minji");
    let hash = target.cost(20, 401, |number| {
        target.log_in("203.0.113.1", &format!("unknown{number}"))
    });
    println!("\nCPU time, bcrypt cost 12");
    println!("{:<48}{hash:>9.3} ms", "a login that is hashed");
    while target.log_in("203.0.113.1", "minji") == 401 {}
    let backoff = target.cost(2_000, 429, |_| target.log_in("203.0.113.1", "minji"));

    let limited = Target::start(&high_limits[..1]);
    while limited.log_in("203.0.113.1", "unknown") == 401 {}
    while limited.log_in("203.0.113.1", "another") == 401 {}
    let client_ip = limited.cost(2_000, 429, |_| limited.log_in("203.0.113.1", "third"));

    let rate_limited = Target::start(&[("DAEMUN_LIMIT_LOG_INS", "1")]);
    rate_limited.log_in("203.0.113.1", "unknown");
    let in_memory = rate_limited.cost(2_000, 429, |_| {
        rate_limited.log_in("203.0.113.1", "unknown")
    });

    are_cheap(
        hash,
        [
            ("rejected by the backoff of the identifier", backoff),
            ("rejected by the failures of the client IP", client_ip),
            ("rejected by the in-memory rate limit", in_memory),
        ],
    )
}

/// Prints the cost of each rejection as a share of a hash. Returns whether all are cheap.
fn are_cheap(hash: f64, rejections: [(&str, f64); 3]) -> bool {
    let mut is_cheap = true;
    for (name, cost) in rejections {
        let share = cost / hash;
        println!(
            "{name:<48}{cost:>9.3} ms   {:>6.3} % of a hash",
            share * 100.0
        );
        is_cheap &= share < SHARE;
    }
    println!("each below {} %: {is_cheap}", SHARE * 100.0);
    is_cheap
}

/// Prints the memory before and after logins from many client IPs, each counted in the database.
/// Returns whether the growth is bounded.
fn memory() -> bool {
    let target = Target::start(&[
        ("DAEMUN_UNSAFE_FAST_HASHES", "true"),
        ("DAEMUN_BCRYPT_COST", "4"),
    ]);
    let from = |number: u32| {
        let address = Ipv4Addr::from(0x0B00_0000 + number).to_string();
        target.log_in(&address, &format!("unknown{number}"))
    };
    for number in 0..500 {
        assert_eq!(from(number), 401);
    }
    let before = target.resident_memory();
    for number in 500..CLIENT_IPS {
        assert_eq!(from(number), 401);
    }
    let after = target.resident_memory();
    let is_bounded = after - before < MEMORY;
    println!(
        "\nmemory: {before:.1} MiB after 500 client IPs, {after:.1} MiB after {CLIENT_IPS}, each with an identifier of its own"
    );
    println!("growth below {MEMORY} MiB: {is_bounded}");
    is_bounded
}
