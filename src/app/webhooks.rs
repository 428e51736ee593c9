//! Builds the sender of webhooks, and the body of an event.

use serde::Serialize;

use super::error::StartError;
use crate::{
    config::Config, domain::event::Event, http::EventResponse, outbox::WebhookReceiver,
    webhooks::WebhookSender,
};

/// The body of a webhook, by Standard Webhooks 1.0.
#[derive(Serialize)]
struct WebhookBody {
    r#type: String,
    /// The time of the event. That of the attempt is in a header.
    timestamp: String,
    data: EventResponse,
}

/// Builds the sender, if a receiver is configured.
pub fn webhook_sender(config: &Config) -> Result<Option<WebhookSender>, StartError> {
    let sender = config.webhooks.as_ref().map(WebhookSender::new);
    sender.transpose().map_err(StartError::Webhooks)
}

/// Returns the body of an event.
#[must_use]
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "texts and JSON values are always JSON"
)]
pub fn webhook_body(event: Event) -> Vec<u8> {
    let body = WebhookBody {
        r#type: event.name.clone(),
        timestamp: event.at.rfc3339(),
        data: EventResponse::from(event),
    };
    serde_json::to_vec(&body).expect("an event is JSON")
}

/// Returns the receiver for the outbox, if one is configured.
pub(super) fn receiver(config: &Config) -> Result<Option<WebhookReceiver>, StartError> {
    let sender = webhook_sender(config)?;
    Ok(sender.map(|sender| WebhookReceiver {
        sender,
        body: webhook_body,
    }))
}
