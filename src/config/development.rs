//! The looser defaults of `daemun dev`. A setting that is given takes precedence over them.

use std::{
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::Path,
};

use clap::{Arg, Command};

use super::{Config, LogFormat, mail_url::MailUrl, read::Reader, sections::database};

/// The defaults that depend on the subcommand and that `--help` states in the text of the setting.
pub(super) struct Defaults {
    /// The SQLite file.
    pub(super) database: &'static Path,
    /// The mail transport.
    pub(super) mail: Option<MailUrl>,
}

/// The default SQLite file of `daemun dev`.
pub const DEVELOPMENT_DATABASE: &str = "data/dev.db";

/// The defaults of `daemun dev` that are plain texts, by the id of the setting. Each rate limit is
/// ten times the usual one, as far as its range allows.
const TEXTS: [(&str, &str); 15] = [
    ("captcha", "off"),
    ("limit_sign_ups", "200"),
    ("limit_log_ins", "300"),
    ("limit_network_failures", "100"),
    ("limit_failures", "50"),
    ("limit_account_failures", "100"),
    ("limit_changes", "50"),
    ("limit_network_changes", "200"),
    ("limit_codes", "100"),
    ("limit_mail_requests", "100"),
    ("limit_mails", "50"),
    ("limit_client_mails", "20"),
    ("limit_waiting_requests", "2000000"),
    ("limit_waiting_sign_ups", "1000000"),
    ("limit_events", "10000000"),
];

/// The defaults of `daemun dev` that its `--help` states at the end of a setting's text.
const STATED: [(&str, &str); 5] = [
    ("database_url", "`sqlite://data/dev.db`"),
    ("mail_url", "`log:`"),
    ("log_format", "text"),
    ("public_url", "`http://localhost:PORT`, with the base path"),
    (
        "cors_origins",
        "every http and https origin on this machine",
    ),
];

impl Defaults {
    pub(super) fn usual() -> Self {
        Self {
            database: Path::new(database::FILE),
            mail: None,
        }
    }

    pub(super) fn of_development() -> Self {
        Self {
            database: Path::new(DEVELOPMENT_DATABASE),
            mail: Some(MailUrl::Log),
        }
    }
}

/// The rule of `daemun dev` for its address.
const LISTEN: &str = "Address and port to listen on; a loopback address only";

/// Sets the defaults in the subcommand and in its `--help`.
#[must_use]
pub fn with_development_defaults(command: Command) -> Command {
    let command = TEXTS.into_iter().fold(command, |command, (id, text)| {
        command.mut_arg(id, |argument| argument.default_value(text))
    });
    let command = command.mut_arg("listen", |argument| argument.help(LISTEN));
    STATED.into_iter().fold(command, |command, (id, default)| {
        command.mut_arg(id, |argument| state_default(argument, default))
    })
}

/// Replaces the default in the help of a setting, or adds it.
fn state_default(argument: Arg, default: &str) -> Arg {
    let help = argument.get_long_help().or_else(|| argument.get_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let text = help.split(" [default: ").next().unwrap_or_default();
    let help = format!("{text} [default: {default}]");
    argument
        .help(help.clone())
        .long_help(help)
        .hide_default_value(true)
}

/// Applies the rules of `daemun dev`: it serves this machine only, and pages of this machine may
/// call it.
pub(super) fn apply(config: &mut Config, reader: &mut Reader) {
    config.is_development = true;
    // A person reads it, also through a pipe.
    config.logging.format.get_or_insert(LogFormat::Text);
    let server = &mut config.server;
    let admin = server
        .admin
        .listen
        .map(|address| ("DAEMUN_ADMIN_LISTEN", address, 9464));
    for (name, address, port) in [("DAEMUN_LISTEN", server.listen, 8080)]
        .into_iter()
        .chain(admin)
        .filter(|(_, address, _)| !address.ip().is_loopback())
    {
        reader.fault(format!(
            "{name}: `{address}` is not a loopback address, and `daemun dev` serves this machine only; for example 127.0.0.1:{port}"
        ));
    }
    server.allows_local_origins = server.cors_origins.is_empty();
}

impl Config {
    /// Sets the public URL of `daemun dev` to the address that it listens on, unless the URL is
    /// given.
    #[must_use]
    pub fn bound_to(&self, address: SocketAddr) -> Self {
        let mut config = self.clone();
        let server = &mut config.server;
        if self.is_development && server.public_url.is_none() {
            server.public_url = Some(format!("{}{}", origin_of(address), server.base_path));
        }
        config
    }
}

/// Returns the origin at which browsers reach a loopback address.
fn origin_of(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    if ip == Ipv4Addr::LOCALHOST || ip == Ipv6Addr::LOCALHOST {
        format!("http://localhost:{port}")
    } else {
        format!("http://{address}")
    }
}
