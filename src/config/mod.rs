//! Reads the settings from flags and environment variables and reports all faults at once.

mod development;
mod domain_list;
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
use development::Defaults;
use read::Reader;

pub use development::{DEVELOPMENT_DATABASE, with_development_defaults};
pub use duration::duration;
pub use error::{ConfigError, ConfigErrors};
pub use mail_url::{Encryption, MailSecret, MailServer, MailUrl, SmtpCredentials};
pub use secret_file::{SecretFileError, oauth_token};
pub use sections::{
    Options,
    app::AppConfig,
    database::{DatabaseConfig, DatabaseUrl},
    foreign_hashes::{FirebaseHashConfig, ForeignHashConfig},
    hashing::HashingConfig,
    integrations::{forward_auth::ForwardAuthConfig, tokens::TokenConfig, webhooks::WebhookConfig},
    logging::{LogFormat, LoggingConfig},
    mail::{MailConfig, MailerConfig},
    passkeys::PasskeyConfig,
    passwords::PasswordConfig,
    server::{AdminConfig, SecretConfig, ServerConfig},
    sessions::SessionConfig,
    sign_up::{EmailDomainLists, SignUpConfig},
};
pub use sender::Sender;
pub use unknown::unknown_variables;

/// All settings, checked.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each field is named after its section")]
pub struct Config {
    /// True for `daemun dev`.
    pub is_development: bool,
    pub server: ServerConfig,
    pub app: AppConfig,
    pub database: DatabaseConfig,
    pub hashing: HashingConfig,
    pub foreign_hashes: ForeignHashConfig,
    pub passwords: PasswordConfig,
    pub passkeys: PasskeyConfig,
    pub sessions: SessionConfig,
    /// The rate limits, or `None` if the operator disabled them.
    pub limits: Option<RateLimits>,
    pub captcha: CaptchaMode,
    pub mail: MailConfig,
    pub sign_up: SignUpConfig,
    pub tokens: TokenConfig,
    pub forward_auth: ForwardAuthConfig,
    /// The receiver of webhooks, or `None` if no webhooks are sent.
    pub webhooks: Option<WebhookConfig>,
    pub logging: LoggingConfig,
}

impl Config {
    /// Checks every setting and reports all faults at once.
    pub fn parse(options: &Options) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::default();
        let config = Self::read(options, &mut reader, Defaults::usual());
        reader.finish(config)
    }

    /// Checks every setting by the rules of `daemun dev`. The plain defaults are those of
    /// [`with_development_defaults`].
    pub fn parse_development(options: &Options) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::default();
        let mut config = Self::read(options, &mut reader, Defaults::of_development());
        development::apply(&mut config, &mut reader);
        reader.finish(config)
    }

    fn read(options: &Options, reader: &mut Reader, defaults: Defaults) -> Self {
        let app = options.app.parse(reader);
        let server = options.server.parse(reader);
        Self {
            is_development: false,
            database: options.database.parse(reader, defaults.database),
            hashing: options.hashing.parse(reader),
            foreign_hashes: options.foreign_hashes.parse(reader),
            passwords: options.passwords.parse(reader),
            passkeys: options.passkeys.parse(reader, server.public_host()),
            sessions: options.sessions.parse(reader, server.public_host()),
            limits: options.limits.parse(reader),
            captcha: options.captcha.parse(reader),
            mail: options
                .mail
                .parse(reader, defaults.mail)
                .with_sender_name(app.name.as_deref()),
            app,
            sign_up: options.sign_up.parse(reader),
            tokens: options.tokens.parse(reader),
            forward_auth: options.forward_auth.parse(reader, &server.trusted_proxies),
            webhooks: options.webhooks.parse(reader),
            server,
            logging: options.logging.parse(reader),
        }
    }
}
