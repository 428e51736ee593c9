//! Webhooks: sends events to the operator's receiver, signed by Standard Webhooks 1.0.

mod client;
mod error;

use std::{fmt, sync::Arc};

use url::Url;

use crate::{
    blocking,
    config::WebhookConfig,
    domain::{credential::webhook_secret::WebhookSecret, timestamp::Timestamp},
};
use client::HttpClient;

pub use error::{WebhookConfigError, WebhookError};

/// An event as the receiver gets it.
#[derive(Debug)]
pub struct OutgoingWebhook {
    /// The id, which stays the same for every attempt.
    pub id: String,
    /// The body, a JSON object.
    pub body: Vec<u8>,
}

/// Sends webhooks to the operator's receiver. Clones share its connections.
#[derive(Clone)]
pub struct WebhookSender {
    client: HttpClient,
    /// The secrets, two while the operator rotates them.
    secrets: Arc<[WebhookSecret]>,
    host: Arc<str>,
}

impl WebhookSender {
    /// Creates the sender that the settings describe. It opens no connection yet.
    pub fn new(config: &WebhookConfig) -> Result<Self, WebhookConfigError> {
        let host = Url::parse(&config.url).ok();
        let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
        Ok(Self {
            client: HttpClient::new(&config.url)?,
            secrets: config.secrets.clone().into(),
            host: host.into(),
        })
    }

    /// Sends an event. Returns the status of the response, which is 2xx.
    pub async fn send(
        &self,
        webhook: OutgoingWebhook,
        now: Timestamp,
    ) -> Result<u16, WebhookError> {
        let sender = self.clone();
        let sent = blocking::run(move || sender.post(&webhook, now)).await;
        sent.unwrap_or_else(|interrupted| Err(WebhookError::NoResponse(interrupted.to_string())))
    }

    fn post(&self, webhook: &OutgoingWebhook, now: Timestamp) -> Result<u16, WebhookError> {
        let OutgoingWebhook { id, body } = webhook;
        let seconds = now.as_seconds();
        let secrets = self.secrets.iter();
        let signatures: Vec<_> = secrets
            .map(|secret| secret.sign(id, seconds, body))
            .collect();
        let headers = [
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", &seconds.to_string()),
            ("webhook-signature", &signatures.join(" ")),
        ];
        self.client.post(&headers, body, now)
    }
}

impl fmt::Debug for WebhookSender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSender")
    }
}

impl fmt::Display for WebhookSender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.host)
    }
}
