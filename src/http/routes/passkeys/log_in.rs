//! `POST /login/passkey`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::session::transport::SessionTransport,
    http::{
        extract::{
            free_object::FreeObject,
            json::{RequestBody, Valid},
        },
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::{
            session_fields::SessionFields,
            session_responder::{LoginResponse, SessionResponder},
        },
        settings::Rules,
    },
    service::{PasskeyLogIn, PasskeyProof, Service},
};

/// The response of the authenticator, and how to return the session.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = PasskeyLogIn)]
pub struct PasskeyLogInBody {
    /// The `ceremony` of `POST /login/passkey/options`.
    #[schema(example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ")]
    ceremony: String,
    /// The result of `navigator.credentials.get()`, as its `toJSON()` returns it.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "id": "", "rawId": "", "type": "public-key", "response": {} }))]
    credential: FreeObject,
    /// Keeps the session when the browser is closed: by default until 14 days unused, at most 90
    /// days. Absent means `false`.
    #[schema(example = true)]
    remember: Option<bool>,
    #[schema(schema_with = SessionTransport::schema, required = false)]
    transport: Option<SessionTransport>,
    /// The `device_token` of an earlier response. With `transport: "cookie"` the browser sends its
    /// device cookie instead. An unknown token is ignored.
    #[schema(example = "dmd_Qm9yZGVyLWNvbGxpZS1pbi10aGUtc25vdy1hdC1kYXc")]
    device_token: Option<String>,
}

impl RequestBody for PasskeyLogInBody {
    type Value = (PasskeyLogIn, SessionTransport);
    const WHOLE: &'static str = "credential";

    fn value(self, _rules: &Rules) -> Result<Self::Value, FieldError> {
        let session = SessionFields {
            transport: self.transport,
            remember: self.remember,
            device_token: self.device_token.as_deref(),
        };
        let input = PasskeyLogIn {
            opening: session.request(),
            response: PasskeyProof {
                ceremony: self.ceremony,
                credential: self.credential.into_value(),
            },
        };
        Ok((input, self.transport.unwrap_or_default()))
    }
}

error_responses!(PasskeyLogInErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::CrossSiteCookie, ProblemCode::AccountDisabled,
      ProblemCode::EmailNotVerified, ProblemCode::PasskeyInvalid, ProblemCode::TooManyRequests,
      ProblemCode::PasskeysNotConfigured, ProblemCode::DatabaseUnavailable],
);

/// Log in with a passkey
///
/// Creates a session with a passkey that verified its user. That is both factors in one, so no
/// second factor follows. No authentication is needed, and no password hash is computed.
///
/// Every rejected passkey gets `passkey_invalid`: an unknown one, a wrong signature or origin, or a
/// ceremony that is expired or used. A passkey whose signature counter went back is rejected too,
/// and the owner gets a mail: another copy of it may exist.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "log_in_with_passkey",
    request_body(content = PasskeyLogInBody, description = "The passkey's response, and how to return the session."),
    responses(
        (status = 200, description = "The session is created.", body = LoginResponse,
         headers(
            ("Set-Cookie" = String, description = "With `transport: \"cookie\"`: the session cookie, and the device cookie if the device was not recognized."),
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        PasskeyLogInErrors
    )
)]
#[post("/login/passkey", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn log_in_with_passkey(
    service: web::Data<Service>,
    responder: SessionResponder,
    Valid((mut input, transport)): Valid<PasskeyLogInBody>,
) -> Result<HttpResponse, Problem> {
    input.opening = responder.complete(input.opening, transport)?;
    let new = service.log_in_with_passkey(input).await?;
    Ok(responder.respond(StatusCode::OK, transport, &new))
}
