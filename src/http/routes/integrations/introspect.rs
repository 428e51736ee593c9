//! `POST /introspect` (RFC 7662)

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::introspection_request::{IntrospectionForm, IntrospectionRequest};
use crate::{
    domain::{
        account::roles::Roles,
        json_object::JsonObject,
        session::{AuthenticatedSession, authentication_methods::AuthenticationMethods},
    },
    http::{
        openapi::error_responses::error_responses,
        problem::{Problem, code::ProblemCode},
    },
    service::{IntrospectedToken, Service, TokenUse},
};

/// The owner and the session of a token (RFC 7662 section 2.2). A token that is not active has only
/// `active`.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntrospectionResponse)]
pub struct IntrospectionResponse {
    /// `true` if the token and its session are valid.
    #[schema(example = true)]
    active: bool,
    /// The account's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "uuid",
        example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b"
    )]
    sub: Option<String>,
    /// The username.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Minji")]
    username: Option<String>,
    /// The email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "email", example = "minji@example.com")]
    email: Option<String>,
    /// `true` if the owner has verified the email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = true)]
    email_verified: Option<bool>,
    /// The session's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "uuid",
        example = "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c"
    )]
    sid: Option<String>,
    /// The roles that the operator gave the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, nullable = false, example = json!(["editor"]))]
    roles: Option<Roles>,
    /// The operator's data about the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>, nullable = false, example = json!({ "plan": "pro" }))]
    metadata: Option<JsonObject>,
    /// The client that the token was issued to: the host of the public URL, or `daemun` without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "app.example.com")]
    client_id: Option<String>,
    /// `Bearer` (RFC 6749 section 7.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Bearer")]
    token_type: Option<&'static str>,
    /// `session` or `access_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "session")]
    token_use: Option<TokenUse>,
    /// The time at which the owner was authenticated, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_795_352_709)]
    auth_time: Option<i64>,
    /// The methods by which the owner was authenticated (RFC 8176).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>, nullable = false, example = json!(["pwd"]))]
    amr: Option<AuthenticationMethods>,
    /// The time at which the token was issued, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_795_352_709)]
    iat: Option<i64>,
    /// The time at which the token expires unless it is revoked earlier, in seconds since the
    /// epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_795_439_109)]
    exp: Option<i64>,
}

impl From<&IntrospectedToken> for IntrospectionResponse {
    fn from(active: &IntrospectedToken) -> Self {
        let AuthenticatedSession { user, session } = &active.holder;
        Self {
            active: true,
            sub: Some(user.id.to_string()),
            username: Some(user.username.as_str().to_owned()),
            email: Some(user.email.as_str().to_owned()),
            email_verified: Some(user.email_verified),
            sid: Some(session.id.to_string()),
            roles: Some(user.attributes.roles.clone()),
            metadata: Some(user.attributes.metadata.clone()),
            client_id: Some(active.client_id.clone()),
            token_type: Some("Bearer"),
            token_use: Some(active.token_use),
            auth_time: Some(session.auth_time.as_seconds()),
            amr: Some(session.amr.clone()),
            iat: Some(active.issued_at.as_seconds()),
            exp: Some(active.expires_at.as_seconds()),
        }
    }
}

error_responses!(IntrospectErrors: &[
    ProblemCode::ClientAuthenticationAmbiguous, ProblemCode::ServiceKeyInvalid, ProblemCode::ScopeMissing, ProblemCode::RequestTimeout, ProblemCode::PayloadTooLarge,
    ProblemCode::UnsupportedMediaType, ProblemCode::ValidationFailed, ProblemCode::DatabaseUnavailable,
]);

/// Introspect a token
///
/// For a service that receives tokens: returns the owner of a token, and whether the token and its
/// session are still valid (RFC 7662). The service authenticates with a key from
/// `daemun key create` that has the scope `introspect`, by one of three methods: HTTP Basic
/// (`client_secret_basic`), `client_id` and `client_secret` in the form (`client_secret_post`), or
/// the key as a bearer token. The client id is the key's name.
#[utoipa::path(
    tag = "integrations",
    operation_id = "introspect",
    security((), ("service_key" = []), ("service_basic" = [])),
    request_body(content = IntrospectionForm, content_type = "application/x-www-form-urlencoded", description = "The token, and the client secret unless it is in `Authorization`."),
    responses(
        (status = 200, description = "The token's data, or `{\"active\": false}` for every invalid token, whatever the reason.",
         body = IntrospectionResponse),
        IntrospectErrors
    )
)]
#[post("/introspect")]
pub async fn introspect(
    service: web::Data<Service>,
    IntrospectionRequest(token): IntrospectionRequest,
) -> Result<HttpResponse, Problem> {
    let active = service.introspect(&token).await?;
    let response = active.as_ref().map(IntrospectionResponse::from);
    Ok(HttpResponse::Ok().json(response.unwrap_or_default()))
}
