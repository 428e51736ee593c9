//! The command line: parses the arguments, runs a subcommand and returns its exit code.

mod database;
mod events;
mod healthcheck;
mod help;
mod invitations;
mod keys;
mod mail;
mod openapi;
mod passwords;
mod runtime;
mod serve;
mod tune;
mod users;
mod webhooks;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::{
    config::{Config, Options, with_development_defaults},
    telemetry::Stream,
};
use runtime::{USAGE_ERROR, exit_code, run_with, with_config};

/// Signup and login for an app, as one small container
#[derive(Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Each setting is a flag and an environment variable; the flag takes precedence.\n`daemun serve --help` lists all settings."
)]
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
    /// Run the service for development: on this machine only, with mail on the log, without CAPTCHA
    Dev(Options),
    /// Create or migrate the database and exit
    Migrate(Options),
    /// Print the OpenAPI document of the public listener, or of the admin listener
    Openapi(openapi::OpenapiCommand),
    /// Check whether the service on this machine is ready; exits with 0 or 1
    Healthcheck(Options),
    /// Measure this machine and recommend a bcrypt cost
    Tune(tune::TuneCommand),
    /// Copy or back up the database
    Database(database::DatabaseCommand),
    /// Read the audit log, also while the service runs
    Events(events::EventsCommand),
    /// Manage invitations to sign up, also while the service runs
    Invite(invitations::InviteCommand),
    /// Manage service keys and token signing keys
    Key(keys::KeyCommand),
    /// Check the mail configuration
    Mail(mail::MailCommand),
    /// Prepare the rules for new passwords
    Passwords(passwords::PasswordsCommand),
    /// Manage accounts, also while the service runs
    User(users::UserCommand),
    /// Manage the events that are sent to the webhook, also while the service runs
    Webhook(webhooks::WebhookCommand),
}

/// Runs the subcommand that the arguments name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let is_printed = error.print().is_ok();
            // `--help` and `--version` are errors to clap, but are printed to standard output.
            return if is_printed && !error.use_stderr() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(USAGE_ERROR)
            };
        }
    };
    match cli.command.unwrap_or(Command::Serve(cli.options)) {
        Command::Serve(options) => with_config(&options, Stream::Stdout, serve::run),
        Command::Dev(options) => run_with(
            Config::parse_development(&options),
            Stream::Stdout,
            serve::run,
        ),
        Command::Migrate(options) => with_config(&options, Stream::Stderr, database::migrate::run),
        Command::Openapi(command) => exit_code(command.run()),
        Command::Healthcheck(options) => with_config(&options, Stream::Stderr, healthcheck::run),
        Command::Tune(command) => command.run(),
        Command::Database(command) => command.run(),
        Command::Events(command) => command.run(),
        Command::Invite(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Mail(command) => command.run(),
        Command::Passwords(command) => command.run(),
        Command::User(command) => command.run(),
        Command::Webhook(command) => command.run(),
    }
}

fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let command = Cli::command().mut_subcommand("dev", with_development_defaults);
    let mut command = help::narrow(command);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}
