//! The bodies that several areas share.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use validator::Validate;

use crate::{
    domain::{
        account::{display_name::DisplayName, roles::Roles, user::User},
        credential::passkey::Passkey,
        event::Event,
        json_object::JsonObject,
        timestamp::Timestamp,
    },
    http::{extract::json::RequestBody, problem::FieldError, settings::Rules},
};

/// An empty object: the request has no input besides the session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = Empty, example = json!({}))]
pub struct EmptyBody {}

impl RequestBody for EmptyBody {
    type Value = ();
    const WHOLE: &'static str = "body";

    fn value(self, _rules: &Rules) -> Result<(), FieldError> {
        Ok(())
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserResponse {
    /// The account's id, a UUIDv7. It never changes.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    id: String,
    /// The username as written, with its case.
    #[schema(example = "Minji")]
    username: String,
    /// The email address as written.
    #[schema(format = "email", example = "minji@example.com")]
    email: String,
    /// `true` if the owner has verified the email address.
    #[schema(example = false)]
    email_verified: bool,
    /// The time of the signup; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The name to show, set by the owner; `null` without one.
    #[schema(value_type = Option<String>, required = true, min_length = 1, max_length = 64, example = "Kim Minji")]
    display_name: Option<DisplayName>,
    /// The owner's own data: any JSON object of at most 4 KiB and 8 levels.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "theme": "dark" }))]
    profile: JsonObject,
    /// The roles that the operator gave the account.
    #[schema(value_type = Vec<String>, example = json!(["editor"]))]
    roles: Roles,
    /// The operator's data about the account: any JSON object of at most 4 KiB and 8 levels. The
    /// owner cannot change it.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "plan": "pro" }))]
    metadata: JsonObject,
}

impl From<&User> for UserResponse {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            username: user.username.as_str().to_owned(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            created_at: user.created_at.rfc3339(),
            display_name: user.attributes.display_name.clone(),
            profile: user.attributes.profile.clone(),
            roles: user.attributes.roles.clone(),
            metadata: user.attributes.metadata.clone(),
        }
    }
}

/// Returns bytes as JSON has them: in base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A passkey of the caller's account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub struct PasskeyResponse {
    /// The passkey's id. It gives no access.
    #[schema(format = "uuid", example = "019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b")]
    id: String,
    /// The id that the authenticator chose, in base64url.
    #[schema(example = "-R85HbTJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkI")]
    credential_id: String,
    /// The owner's name for the passkey.
    #[schema(value_type = String, min_length = 1, max_length = 64, example = "Minji's phone")]
    name: DisplayName,
    /// The time of the registration; RFC 3339 in UTC with six fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    created_at: String,
    /// The time of the last use; RFC 3339 in UTC with six fraction digits. `null` before the first
    /// use.
    #[schema(
        required = true,
        format = "date-time",
        example = "2026-11-25T08:30:00.000000Z"
    )]
    last_used_at: Option<String>,
}

impl From<&Passkey> for PasskeyResponse {
    fn from(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            credential_id: base64url(&passkey.credential_id),
            name: passkey.name.clone(),
            created_at: passkey.created_at.rfc3339(),
            last_used_at: passkey.last_used_at.map(Timestamp::rfc3339),
        }
    }
}

/// An accepted request, and the next step.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Accepted)]
pub struct AcceptedResponse {
    #[schema(value_type = String, inline, schema_with = accepted_statuses)]
    status: &'static str,
}

fn accepted_statuses() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(
            "`verification_required`: continue with the code or link from the mail. `accepted`: a mail is sent if one is due.",
        ))
        .enum_values(Some(["verification_required", "accepted"]))
        .build()
}

impl AcceptedResponse {
    /// The client continues with the code or link from the mail.
    pub const VERIFICATION_REQUIRED: Self = Self {
        status: "verification_required",
    };
    /// A mail is sent if one is due. The client does not learn whether.
    pub const ACCEPTED: Self = Self { status: "accepted" };
}

/// The response to a request for a mail.
#[derive(IntoResponses)]
#[response(
    status = 202,
    description = "If a mail is due, it will be sent. The response is the same if none is due.",
    headers(
        ("RateLimit-Policy" = String, description = "The rate limit, such as `\"mail-request\";q=10;w=60`."),
        ("RateLimit" = String, description = "The remaining quota, such as `\"mail-request\";r=9;t=6`.")
    )
)]
#[expect(dead_code, reason = "the OpenAPI document alone reads it")]
pub struct MailRequestAccepted(AcceptedResponse);

/// A security event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventResponse {
    /// The event's id, a UUIDv7. Ids sort by time.
    #[schema(format = "uuid", example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c")]
    id: String,
    /// The type of the event. Later versions add types.
    #[schema(example = "login.succeeded")]
    r#type: String,
    /// The time of the event, or of the first one if the row has several; RFC 3339 in UTC with six
    /// fraction digits.
    #[schema(format = "date-time", example = "2026-11-22T13:05:09.250000Z")]
    at: String,
    /// The account that the event is about.
    #[schema(
        required = true,
        format = "uuid",
        example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    )]
    user_id: Option<String>,
    /// The one who caused the event: `owner`, `operator`, `service:NAME`, or `anonymous` for a
    /// client that has not proven to be the owner.
    #[schema(example = "owner")]
    actor: String,
    /// The client IP of the request. The owner of the account does not see that of a service.
    #[schema(required = true, example = "192.0.2.7")]
    ip: Option<String>,
    /// The `User-Agent` of the request. The owner of the account does not see that of a service.
    #[schema(required = true, example = "Mozilla/5.0 (X11; Linux x86_64)")]
    user_agent: Option<String>,
    /// The session that the event is about, else the session in which it happened.
    #[schema(
        required = true,
        format = "uuid",
        example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c"
    )]
    session_id: Option<String>,
    /// The id of the request.
    #[schema(required = true, example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    request_id: Option<String>,
    /// The members that the type has of its own. A row of several events has their number in
    /// `count` and the time of the last one in `last_at`.
    #[schema(required = true, value_type = Option<BTreeMap<String, Value>>, example = json!({ "method": "password" }))]
    detail: Option<Map<String, Value>>,
}

impl From<Event> for EventResponse {
    fn from(event: Event) -> Self {
        Self {
            id: event.id.to_string(),
            r#type: event.name,
            at: event.at.rfc3339(),
            user_id: event.user_id,
            actor: event.actor,
            ip: event.ip,
            user_agent: event.user_agent,
            session_id: event.session_id,
            request_id: event.request_id,
            detail: event.detail,
        }
    }
}
