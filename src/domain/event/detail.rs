//! The detail of an event: what it has besides its account, session and client. It holds no
//! username and no email.

use serde_json::{Map, Value, json};

use super::kind::SecurityEvent;

impl SecurityEvent {
    /// Returns the members of the detail, if the event has any.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "an event without a detail is the ordinary case"
    )]
    pub fn detail(&self) -> Option<Map<String, Value>> {
        let (name, value) = match self {
            Self::LoginSucceeded { method } => ("method", json!(method.name())),
            Self::UserUpdated { fields } => ("updated", json!(fields.name())),
            Self::LoginThrottled { limit } | Self::ChangeThrottled { limit } => {
                ("limit", json!(limit))
            }
            Self::SessionsRevoked { sessions } => ("sessions", json!(sessions)),
            Self::DeviceForgotten { devices } => ("devices", json!(devices)),
            Self::PasskeyAdded { passkey } | Self::PasskeyRemoved { passkey } => {
                ("passkey_id", json!(passkey.to_string()))
            }
            Self::InvitationCreated { invitation }
            | Self::InvitationUsed { invitation }
            | Self::InvitationRevoked { invitation } => {
                ("invitation_id", json!(invitation.to_string()))
            }
            Self::ServiceKeyCreated { name }
            | Self::ServiceKeyRenewed { name }
            | Self::ServiceKeyRevoked { name } => ("name", json!(name)),
            Self::SigningKeyCreated { key } | Self::SigningKeyRetired { key } => {
                ("key_id", json!(key))
            }
            _ => return None,
        };
        Some(Map::from_iter([(name.to_owned(), value)]))
    }
}
