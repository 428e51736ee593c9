//! Accounts as the admin API returns them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        account::{display_name::DisplayName, external_id::ExternalId, roles::Roles},
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    service::AccountOverview,
};

/// An account with its state. Times are RFC 3339 in UTC with six fraction digits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AdminUser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of the documented object"
)]
pub struct AdminUserResponse {
    /// The account's id, a UUIDv7. It never changes.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    id: String,
    /// The username as written, with its case.
    #[schema(example = "Minji")]
    username: String,
    /// The email address as written.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// `true` if the email address is verified.
    #[schema(example = true)]
    email_verified: bool,
    /// The time of the signup.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last change of the account or its password.
    #[schema(format = "date-time", example = "2026-11-28T19:02:11.000000Z")]
    updated_at: String,
    /// The name to show; `null` without one.
    #[schema(value_type = Option<String>, required = true, min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Option<DisplayName>,
    /// The owner's own data.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "theme": "dark" }))]
    profile: JsonObject,
    /// The roles.
    #[schema(value_type = Vec<String>, example = json!(["editor"]))]
    roles: Roles,
    /// Your data about the account. The owner reads it.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "plan": "pro" }))]
    metadata: JsonObject,
    /// The id of the account in another system; `null` without one.
    #[schema(value_type = Option<String>, required = true, example = "crm-1842")]
    external_id: Option<ExternalId>,
    /// `true` while the account is disabled.
    #[schema(example = false)]
    disabled: bool,
    /// The end of the backoff after failed logins; `null` without one.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-29T12:15:00.000000Z"
    )]
    locked_until: Option<String>,
    /// `true` if only recognized devices may log in, after 100 failed logins in a row.
    #[schema(example = false)]
    recognized_devices_only: bool,
    /// The time of the last login; `null` before the first.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-29T08:30:00.000000Z"
    )]
    last_login_at: Option<String>,
    /// `true` if the account has an authenticator app or a passkey.
    #[schema(example = false)]
    second_factor: bool,
    /// The number of active sessions.
    #[schema(example = 2)]
    sessions: i64,
}

impl From<&AccountOverview> for AdminUserResponse {
    fn from(account: &AccountOverview) -> Self {
        let (user, attributes) = (&account.user, &account.user.attributes);
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            created_at: user.created_at.rfc3339(),
            updated_at: account.updated_at.rfc3339(),
            display_name: attributes.display_name.clone(),
            profile: attributes.profile.clone(),
            roles: attributes.roles.clone(),
            metadata: attributes.metadata.clone(),
            external_id: attributes.external_id.clone(),
            disabled: account.disabled,
            locked_until: account.lockout.until.map(Timestamp::rfc3339),
            recognized_devices_only: account.lockout.recognized_devices_only,
            last_login_at: account.last_login_at.map(Timestamp::rfc3339),
            second_factor: account.factors.has_totp || account.factors.passkeys > 0,
            sessions: account.sessions,
        }
    }
}
