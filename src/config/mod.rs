//! Reads the settings from flags and environment variables and reports all faults at once.

mod duration;
mod error;
mod mail_url;
mod origin;
mod read;
mod secret_file;
mod sections;
mod sender;
mod setting;
mod unknown;
mod url;

use crate::domain::{modes::CaptchaMode, rate_limit::RateLimits};
use read::Reader;

pub use duration::duration;
pub use error::{ConfigError, ConfigErrors};
pub use mail_url::{Encryption, MailSecret, MailServer, MailUrl, SmtpCredentials};
pub use secret_file::{SecretFileError, oauth_token};
pub use sections::{
    Options,
    database::{DatabaseConfig, DatabaseUrl},
    hashing::HashingConfig,
    logging::{LogFormat, LoggingConfig},
    mail::{MailConfig, MailerConfig},
    passwords::PasswordConfig,
    server::ServerConfig,
    sessions::SessionConfig,
    tokens::TokenConfig,
};
pub use sender::Sender;
pub use unknown::unknown_variables;

/// All settings, checked.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its section")]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub hashing: HashingConfig,
    pub passwords: PasswordConfig,
    pub sessions: SessionConfig,
    /// The rate limits, or `None` if the operator disabled them.
    pub limits: Option<RateLimits>,
    pub captcha: CaptchaMode,
    pub mail: MailConfig,
    pub tokens: TokenConfig,
    pub logging: LoggingConfig,
}

impl Config {
    /// Checks every setting and reports all faults at once.
    pub fn parse(options: &Options) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::default();
        let config = Self {
            server: options.server.parse(&mut reader),
            database: options.database.parse(&mut reader),
            hashing: options.hashing.parse(&mut reader),
            passwords: options.passwords.parse(&mut reader),
            sessions: options.sessions.parse(&mut reader),
            limits: options.limits.parse(&mut reader),
            captcha: options.captcha.parse(&mut reader),
            mail: options.mail.parse(&mut reader),
            tokens: options.tokens.parse(&mut reader),
            logging: options.logging.parse(&mut reader),
        };
        reader.finish(config)
    }
}
