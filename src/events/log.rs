//! The log as a sink of events.

use tracing::field::display;

use crate::domain::event::{OccurredEvent, SecurityEvent};

/// Writes an event to the log, with the client IP of the request that caused it.
pub fn log(occurred: &OccurredEvent) {
    let OccurredEvent { event, context, .. } = occurred;
    let event_type = event.event_type();
    let (name, message) = (event_type.name(), event_type.message());
    let user = context.user.map(display);
    let session = context.session.map(display);
    let client = context.client.as_ref();
    let ip = client.map(|client| client.ip.as_str());
    let actor = display(&context.actor);
    let limit = event.limit();
    if event_type.is_warning() {
        tracing::warn!(
            event = name,
            actor,
            user.id = user,
            session.id = session,
            client.ip = ip,
            limit,
            "{message}"
        );
    } else {
        let sessions = revoked_sessions(event);
        tracing::info!(
            event = name,
            actor,
            user.id = user,
            session.id = session,
            sessions,
            client.ip = ip,
            "{message}"
        );
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "one event alone has a number of sessions"
)]
const fn revoked_sessions(event: &SecurityEvent) -> Option<usize> {
    match event {
        SecurityEvent::SessionsRevoked { sessions } => Some(*sessions),
        _ => None,
    }
}
