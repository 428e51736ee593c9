//! `daemun tune`: measures bcrypt on this machine and recommends a cost.

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Args;

use super::runtime::{CommandResult, with_config};
use crate::{
    app,
    config::{self, Config, Options},
    telemetry::Stream,
};

/// The arguments of `daemun tune`.
#[derive(Args)]
pub(super) struct TuneCommand {
    /// Maximum time of hashing in a login on an idle machine
    #[arg(long, value_name = "DURATION", default_value = "250ms", value_parser = target)]
    target: Duration,
    #[command(flatten)]
    options: Options,
}

fn target(text: &str) -> Result<Duration, &'static str> {
    config::duration(text).ok_or("not a duration; for example 250ms")
}

impl TuneCommand {
    pub(super) fn run(self) -> ExitCode {
        with_config(&self.options, Stream::Stderr, |config| {
            tune(config, self.target)
        })
    }
}

/// Prints the effect of each cost on this machine, and the recommended cost.
fn tune(config: &Config, target: Duration) -> CommandResult {
    let tuning = app::tuning(config, target);
    let mut out = io::stdout().lock();
    let (workers, lanes) = (tuning.workers, tuning.lanes);
    writeln!(
        out,
        "{workers} threads, up to {lanes} hashes at once on each\n"
    )?;
    writeln!(
        out,
        "cost    idle login    busy login    logins/s   attacker's guesses"
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
        "\nfor a login within {millis} ms: DAEMUN_BCRYPT_COST={}",
        tuning.recommended
    )?;
    Ok(())
}
