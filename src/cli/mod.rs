//! The command line: subcommands, what they print and their exit codes; it must not do what they ask for itself.

mod database;
mod healthcheck;
pub(crate) mod keys;
mod mail;
mod migrate;
mod openapi;
mod progress;
mod serve;
mod tune;
pub(crate) mod users;

use std::{
    ffi::OsString,
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, LogFormat, Options, unknown_variables},
    telemetry::{self, Stream},
};
use database::DatabaseCommand;

/// The settings or arguments were refused, as clap has it too.
const USAGE: u8 = 2;

/// Sign-up and log-in for an app, as one small container
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service (the default)
    Serve(Options),
    /// Bring the database up to date and exit
    Migrate(Options),
    /// Print the OpenAPI document
    Openapi,
    /// Ask the service on this machine whether it is ready; exits 0 if it is
    Healthcheck(Options),
    /// Measure this machine and recommend a cost of bcrypt
    Tune(tune::TuneCommand),
    /// Move everything to another database, or back it up while the service runs
    Database(DatabaseCommand),
    /// Work with the keys of sibling services and those that sign access tokens
    Key(keys::KeyCommand),
    /// Find out whether mail leaves
    Mail(mail::MailCommand),
    /// Work with accounts, also while the service runs
    User(users::UserCommand),
}

/// Does what the arguments ask for.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(told) => {
            let is_printed = told.print().is_ok();
            return if is_printed && !told.use_stderr() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE)
            };
        }
    };
    match cli.command.unwrap_or(Command::Serve(cli.options)) {
        Command::Serve(options) => with_config(&options, Stream::Stdout, serve::run),
        Command::Migrate(options) => with_config(&options, Stream::Stderr, migrate::run),
        Command::Openapi => finished(openapi::run()),
        Command::Healthcheck(options) => with_config(&options, Stream::Stderr, healthcheck::run),
        Command::Tune(command) => {
            let target = command.target;
            with_config(&command.options, Stream::Stderr, |config| {
                tune::run(config, target)
            })
        }
        Command::Database(command) => {
            let DatabaseCommand { action, options } = command;
            match action.check() {
                Ok(task) => with_config(&options, Stream::Stderr, |config| {
                    database::run(config, task)
                }),
                Err(refused) => failed(&refused, USAGE),
            }
        }
        Command::Key(command) => {
            let action = command.action;
            with_config(&command.options, Stream::Stderr, |config| {
                keys::run(config, action)
            })
        }
        Command::Mail(command) => {
            let action = command.action;
            with_config(&command.options, Stream::Stderr, |config| {
                mail::run(config, action)
            })
        }
        Command::User(command) => {
            let action = command.action;
            with_config(&command.options, Stream::Stderr, |config| {
                users::run(config, action)
            })
        }
    }
}

/// What a subcommand tells when it fails: one line for the person at the terminal.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn with_config(
    options: &Options,
    stream: Stream,
    run: impl FnOnce(&Config) -> Outcome,
) -> ExitCode {
    let config = match Config::parse(options) {
        Ok(config) => config,
        Err(refused) => return failed(&refused, USAGE),
    };
    let is_json = match config.logging.format {
        Some(format) => format == LogFormat::Json,
        None => !stream.is_terminal(),
    };
    // What a command does is told by what it prints; the service's own log is for everything else.
    let filter = match stream {
        Stream::Stdout => config.logging.filter.as_str(),
        Stream::Stderr => "warn",
    };
    telemetry::install(filter, is_json && stream == Stream::Stdout, stream);
    if stream == Stream::Stdout {
        warn_of_unknown_variables();
    }
    finished(run(&config))
}

fn warn_of_unknown_variables() {
    for (name, nearest) in unknown_variables() {
        let hint = nearest
            .map(|nearest| format!("; did you mean {nearest}?"))
            .unwrap_or_default();
        tracing::warn!("{name} is not a setting{hint}");
    }
}

fn finished(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error, 1),
    }
}

fn failed(error: &dyn Display, code: u8) -> ExitCode {
    for line in error.to_string().lines() {
        // With stderr gone the exit code alone has to tell.
        let _told = writeln!(io::stderr(), "daemun: {line}");
    }
    ExitCode::from(code)
}
