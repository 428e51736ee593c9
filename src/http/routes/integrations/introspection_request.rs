//! The form of an introspection request, and the extractor that authenticates the calling service.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use utoipa::ToSchema;

use crate::{
    domain::{credential::service_key::Scope, invalid::Invalid},
    http::{
        extract::{
            json,
            service_key::{self, ClientParameters, FormParameter},
        },
        problem::{FieldError, Problem, code::ProblemCode},
    },
    service::Service,
};

/// The media type of OAuth 2.0 parameters (RFC 7662 section 2.1).
const FORM: &str = "application/x-www-form-urlencoded";

/// The token to introspect.
#[derive(ToSchema)]
#[schema(as = Introspection)]
#[expect(dead_code, reason = "the OpenAPI document alone reads it")]
pub struct IntrospectionForm {
    /// A session token or an access token.
    #[schema(example = "dms_Zk3v0mJqWc1x7b9Yt2LhR8sQeUoPiAaBdCfEgHjKlMn")]
    token: String,
    /// Accepted and ignored: the token itself shows its type (RFC 7662 section 2.1).
    #[schema(nullable = false)]
    token_type_hint: Option<String>,
    /// The name of the service's key. Required with `client_secret`. Beside HTTP Basic, it must be
    /// the username.
    #[schema(nullable = false, example = "billing")]
    client_id: Option<String>,
    /// The service's key (`client_secret_post`), instead of `Authorization`.
    #[schema(nullable = false, format = "password")]
    client_secret: Option<String>,
}

/// The token of a request from an authenticated service.
pub struct IntrospectionRequest(pub String);

impl FromRequest for IntrospectionRequest {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let service = request.app_data::<web::Data<Service>>().cloned();
        let form = receive(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
            let form = form.await;
            authenticate(&service, &request, form.as_deref().unwrap_or_default()).await?;
            token(&form?).map(Self)
        })
    }
}

/// Receives the form as pairs of names and values.
fn receive(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Vec<(String, String)>, Problem>> + use<> {
    let checked = json::check_headers(request.headers(), FORM);
    let payload = web::Payload::from_request(request, payload);
    async move {
        checked?;
        let payload = payload
            .await
            .map_err(|_error| Problem::new(ProblemCode::Internal))?;
        let body = json::receive(payload).await?;
        // Every text is a form (application/x-www-form-urlencoded parsing, URL Standard).
        serde_urlencoded::from_bytes(&body)
            .map_err(|_unreachable| Problem::new(ProblemCode::Internal))
    }
}

/// Returns an error unless a service sent the request. A body that is no form has no credentials.
async fn authenticate(
    service: &Service,
    request: &HttpRequest,
    form: &[(String, String)],
) -> Result<(), Problem> {
    let headers = request.headers();
    let authenticated = async {
        let presented = service_key::credentials(headers, ClientParameters::of(form))?;
        service
            .authenticate_service(presented, Scope::Introspect)
            .await?;
        Ok::<_, Problem>(())
    };
    let challenge = service_key::challenge(headers);
    authenticated
        .await
        .map_err(|problem| problem.challenging(challenge))
}

fn token(form: &[(String, String)]) -> Result<String, Problem> {
    let rejected = |reason| Problem::validation(vec![FieldError::new("token", reason)]);
    match FormParameter::of(form, "token") {
        FormParameter::Once(token) => Ok(token),
        FormParameter::Absent => Err(rejected(Invalid::Required)),
        FormParameter::Repeated => Err(rejected(Invalid::InvalidType)),
    }
}
