//! Attacks on passwords, and the service in this process under them, on a simulated clock.

use std::{
    net::{Ipv4Addr, SocketAddr},
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
    domain::timestamp::Timestamp,
};
use tempfile::TempDir;
use ureq::Agent;

use super::client;

/// An attack: the client IP and the identifier of each attempt by its number. Without an IP, only
/// forged headers are sent.
pub struct Attack {
    pub name: &'static str,
    address: fn(u32) -> Option<String>,
    identifier: fn(u32) -> String,
}

pub const ATTACKS: [Attack; 5] = [
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

impl Attack {
    /// Returns the client IP of an attempt.
    pub fn address(&self, number: u32) -> Option<String> {
        (self.address)(number)
    }
}

/// The service in this process.
pub struct SimulatedService {
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

impl SimulatedService {
    /// Starts the service. Behind a proxy it trusts the client IP of a header.
    pub fn start(is_behind_proxy: bool) -> Self {
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
            agent: client::agent(),
            _folder: folder,
        }
    }

    /// Advances the clock.
    pub fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap();
        self.now.fetch_add(micros, Ordering::SeqCst);
    }

    /// Sends one attempt. Returns whether the password was checked.
    pub fn guess(&self, attack: &Attack, number: u32) -> bool {
        let forged = Ipv4Addr::from(0x0B00_0000 + number).to_string();
        let forwarded = attack.address(number).unwrap_or(forged);
        let identifier = (attack.identifier)(number);
        match client::log_in(&self.agent, self.address, &forwarded, &identifier) {
            401 => true,
            429 => false,
            status => panic!("{status}"),
        }
    }
}
