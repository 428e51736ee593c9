//! The errors that keep the service from starting.

use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

use crate::{
    config::ConfigErrors, hash, mail, passwords::filter::FilterError, store::StoreError, webhooks,
};

/// An error that keeps the service from starting, as one line.
#[derive(Debug, Error)]
pub enum StartError {
    /// The database does not exist, and the subcommand creates none.
    #[error("{0}; `daemun serve` and `daemun migrate` create one")]
    NoDatabase(StoreError),
    /// The database cannot be opened or migrated.
    #[error("{0}")]
    Database(StoreError),
    /// Hashing cannot start.
    #[error("{0}")]
    Hashing(hash::HasherStartError),
    /// The parameters of imported password hashes cannot be used.
    #[error("DAEMUN_FIREBASE_HASH_CONFIG: {0}")]
    ForeignHashes(hash::ForeignHashError),
    /// The operator's filter of leaked passwords cannot be used.
    #[error("DAEMUN_PASSWORD_FILTER_FILE: {}: {}", .0.display(), .1)]
    PasswordFilter(PathBuf, FilterError),
    /// No secret opens these TOTP secrets.
    #[error(
        "DAEMUN_SECRET: {0} TOTP secrets were encrypted under another secret; set DAEMUN_SECRET_PREVIOUS to that secret, or run `daemun user reset-second-factors --unreadable` if it is lost"
    )]
    LostSecret(usize),
    /// A file of email domains cannot be used.
    #[error("{0}")]
    EmailDomains(ConfigErrors),
    /// The filter in the program is damaged.
    #[error("the built-in filter of leaked passwords: {0}")]
    BuiltInFilter(FilterError),
    /// The mailer cannot be set up.
    #[error("{0}")]
    Mail(mail::MailConfigError),
    /// The sender of webhooks cannot be set up.
    #[error("{0}")]
    Webhooks(webhooks::WebhookConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The address of the admin listener cannot be listened on.
    #[error("DAEMUN_ADMIN_LISTEN: cannot listen on {0}: {1}")]
    ListenAdmin(SocketAddr, io::Error),
    /// The operating system refused something else.
    #[error("{0}")]
    System(io::Error),
    /// The OpenAPI document cannot be written.
    #[error("the OpenAPI document: {0}")]
    Document(serde_json::Error),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Absent(_)) {
            Self::NoDatabase(error)
        } else {
            Self::Database(error)
        }
    }
}
