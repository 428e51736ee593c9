//! Use cases of the audit log: list and follow it, and send its events to the webhook.

mod cursor;
pub(super) mod list;
pub(super) mod webhooks;
