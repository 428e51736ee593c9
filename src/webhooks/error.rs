//! The errors of webhooks. Their `Display` is for the log and never contains the URL.

use std::time::Duration;

use thiserror::Error;

/// A setting with which no webhook can be sent.
#[derive(Debug, Error)]
pub enum WebhookConfigError {
    /// The machine has no certificates of authorities, so no https server can be trusted.
    #[error("DAEMUN_WEBHOOK_URL: no certificate authorities were found: {0}")]
    Authorities(String),
}

/// The error of an event that the receiver did not accept.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// No connection could be established.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// The receiver did not respond in time, or not in HTTP.
    #[error("no response: {0}")]
    NoResponse(String),
    /// The receiver responded with a status other than 2xx.
    #[error("status {status}")]
    Rejected {
        /// The status.
        status: u16,
        /// The time after which the receiver accepts requests again.
        retry_after: Option<Duration>,
    },
}

impl WebhookError {
    /// Returns the status of the response, if there was one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Unreachable(_) | Self::NoResponse(_) => None,
            Self::Rejected { status, .. } => Some(*status),
        }
    }
}
