//! `daemun tune`

use std::{
    io::{self, Write},
    time::Duration,
};

use clap::Args;

use super::Outcome;
use crate::{
    app,
    config::{self, Config, Options},
};

/// `daemun tune`
#[derive(Args)]
pub(super) struct TuneCommand {
    /// The longest that hashing may take in a login on an idle machine
    #[arg(long, value_name = "DURATION", default_value = "250ms", value_parser = target)]
    pub(super) target: Duration,
    #[command(flatten)]
    pub(super) options: Options,
}

fn target(text: &str) -> Result<Duration, &'static str> {
    config::duration(text).ok_or("not a duration; for example 250ms")
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
