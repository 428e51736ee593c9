//! `daemun serve` and `daemun dev`: run the service.

mod banner;

use super::runtime::CommandResult;
use crate::{
    app,
    clock::Clock,
    config::{Config, MailUrl, MailerConfig},
};
use banner::Addresses;

/// Runs the service until a signal stops it.
pub(super) fn run(config: &Config) -> CommandResult {
    warn_of_weak_settings(config);
    let application = app::build(config, Clock::system())?;
    let addresses = Addresses {
        public: application.address(),
        admin: application.admin_address(),
    };
    banner::print(config, addresses)?;
    Ok(application.run()?)
}

/// Warns of settings that disclose secrets or let attackers guess them. The banner of `daemun dev`
/// lists its own.
fn warn_of_weak_settings(config: &Config) {
    if !config.sessions.cookie_secure {
        tracing::warn!("DAEMUN_COOKIE_SECURE is off: session cookies can be read on the network");
    }
    if let Some(address) = config.server.admin.exposed() {
        tracing::warn!(
            event = "admin.exposed",
            "DAEMUN_ADMIN_LISTEN is {address}: all clients that reach it can read the metrics without a key"
        );
    }
    if config.is_development {
        return;
    }
    if config.limits.is_none() {
        tracing::warn!(
            "DAEMUN_RATE_LIMITS is off: passwords and codes can be guessed without limit"
        );
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
