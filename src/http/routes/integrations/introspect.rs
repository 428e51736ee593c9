//! `POST /introspect`: a sibling service asks whose token it was shown (RFC 7662).

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        credential::token::{TokenHash, TokenKind},
        invalid::Invalid,
    },
    http::{
        extract::{
            json,
            session::{self, Credential},
        },
        openapi::error_responses::failures,
        problem::{FieldError, Problem, code::Code},
    },
    service::{Active, Error, Service},
};

/// How OAuth 2.0 sends parameters (RFC 7662 section 2.1).
const FORM: &str = "application/x-www-form-urlencoded";

/// The token that the service was shown.
#[derive(Deserialize, ToSchema)]
#[schema(as = Introspection)]
pub struct IntrospectionForm {
    /// A session's token, or an access token.
    #[schema(
        required = true,
        nullable = false,
        example = "dms_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn"
    )]
    token: Option<String>,
    /// Accepted and not needed: the kind of a token is seen from the token itself (RFC 7662 section 2.1).
    #[schema(nullable = false)]
    #[expect(dead_code, reason = "clients may send it")]
    token_type_hint: Option<String>,
}

/// Whose token it is (RFC 7662 section 2.2). Of a token that is not active nothing else is told.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = IntrospectionAnswer)]
pub struct IntrospectionView {
    /// Whether the token and its session live.
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
    /// The user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Minji")]
    username: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "email", example = "minji@example.com")]
    email: Option<String>,
    /// Whether the owner proved to read that mailbox.
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
    /// `session` or `access_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "session")]
    token_type: Option<&'static str>,
    /// When the token was issued, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_795_352_709)]
    iat: Option<i64>,
    /// When the token ends if it is not ended before, in seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 1_795_439_109)]
    exp: Option<i64>,
}

impl From<&Active> for IntrospectionView {
    fn from(active: &Active) -> Self {
        let user = &active.holder.user;
        Self {
            active: true,
            sub: Some(user.id.to_string()),
            username: Some(user.username.as_str().to_owned()),
            email: Some(user.email.as_str().to_owned()),
            email_verified: Some(user.email_verified),
            sid: Some(active.holder.session.id.to_string()),
            token_type: Some(if active.is_access_token {
                "access_token"
            } else {
                "session"
            }),
            iat: Some(active.issued_at.as_seconds()),
            exp: Some(active.expires_at.as_seconds()),
        }
    }
}

/// The token of a request from a service that proved itself; the body is not looked at before.
pub struct Asked(String);

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = match session::credential(request) {
            Credential::Bearer(key) => TokenHash::of_presented(TokenKind::ServiceKey, &key),
            Credential::None | Credential::Ambiguous => None,
        };
        let service = request.app_data::<web::Data<Service>>().cloned();
        let checked = json::check_headers(request.headers(), FORM);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let service = service.ok_or(Problem::new(Code::Internal))?;
            let key = key.ok_or(Problem::from(Error::ServiceKeyInvalid))?;
            service.authenticate_service(key).await?;
            checked?;
            let payload = payload
                .await
                .map_err(|_error| Problem::new(Code::Internal))?;
            token(&json::receive(payload).await?).map(Self)
        })
    }
}

fn token(body: &[u8]) -> Result<String, Problem> {
    let refused = |reason| Problem::validation(vec![FieldError::new("token", reason)]);
    let form: IntrospectionForm =
        serde_urlencoded::from_bytes(body).map_err(|_error| refused(Invalid::InvalidType))?;
    form.token.ok_or_else(|| refused(Invalid::Required))
}

failures!(IntrospectFailures: &[
    Code::ServiceKeyInvalid, Code::RequestTimeout, Code::PayloadTooLarge, Code::UnsupportedMediaType,
    Code::ValidationFailed, Code::DatabaseUnavailable,
]);

/// Whose token is this
///
/// For a sibling service that was shown a token: whose it is, and whether it and its session still live (RFC 7662). The service
/// proves itself with a key that `daemun key create` made.
#[utoipa::path(
    tag = "neighbours",
    operation_id = "introspect",
    security(("service_key" = [])),
    request_body(content = IntrospectionForm, content_type = "application/x-www-form-urlencoded", description = "The token."),
    responses(
        (status = 200, description = "What is known of it; `{\"active\": false}` for every token that is not good, whatever the reason.",
         body = IntrospectionView),
        IntrospectFailures
    )
)]
#[post("/introspect")]
pub async fn introspect(
    service: web::Data<Service>,
    Asked(token): Asked,
) -> Result<HttpResponse, Problem> {
    let active = service.introspect(&token).await?;
    let view = active.as_ref().map(IntrospectionView::from);
    Ok(HttpResponse::Ok().json(view.unwrap_or_default()))
}
