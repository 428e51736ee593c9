//! The sessions and devices of an export.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    session::{Session, authentication_methods::AuthenticationMethods, device::RecognizedDevice},
    timestamp::Timestamp,
};

/// A session.
#[derive(Serialize, ToSchema)]
pub struct ExportedSession {
    /// The session's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The time of the login.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last use, to the hour.
    #[schema(format = "date-time", example = "2026-11-22T14:00:00.000000Z")]
    last_seen_at: String,
    /// The expiry without further use.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
    /// The latest expiry.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    ends_at: String,
    /// `true` if the session is kept when the browser is closed.
    #[schema(example = false)]
    remembered: bool,
    /// The client IP of the login.
    #[schema(example = "192.0.2.7")]
    ip: String,
    /// The `User-Agent` of the login.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64)")]
    user_agent: String,
    /// The time at which the owner was authenticated.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    auth_time: String,
    /// The methods by which the owner was authenticated (RFC 8176).
    #[schema(value_type = Vec<String>, example = json!(["pwd"]))]
    amr: AuthenticationMethods,
    /// The last time at which the owner presented every factor; `null` if it was not in this
    /// session.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-22T13:05:09.250000Z"
    )]
    confirmed_at: Option<String>,
}

/// A recognized device.
#[derive(Serialize, ToSchema)]
pub struct ExportedDevice {
    /// The device's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7b21-8e4f-7d8c9b0a1f2e")]
    id: String,
    /// The time of the first login.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last login, if it was recorded.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-25T08:30:00.000000Z"
    )]
    last_used_at: Option<String>,
    /// The time until which the device is recognized.
    #[schema(format = "date-time", example = "2027-12-27T13:05:09.250000Z")]
    expires_at: String,
    /// The time until which the device skips the second factor; `null` if it does not.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-12-22T13:05:09.250000Z"
    )]
    trusted_until: Option<String>,
}

impl From<&Session> for ExportedSession {
    fn from(session: &Session) -> Self {
        Self {
            id: session.id.to_string(),
            created_at: session.created_at.rfc3339(),
            last_seen_at: session.last_seen_at.rfc3339(),
            expires_at: session.expires_at.rfc3339(),
            ends_at: session.ends_at.rfc3339(),
            remembered: session.remembered,
            ip: session.ip.clone(),
            user_agent: session.user_agent.clone(),
            auth_time: session.auth_time.rfc3339(),
            amr: session.amr.clone(),
            confirmed_at: session.confirmed_at.map(Timestamp::rfc3339),
        }
    }
}

impl From<&RecognizedDevice> for ExportedDevice {
    fn from(device: &RecognizedDevice) -> Self {
        Self {
            id: device.id().to_string(),
            created_at: device.created_at.rfc3339(),
            last_used_at: device.last_used_at.map(Timestamp::rfc3339),
            expires_at: device.expires_at.rfc3339(),
            trusted_until: device.trusted_until.map(Timestamp::rfc3339),
        }
    }
}
