//! The document of an export.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    factors::{ExportedPasskey, ExportedRecoveryCode, ExportedTotp, ExportedWaitingLogin},
    mailbox::{ExportedInvitation, ExportedMail, ExportedMailRequest, ExportedMailedCode},
    sessions::{ExportedDevice, ExportedSession},
};
use crate::{
    domain::{account::external_id::ExternalId, timestamp::Timestamp},
    http::routes::models::{EventResponse, UserResponse, base64url},
    service::AccountExport,
};

/// Everything that is stored about an account. Times are RFC 3339 in UTC with six fraction digits.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub struct ExportResponse {
    /// The time of the export.
    #[schema(format = "date-time", example = "2026-11-29T12:00:00.000000Z")]
    exported_at: String,
    user: UserResponse,
    /// The id of the account in another system of the operator; `null` without one.
    #[schema(value_type = Option<String>, required = true, example = "crm-1842")]
    external_id: Option<ExternalId>,
    /// The time of the last change of the account or its password.
    #[schema(format = "date-time", example = "2026-11-28T19:02:11.000000Z")]
    updated_at: String,
    /// `true` while an operator has disabled the account.
    #[schema(example = false)]
    disabled: bool,
    /// The time of the last login; `null` before the first.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-29T08:30:00.000000Z"
    )]
    last_login_at: Option<String>,
    /// The failed logins since the last success.
    #[schema(example = 0)]
    failed_logins: i64,
    /// The active sessions, the newest first.
    sessions: Vec<ExportedSession>,
    /// The recognized devices, the newest first.
    devices: Vec<ExportedDevice>,
    /// The random bytes that name the account to passkeys, in base64url; `null` if none was ever
    /// offered.
    #[schema(
        required = true,
        example = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
    )]
    user_handle: Option<String>,
    /// The authenticator app; `null` without one.
    #[schema(required = true)]
    totp: Option<ExportedTotp>,
    /// The passkeys, the oldest first.
    passkeys: Vec<ExportedPasskey>,
    /// The recovery codes that were not used.
    recovery_codes: Vec<ExportedRecoveryCode>,
    /// The codes and links that were mailed and can still be used.
    mailed_codes: Vec<ExportedMailedCode>,
    /// The logins that wait for their second factor.
    waiting_logins: Vec<ExportedWaitingLogin>,
    /// The mails that wait to be sent.
    waiting_mails: Vec<ExportedMail>,
    /// The requests for mails that were not resolved yet.
    mail_requests: Vec<ExportedMailRequest>,
    /// The invitations that were mailed to the address and not used.
    invitations: Vec<ExportedInvitation>,
    /// The keys with which signups of the account can be retried.
    idempotency_keys: Vec<ExportedIdempotencyKey>,
    /// The events of the account, the newest first.
    events: Vec<EventResponse>,
}

/// The use of an `Idempotency-Key`.
#[derive(Serialize, ToSchema)]
pub struct ExportedIdempotencyKey {
    /// The time until which the key is recognized.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
}

impl From<&AccountExport> for ExportResponse {
    /// The document without events.
    fn from(export: &AccountExport) -> Self {
        let account = &export.account;
        let idempotency_key = |expires_at: &Timestamp| ExportedIdempotencyKey {
            expires_at: expires_at.rfc3339(),
        };
        let waiting_logins = &export.waiting_logins;
        Self {
            exported_at: export.exported_at.rfc3339(),
            user: UserResponse::from(&account.user),
            external_id: account.user.attributes.external_id.clone(),
            updated_at: account.updated_at.rfc3339(),
            disabled: account.disabled,
            last_login_at: account.last_login_at.map(Timestamp::rfc3339),
            failed_logins: account.failures_in_a_row,
            sessions: export.sessions.iter().map(Into::into).collect(),
            devices: export.devices.iter().map(Into::into).collect(),
            user_handle: export.user_handle.as_deref().map(base64url),
            totp: export.totp.as_ref().map(Into::into),
            passkeys: export.passkeys.iter().map(Into::into).collect(),
            recovery_codes: export.recovery_codes.iter().map(Into::into).collect(),
            mailed_codes: export.mailed_codes.iter().map(Into::into).collect(),
            waiting_logins: waiting_logins.iter().map(Into::into).collect(),
            waiting_mails: export.waiting_mails.iter().map(Into::into).collect(),
            mail_requests: export.mail_requests.iter().map(Into::into).collect(),
            invitations: export.invitations.iter().map(Into::into).collect(),
            idempotency_keys: export
                .idempotency_keys
                .iter()
                .map(idempotency_key)
                .collect(),
            events: Vec::new(),
        }
    }
}
