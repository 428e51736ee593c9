//! The steps that subcommands share: read the settings, start logging, open the database, run async
//! code and report failures.

use std::{
    error::Error,
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    app,
    clock::Clock,
    config::{Config, ConfigErrors, LogFormat, Options, unknown_variables},
    service::Service,
    telemetry::{self, Stream},
};

/// The exit code for invalid settings or arguments, the same as clap's.
pub(super) const USAGE_ERROR: u8 = 2;

/// The result of a subcommand. An error is printed for the person at the terminal.
pub(super) type CommandResult = Result<(), Box<dyn Error>>;

/// Reads the settings, starts logging to `stream` and runs a subcommand.
pub(super) fn with_config(
    options: &Options,
    stream: Stream,
    run: impl FnOnce(&Config) -> CommandResult,
) -> ExitCode {
    run_with(Config::parse(options), stream, run)
}

/// Starts logging to `stream` and runs a subcommand, unless a setting has a fault.
pub(super) fn run_with(
    config: Result<Config, ConfigErrors>,
    stream: Stream,
    run: impl FnOnce(&Config) -> CommandResult,
) -> ExitCode {
    let config = match config {
        Ok(config) => config,
        Err(errors) => return report(&errors, USAGE_ERROR),
    };
    start_logging(&config, stream);
    exit_code(run(&config))
}

/// Opens and migrates the existing database, names it on standard error, and runs async code with
/// the service over it. Standard output is for the result alone.
pub(super) fn with_service(
    config: &Config,
    run: impl AsyncFnOnce(&Service) -> CommandResult,
) -> CommandResult {
    let db = app::open_existing_database(config)?;
    // Without standard error, the subcommand still does its work.
    let _named = writeln!(io::stderr(), "daemun: database {}", config.database.url);
    let service = app::service(config, db, Clock::system())?;
    block_on(run(&service))
}

/// Runs async code on this thread.
pub(super) fn block_on(future: impl Future<Output = CommandResult>) -> CommandResult {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(future)
}

/// Returns the result of printing a list. A reader that has enough, such as `head`, closes standard
/// output; that ends the list, and is no error. What is printed once, such as a key, is no list.
pub(super) fn listed(result: CommandResult) -> CommandResult {
    result.or_else(|error| {
        let direct = error.downcast_ref().map(io::Error::kind);
        let json = error.downcast_ref();
        let kind = direct.or_else(|| json.and_then(serde_json::Error::io_error_kind));
        if kind == Some(io::ErrorKind::BrokenPipe) {
            Ok(())
        } else {
            Err(error)
        }
    })
}

/// Prints an error, if there is one, and returns the exit code.
pub(super) fn exit_code(result: CommandResult) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error, 1),
    }
}

/// Prints each line of an error to standard error and returns the exit code.
pub(super) fn report(error: &dyn Display, code: u8) -> ExitCode {
    for line in error.to_string().lines() {
        // Without standard error, the exit code is the only report.
        let _printed = writeln!(io::stderr(), "daemun: {line}");
    }
    ExitCode::from(code)
}

/// Logs to standard output as the settings have it, or only warnings to standard error. A
/// subcommand that logs to standard error prints its result to standard output.
fn start_logging(config: &Config, stream: Stream) {
    match stream {
        Stream::Stdout => {
            let format = config.logging.format_on(stream.is_terminal());
            telemetry::install(&config.logging.filter, format == LogFormat::Json, stream);
            warn_of_unknown_variables();
        }
        Stream::Stderr => telemetry::install("warn", false, stream),
    }
}

fn warn_of_unknown_variables() {
    for (name, similar) in unknown_variables() {
        let hint = similar
            .map(|similar| format!("; did you mean {similar}?"))
            .unwrap_or_default();
        tracing::warn!("{name} is not a setting{hint}");
    }
}
