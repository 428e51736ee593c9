//! `daemun serve`: runs the service.

use std::{
    io::{self, Write},
    net::SocketAddr,
};

use super::runtime::CommandResult;
use crate::{
    app,
    clock::Clock,
    config::{Config, LogFormat, MailUrl, MailerConfig},
    telemetry::Stream,
};

/// Runs the service until a signal stops it.
pub(super) fn run(config: &Config) -> CommandResult {
    warn_of_disclosures(config);
    let application = app::build(config, Clock::system())?;
    announce(config, application.address())?;
    Ok(application.run()?)
}

/// Warns of settings that disclose secrets.
fn warn_of_disclosures(config: &Config) {
    if !config.sessions.cookie_secure {
        tracing::warn!("DAEMUN_COOKIE_SECURE is off: session cookies can be read on the network");
    }
    if let Some(MailerConfig {
        url: MailUrl::Log, ..
    }) = config.mail.mailer
    {
        tracing::warn!(
            "DAEMUN_MAIL_URL is log: the log contains the codes and links of every message"
        );
    }
}

/// Prints the addresses of the service: a few lines for a person, one log line for a machine.
fn announce(config: &Config, address: SocketAddr) -> io::Result<()> {
    let host = if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    };
    let (api, database) = (format!("http://{host}"), config.database.url.to_string());
    let is_for_people = config.logging.format.map_or_else(
        || Stream::Stdout.is_terminal(),
        |format| format == LogFormat::Text,
    );
    if !is_for_people {
        let docs = config.server.docs.then(|| format!("{api}/swagger-ui/"));
        tracing::info!(event = "service.ready", %address, api, docs, database, "daemun is ready");
        return Ok(());
    }
    let mut out = io::stdout().lock();
    writeln!(out, "daemun {} is ready\n", env!("CARGO_PKG_VERSION"))?;
    writeln!(out, "  API         {api}")?;
    if config.server.docs {
        writeln!(out, "  Swagger UI  {api}/swagger-ui/")?;
    }
    writeln!(out, "  Database    {database}\n")?;
    out.flush()
}
