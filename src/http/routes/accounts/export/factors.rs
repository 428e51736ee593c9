//! The second factors of an export.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        account::display_name::DisplayName,
        credential::passkey::{Passkey, Transports},
        session::{
            authentication_methods::AuthenticationMethods, second_factor::SecondFactorChallenge,
        },
        timestamp::Timestamp,
    },
    http::routes::models::base64url,
    service::TotpTimes,
};

/// An authenticator app.
#[derive(Serialize, ToSchema)]
pub struct ExportedTotp {
    /// The time at which its set-up began.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time at which it was enabled; `null` before that.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-22T13:06:00.000000Z"
    )]
    enabled_at: Option<String>,
}

/// A passkey.
#[derive(Serialize, ToSchema)]
pub struct ExportedPasskey {
    /// The passkey's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b")]
    id: String,
    /// The owner's name for the passkey.
    #[schema(value_type = String, example = "Minji's phone")]
    name: DisplayName,
    /// The domain that the passkey belongs to (the WebAuthn RP id).
    #[schema(example = "app.example.com")]
    rp_id: String,
    /// The id that the authenticator chose, in base64url.
    #[schema(example = "-R85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkI")]
    credential_id: String,
    /// The public key (COSE), in base64url.
    #[schema(example = "pQECAyYgASFYIOZR2Ng")]
    public_key: String,
    /// The last signature counter.
    #[schema(example = 0)]
    sign_count: u32,
    /// The ways in which clients reach the authenticator.
    #[schema(value_type = Vec<String>, example = json!(["internal"]))]
    transports: Transports,
    /// `true` if the passkey can be synced.
    #[schema(example = true)]
    backup_eligible: bool,
    /// `true` if the passkey is synced.
    #[schema(example = true)]
    backed_up: bool,
    /// The time of the registration.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last use; `null` before the first.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-25T08:30:00.000000Z"
    )]
    last_used_at: Option<String>,
}

/// A recovery code that was not used, without the code.
#[derive(Serialize, ToSchema)]
pub struct ExportedRecoveryCode {
    /// The time at which the code was created.
    #[schema(format = "date-time", example = "2026-11-22T13:06:00.000000Z")]
    created_at: String,
}

/// A login that waits for its second factor.
#[derive(Serialize, ToSchema)]
pub struct ExportedWaitingLogin {
    /// The time of the first factor.
    #[schema(format = "date-time", example = "2026-11-29T11:59:00.000000Z")]
    created_at: String,
    /// The time until which the second factor can be presented.
    #[schema(format = "date-time", example = "2026-11-29T12:04:00.000000Z")]
    expires_at: String,
    /// The methods of the first factor (RFC 8176).
    #[schema(value_type = Vec<String>, example = json!(["pwd"]))]
    amr: AuthenticationMethods,
    /// `true` if the second factor also confirms the session.
    #[schema(example = true)]
    confirms: bool,
    /// The transport of the requested session.
    #[schema(example = "cookie")]
    transport: &'static str,
    /// `true` if the requested session is kept when the browser is closed.
    #[schema(example = false)]
    remembered: bool,
}

impl From<&TotpTimes> for ExportedTotp {
    fn from(totp: &TotpTimes) -> Self {
        Self {
            created_at: totp.created_at.rfc3339(),
            enabled_at: totp.enabled_at.map(Timestamp::rfc3339),
        }
    }
}

impl From<&Passkey> for ExportedPasskey {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name.clone(),
            rp_id: passkey.rp_id.clone(),
            credential_id: base64url(&passkey.credential_id),
            public_key: base64url(&passkey.public_key),
            sign_count: passkey.sign_count,
            transports: passkey.transports.clone(),
            backup_eligible: passkey.is_backup_eligible,
            backed_up: passkey.is_backed_up,
            created_at: passkey.created_at.rfc3339(),
            last_used_at: passkey.last_used_at.map(Timestamp::rfc3339),
        }
    }
}

impl From<&Timestamp> for ExportedRecoveryCode {
    fn from(created_at: &Timestamp) -> Self {
        Self {
            created_at: created_at.rfc3339(),
        }
    }
}

impl From<&SecondFactorChallenge> for ExportedWaitingLogin {
    fn from(challenge: &SecondFactorChallenge) -> Self {
        Self {
            created_at: challenge.created_at.rfc3339(),
            expires_at: challenge.expires_at.rfc3339(),
            amr: challenge.methods.clone(),
            confirms: challenge.confirms,
            transport: challenge.transport.as_str(),
            remembered: challenge.remembered,
        }
    }
}
