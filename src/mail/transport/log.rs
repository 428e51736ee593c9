//! The transport that prints messages to the log.

use crate::mail::{content::Content, message::Message, render::text};

/// Prints a message, with its recipient, code and link.
pub(super) fn send(message: &Message<'_>, content: &Content) -> String {
    let text = text::render(content);
    tracing::info!(event = "mail.printed", message.id = %message.id, message.to = message.recipient, message.subject = content.subject, message.text = text, "message printed");
    String::from("it is in the log")
}
