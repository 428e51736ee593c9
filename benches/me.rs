//! Throughput of `GET /me` against a bare Actix JSON handler with the same logging.
//!
//! Both run as processes of their own with their logs in files. The same clients call them in turns
//! over kept connections. The benchmark fails if the ratio is below [`FLOOR`].
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod account;
    pub mod baseline;
    pub mod server;
}

use std::{
    process::{Command, ExitCode},
    time::Duration,
};

use self::support::{
    account,
    baseline::{self, CLIENTS, median, rate},
    server::Server,
};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// Well below the measured ratio, so that a busy machine does not fail the benchmark.
const FLOOR: f64 = 0.4;

fn main() -> ExitCode {
    if baseline::serve_if_started_as_such() {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let daemun = Server::start(
        Command::new(env!("CARGO_BIN_EXE_daemun")),
        &folder.path().join("daemun"),
    );
    let bare = baseline::start(&folder.path().join("bare"));
    let me = account::me(&account::sign_up(&daemun, "minji"));
    let hello = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

    let (mut me_rates, mut bare_rates) = (Vec::new(), Vec::new());
    println!("{CLIENTS} clients, {ROUNDS} rounds of {ROUND:?} each, medians");
    for _ in 0..ROUNDS {
        bare_rates.push(rate(bare.address, hello, ROUND));
        me_rates.push(rate(daemun.address, &me, ROUND));
    }
    let (me_rate, bare_rate) = (median(me_rates), median(bare_rates));
    let ratio = me_rate / bare_rate;
    println!("bare JSON handler   {bare_rate:>9.0} requests/s");
    println!("GET /me             {me_rate:>9.0} requests/s");
    println!("ratio               {ratio:>9.2}   (at least {FLOOR})");
    if ratio >= FLOOR {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
