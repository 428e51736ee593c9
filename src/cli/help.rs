//! Limits `--help` of each subcommand to the settings that it uses.

use clap::{Arg, Command};

/// Hides the settings that a subcommand does not use. All are still read and checked, because a
/// container has one environment for all subcommands.
pub(super) fn narrow(command: Command) -> Command {
    command
        // `daemun -h` lists the subcommands, and `daemun --help` the settings too.
        .mut_args(|argument| {
            let is_setting = is_setting(&argument);
            argument.hide_short_help(is_setting)
        })
        .mut_subcommands(narrow_subcommand)
}

/// Settings of a subcommand with subcommands of its own, such as `user`, are accepted before and
/// after the inner subcommand's name.
fn narrow_subcommand(command: Command) -> Command {
    let name = command.get_name().to_owned();
    if !command.has_subcommands() {
        return command.mut_args(|argument| narrowed(argument, &name));
    }
    let settings = settings(&command);
    command
        .mut_args(|argument| {
            let is_global = is_setting(&argument);
            narrowed(argument, &name).global(is_global)
        })
        .mut_subcommands(|inner| {
            let name = format!("{name} {}", inner.get_name());
            let settings = settings.iter().cloned();
            inner.args(settings.map(|setting| narrowed(setting, &name)))
        })
}

/// Returns whether a subcommand uses a setting. `serve` uses all.
fn uses(subcommand: &str, setting: &Arg) -> bool {
    let section = setting.get_help_heading().unwrap_or_default();
    let name = setting.get_id().as_str();
    let (command, _) = subcommand.split_once(' ').unwrap_or((subcommand, ""));
    match (command, subcommand) {
        ("healthcheck", _) => matches!(name, "listen" | "base_path"),
        ("tune", _) => matches!(name, "hash_engine" | "hash_lanes" | "hash_workers"),
        (_, "database copy") => name == "database_pool",
        (_, "database backup") => matches!(name, "database_url" | "database_url_file"),
        ("migrate" | "database", _) => section == "Database",
        (_, "webhook test") => section == "Webhooks",
        // Commands that record events enqueue them for the webhook.
        ("invite" | "key" | "user" | "webhook", _) if section == "Webhooks" => true,
        ("invite", "invite create") => {
            section == "Database" || is_secret(name) || name.starts_with("mail_")
        }
        ("user", "user reset-second-factors") if name.starts_with("mail_") => true,
        ("user", "user import") if section == "Imported password hashes" => true,
        // The secret encrypts signing keys, and keys the digests of failed logins.
        ("key" | "invite" | "webhook", _) => section == "Database" || is_secret(name),
        ("user", _) => {
            matches!(section, "Database" | "Password hashing" | "Passwords") || is_secret(name)
        }
        ("mail", _) => section == "App" || name.starts_with("mail_"),
        _ => true,
    }
}

/// Returns whether a setting is the secret or the one before it.
fn is_secret(name: &str) -> bool {
    matches!(
        name,
        "secret" | "secret_file" | "secret_previous" | "secret_previous_file"
    )
}

fn narrowed(argument: Arg, subcommand: &str) -> Arg {
    if !is_setting(&argument) {
        return argument;
    }
    let is_hidden = argument.is_hide_set() || !uses(subcommand, &argument);
    argument.hide(is_hidden).next_line_help(true)
}

fn settings(command: &Command) -> Vec<Arg> {
    let arguments = command.get_arguments();
    arguments
        .filter(|argument| is_setting(argument))
        .cloned()
        .collect()
}

/// Returns whether an argument is a setting. Only settings have an environment variable.
fn is_setting(argument: &Arg) -> bool {
    argument.get_env().is_some()
}
