//! The settings as flags and environment variables, one section of `--help` a file.

pub(super) mod app;
pub(super) mod captcha;
pub(super) mod database;
pub(super) mod foreign_hashes;
pub(super) mod hashing;
pub(super) mod integrations;
pub(super) mod limits;
pub(super) mod logging;
pub(super) mod mail;
pub(super) mod passkeys;
pub(super) mod passwords;
pub(super) mod server;
pub(super) mod sessions;
pub(super) mod sign_up;

use clap::Args;

use integrations::{forward_auth, tokens, webhooks};

/// Every setting as text, or its default. Without `Debug`, because a URL may hold a password.
#[derive(Args, Clone)]
pub struct Options {
    #[command(flatten)]
    pub(super) server: server::ServerArgs,
    #[command(flatten)]
    pub(super) app: app::AppArgs,
    #[command(flatten)]
    pub(super) database: database::DatabaseArgs,
    #[command(flatten)]
    pub(super) hashing: hashing::HashingArgs,
    #[command(flatten)]
    pub(super) foreign_hashes: foreign_hashes::ForeignHashArgs,
    #[command(flatten)]
    pub(super) passwords: passwords::PasswordArgs,
    #[command(flatten)]
    pub(super) passkeys: passkeys::PasskeyArgs,
    #[command(flatten)]
    pub(super) sessions: sessions::SessionArgs,
    #[command(flatten)]
    pub(super) limits: limits::LimitArgs,
    #[command(flatten)]
    pub(super) captcha: captcha::CaptchaArgs,
    #[command(flatten)]
    pub(super) mail: mail::MailArgs,
    #[command(flatten)]
    pub(super) sign_up: sign_up::SignUpArgs,
    #[command(flatten)]
    pub(super) tokens: tokens::TokenArgs,
    #[command(flatten)]
    pub(super) forward_auth: forward_auth::ForwardAuthArgs,
    #[command(flatten)]
    pub(super) webhooks: webhooks::WebhookArgs,
    #[command(flatten)]
    pub(super) logging: logging::LoggingArgs,
}
