//! The secret of the service, and the one before it.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Server")]
pub(super) struct SecretArgs {
    /// Secret that signs challenges, keys digests and encrypts signing keys and TOTP secrets, at
    /// least 32 characters, the same for all replicas [default: generated at the first start and
    /// stored in the database]
    #[arg(
        long,
        env = "DAEMUN_SECRET",
        value_name = "TEXT",
        hide_env_values = true
    )]
    secret: Option<Setting>,

    /// File that holds the secret
    #[arg(long, env = "DAEMUN_SECRET_FILE", value_name = "PATH")]
    secret_file: Option<Setting>,

    /// Secret that was set before; at the start, the service encrypts again under the secret what
    /// this one encrypted [default: none]
    #[arg(
        long,
        env = "DAEMUN_SECRET_PREVIOUS",
        value_name = "TEXT",
        hide_env_values = true
    )]
    secret_previous: Option<Setting>,

    /// File that holds the secret that was set before
    #[arg(long, env = "DAEMUN_SECRET_PREVIOUS_FILE", value_name = "PATH")]
    secret_previous_file: Option<Setting>,
}

/// The operator's secrets.
#[derive(Clone, Debug)]
pub struct SecretConfig {
    /// The secret. If it is not set, the secret in the database is used.
    pub current: Option<SecretString>,
    /// The secret that was set before.
    pub previous: Option<SecretString>,
}

/// A shorter secret could be guessed from what it signs.
const SECRET_MIN: usize = 32;

impl SecretArgs {
    pub(super) fn parse(&self, reader: &mut Reader) -> SecretConfig {
        let current = reader.value_or_file(
            ("DAEMUN_SECRET", self.secret.given()),
            ("DAEMUN_SECRET_FILE", self.secret_file.given()),
        );
        let previous = reader.value_or_file(
            ("DAEMUN_SECRET_PREVIOUS", self.secret_previous.given()),
            (
                "DAEMUN_SECRET_PREVIOUS_FILE",
                self.secret_previous_file.given(),
            ),
        );
        let config = SecretConfig {
            current: current.map(|secret| long(reader, secret)),
            previous: previous.map(|secret| long(reader, secret)),
        };
        if let (Some(current), Some(previous)) = (&config.current, &config.previous)
            && current.expose_secret() == previous.expose_secret()
        {
            reader.fault("DAEMUN_SECRET_PREVIOUS: is the same as DAEMUN_SECRET; for example the secret that was set before it");
        }
        config
    }
}

/// Reports a secret that is too short.
fn long(reader: &mut Reader, (name, text): (&str, String)) -> SecretString {
    if text.trim().chars().nth(SECRET_MIN - 1).is_none() {
        reader.fault(format!(
            "{name}: the secret has fewer than {SECRET_MIN} characters; for example what `openssl rand -base64 32` prints"
        ));
    }
    text.into()
}
