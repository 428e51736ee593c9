//! `daemun tune`

use std::{
    io::{self, Write},
    time::Duration,
};

use clap::Args;

use super::Outcome;
use crate::{
    app,
    config::{Config, Options},
};

/// `daemun tune`
#[derive(Args)]
pub(super) struct TuneCommand {
    /// The longest that hashing may take in a log-in on an idle machine, in milliseconds
    #[arg(long, value_name = "MILLISECONDS", default_value = "250", value_parser = milliseconds)]
    pub(super) target: Duration,
    #[command(flatten)]
    pub(super) options: Options,
}

fn milliseconds(text: &str) -> Result<Duration, std::num::ParseIntError> {
    text.parse().map(Duration::from_millis)
}

/// Prints what each cost means here, and which one to take.
pub(super) fn run(config: &Config, target: Duration) -> Outcome {
    let tuning = app::tuning(config, target);
    let mut out = io::stdout().lock();
    let (workers, lanes) = (tuning.workers, tuning.lanes);
    writeln!(
        out,
        "{workers} threads, up to {lanes} hashes side by side on each\n"
    )?;
    writeln!(
        out,
        "cost   idle log-in   busy log-in   log-ins/s   attacker's guesses"
    )?;
    for row in &tuning.rows {
        writeln!(
            out,
            "{:>4}   {:>8.0} ms   {:>8.0} ms   {:>9.1}   {:>17.2}x",
            row.cost,
            row.latency.as_secs_f64() * 1_000.0,
            row.busy_latency.as_secs_f64() * 1_000.0,
            row.logins_per_second,
            row.attacker_guesses,
        )?;
    }
    let millis = target.as_millis();
    writeln!(
        out,
        "\nfor a log-in within {millis} ms: DAEMUN_BCRYPT_COST={}",
        tuning.recommended
    )?;
    Ok(())
}
