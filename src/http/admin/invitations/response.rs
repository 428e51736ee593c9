//! Invitations as the admin API returns them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        account::{email::Email, roles::Roles},
        credential::invitation::{Invitation, InvitationState},
    },
    service::CreatedInvitation,
};

/// An invitation to sign up. Times are RFC 3339 in UTC with six fraction digits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationResponse {
    /// The invitation's id, a UUIDv7.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    id: String,
    /// The only address that may sign up with it; `null` for any, and once it is used or revoked.
    #[schema(required = true, format = "email", example = "minji@example.com")]
    email: Option<String>,
    /// The roles of the accounts that sign up with it.
    #[schema(value_type = Vec<String>, example = json!(["editor"]))]
    roles: Roles,
    /// `valid`, `used`, `expired` or `revoked`.
    #[schema(example = "valid")]
    state: &'static str,
    /// The number of signups that it is for.
    #[schema(example = 1)]
    uses: i64,
    /// The number of signups that are left.
    #[schema(example = 1)]
    uses_left: i64,
    /// The time of its creation.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time from which no signup may use it.
    #[schema(format = "date-time", example = "2026-11-29T13:05:09.250000Z")]
    expires_at: String,
    /// The only copy of the token. An invitation for an address has none here: it is mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "dmi_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn"
    )]
    token: Option<String>,
}

impl InvitationResponse {
    /// Returns an invitation without its token.
    pub fn new(invitation: &Invitation, state: InvitationState) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation
                .email
                .as_ref()
                .map(Email::as_str)
                .map(str::to_owned),
            roles: invitation.roles.clone(),
            state: state.name(),
            uses: invitation.uses,
            uses_left: invitation.uses_left,
            created_at: invitation.created_at.rfc3339(),
            expires_at: invitation.expires_at.rfc3339(),
            token: None,
        }
    }
}

impl From<&CreatedInvitation> for InvitationResponse {
    fn from(created: &CreatedInvitation) -> Self {
        let token = created.token.as_ref();
        Self {
            token: token.map(|token| token.expose().to_owned()),
            ..Self::new(&created.invitation, InvitationState::Valid)
        }
    }
}
