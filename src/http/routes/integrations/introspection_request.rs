//! The form of an introspection request, and the extractor that authenticates the calling service.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        credential::token::{TokenHash, TokenKind},
        invalid::Invalid,
    },
    http::{
        extract::{
            bearer::{self, BearerCredential},
            json,
        },
        problem::{FieldError, Problem, code::ProblemCode},
    },
    service::{Error, Service},
};

/// The media type of OAuth 2.0 parameters (RFC 7662 section 2.1).
const FORM: &str = "application/x-www-form-urlencoded";

/// The token to introspect.
#[derive(Deserialize, ToSchema)]
#[schema(as = Introspection)]
pub struct IntrospectionForm {
    /// A session token or an access token.
    #[schema(
        required = true,
        nullable = false,
        example = "dms_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn"
    )]
    token: Option<String>,
    /// Accepted and ignored: the token itself shows its type (RFC 7662 section 2.1).
    #[schema(nullable = false)]
    #[expect(dead_code, reason = "clients may send it")]
    token_type_hint: Option<String>,
}

/// The token of a request from an authenticated service. The body is read only after the service is
/// authenticated.
pub struct IntrospectionRequest(pub String);

impl FromRequest for IntrospectionRequest {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = match bearer::credential(request) {
            BearerCredential::Present(key) => TokenHash::of_presented(TokenKind::ServiceKey, &key),
            BearerCredential::Absent | BearerCredential::Ambiguous => None,
        };
        let service = request.app_data::<web::Data<Service>>().cloned();
        let checked = json::check_headers(request.headers(), FORM);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
            let key = key.ok_or(Problem::from(Error::ServiceKeyInvalid))?;
            service.authenticate_service(key).await?;
            checked?;
            let payload = payload
                .await
                .map_err(|_error| Problem::new(ProblemCode::Internal))?;
            token(&json::receive(payload).await?).map(Self)
        })
    }
}

fn token(body: &[u8]) -> Result<String, Problem> {
    let rejected = |reason| Problem::validation(vec![FieldError::new("token", reason)]);
    let form: IntrospectionForm =
        serde_urlencoded::from_bytes(body).map_err(|_error| rejected(Invalid::InvalidType))?;
    form.token.ok_or_else(|| rejected(Invalid::Required))
}
