//! The mails, codes and invitations of an export.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        account::{email::Email, roles::Roles},
        credential::{
            challenge::{Challenge, ChallengeLifetime},
            invitation::Invitation,
        },
        json_object::JsonObject,
    },
    service::{MailRequest, OutboxMessage},
};

/// A code and a link that were mailed, without the code.
#[derive(Serialize, ToSchema)]
pub struct ExportedMailedCode {
    /// The purpose, such as `verify_email` or `reset_password`.
    #[schema(example = "verify_email")]
    purpose: &'static str,
    /// The address that the code or link proves.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// The expiry of the code.
    #[schema(format = "date-time", example = "2026-11-22T13:20:09.250000Z")]
    code_expires_at: String,
    /// The expiry of the link.
    #[schema(format = "date-time", example = "2026-11-23T13:05:09.250000Z")]
    expires_at: String,
}

/// A mail that waits to be sent.
#[derive(Serialize, ToSchema)]
pub struct ExportedMail {
    /// The kind, such as `verify_email` or `new_device`.
    #[schema(example = "new_device")]
    kind: &'static str,
    /// The address.
    #[schema(format = "email", example = "minji@example.com")]
    recipient: String,
    /// The language of the mail.
    #[schema(example = "en")]
    language: &'static str,
    /// The facts that the mail mentions.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "username": "Minji" }))]
    detail: JsonObject,
    /// Attempts at sending it that the mail server rejected.
    #[schema(example = 0)]
    attempts: i64,
    /// The time of its cause.
    #[schema(format = "date-time", example = "2026-11-29T11:59:00.000000Z")]
    created_at: String,
    /// The time after which it is not sent any more.
    #[schema(format = "date-time", example = "2026-12-02T11:59:00.000000Z")]
    expires_at: String,
}

/// A request for a mail that was not resolved yet.
#[derive(Serialize, ToSchema)]
pub struct ExportedMailRequest {
    /// The kind of the mail, such as `reset_password`.
    #[schema(example = "reset_password")]
    kind: &'static str,
    /// The address, in the form in which addresses are compared.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// The language of the mail.
    #[schema(example = "en")]
    language: &'static str,
    /// The time after which it is not resolved any more.
    #[schema(format = "date-time", example = "2026-11-29T12:29:00.000000Z")]
    expires_at: String,
}

/// An invitation that was mailed to the address and not used, without its token.
#[derive(Serialize, ToSchema)]
pub struct ExportedInvitation {
    /// The invitation's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7d43-8b6c-7d8e9f0a1b2c")]
    id: String,
    /// The address to which it was mailed.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// The roles of the account that would use it.
    #[schema(value_type = Vec<String>, example = json!(["editor"]))]
    roles: Roles,
    /// The time at which the operator created it.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// Its expiry.
    #[schema(format = "date-time", example = "2026-11-29T13:05:09.250000Z")]
    expires_at: String,
}

impl From<&(Challenge, ChallengeLifetime)> for ExportedMailedCode {
    fn from((challenge, life): &(Challenge, ChallengeLifetime)) -> Self {
        Self {
            purpose: challenge.purpose.as_str(),
            email: challenge.email.as_str().to_owned(),
            code_expires_at: life.code_expires_at.rfc3339(),
            expires_at: life.expires_at.rfc3339(),
        }
    }
}

impl From<&OutboxMessage> for ExportedMail {
    fn from(message: &OutboxMessage) -> Self {
        Self {
            kind: message.kind.as_str(),
            recipient: message.recipient.clone(),
            language: message.language.tag(),
            detail: JsonObject::from_stored(message.detail.clone()),
            attempts: message.attempts,
            created_at: message.created_at.rfc3339(),
            expires_at: message.expires_at.rfc3339(),
        }
    }
}

impl From<&MailRequest> for ExportedMailRequest {
    fn from(request: &MailRequest) -> Self {
        Self {
            kind: request.kind.as_str(),
            email: request.mailbox.clone(),
            language: request.language.tag(),
            expires_at: request.expires_at.rfc3339(),
        }
    }
}

impl From<&Invitation> for ExportedInvitation {
    fn from(invitation: &Invitation) -> Self {
        let email = invitation.email.as_ref().map(Email::as_str);
        Self {
            id: invitation.id.to_string(),
            email: email.unwrap_or_default().to_owned(),
            roles: invitation.roles.clone(),
            created_at: invitation.created_at.rfc3339(),
            expires_at: invitation.expires_at.rfc3339(),
        }
    }
}
