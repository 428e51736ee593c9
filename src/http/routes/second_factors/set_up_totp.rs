//! `POST /me/totp`

use actix_web::{HttpResponse, post, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::qr_code;
use crate::{
    http::{
        extract::session::confirmed::ConfirmedJson,
        openapi::error_responses::{self, error_responses},
        problem::{Problem, code::ProblemCode},
        routes::models::EmptyBody,
    },
    service::{Service, TotpSetup},
};

/// The secret for an authenticator app, in three forms. It is shown once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TotpSetup)]
pub struct TotpSetupResponse {
    /// The secret in base32, to type into an app.
    #[schema(
        min_length = 32,
        max_length = 32,
        example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    )]
    secret: String,
    /// The address that opens an app on the same device.
    #[schema(
        format = "uri",
        example = "otpauth://totp/Example:minji?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example"
    )]
    uri: String,
    /// The same address as a QR code: an SVG image as a data URI, for the `src` of an `img`.
    #[schema(format = "uri", example = "data:image/svg+xml;base64,PHN2Zy8+")]
    qr_code: String,
}

impl TotpSetupResponse {
    fn new(setup: TotpSetup) -> Result<Self, Problem> {
        let qr_code = qr_code::data_uri(&setup.uri).map_err(|error| {
            tracing::error!(%error, "could not draw a QR code");
            Problem::new(ProblemCode::Internal)
        })?;
        Ok(Self {
            secret: setup.secret.base32(),
            uri: setup.uri,
            qr_code,
        })
    }
}

error_responses!(SetUpTotpErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::TotpAlreadyEnabled],
);

/// Set up an authenticator app
///
/// Returns a new secret for an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds).
/// Show the QR code, and let the user enter the app's code: `POST /me/totp/verify` enables the app.
///
/// Until then nothing changes. The set-up belongs to the session of the request and expires after
/// ten minutes. A new set-up replaces a pending one. The session has to be confirmed: see
/// `POST /me/confirm`.
#[utoipa::path(
    tag = "second factors",
    operation_id = "set_up_totp",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = EmptyBody, description = "An empty object."),
    responses(
        (status = 200, description = "The secret. It is shown once.", body = TotpSetupResponse),
        SetUpTotpErrors
    )
)]
#[post("/me/totp")]
pub async fn set_up_totp(
    service: web::Data<Service>,
    ConfirmedJson(caller, ()): ConfirmedJson<EmptyBody>,
) -> Result<HttpResponse, Problem> {
    let setup = service.set_up_totp(&caller).await?;
    Ok(HttpResponse::Ok().json(TotpSetupResponse::new(setup)?))
}
