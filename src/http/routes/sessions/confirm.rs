//! `POST /me/confirm`

use actix_web::{HttpResponse, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{credential::password::Password, invalid::Invalid},
    http::{
        extract::{free_object::FreeObject, json::RequestBody, session::AuthenticatedJson},
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        settings::Rules,
    },
    service::{Confirmation, PasskeyProof, SecondFactorProof, Service},
};

/// The factors that the user presents again.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = Confirmation, example = json!({ "password": "Correct-Horse-7-battery" }))]
pub struct ConfirmSessionBody {
    /// The current password. There is no format validation.
    #[schema(format = "password", example = "Correct-Horse-7-battery")]
    password: Option<String>,
    /// The six digits that the authenticator app shows. With a second factor, `password` needs this
    /// or `recovery_code`.
    #[schema(example = "493027")]
    code: Option<String>,
    /// A recovery code, which is used up. The owner gets a mail.
    #[schema(example = "4f7q-k2mx-9wdp-c3hr")]
    recovery_code: Option<String>,
    /// The `ceremony` of `POST /me/confirm/options`, with `credential` and without `password`.
    #[schema(example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ")]
    ceremony: Option<String>,
    /// The result of `navigator.credentials.get()`, as its `toJSON()` returns it, with `ceremony`.
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "id": "", "rawId": "", "type": "public-key", "response": {} }))]
    credential: Option<FreeObject>,
}

/// The name of a field, and whether it is present.
type FieldPresence = (&'static str, bool);

impl ConfirmSessionBody {
    /// Returns each field, and whether it is present: those of the password, and those of a
    /// passkey.
    const fn present(&self) -> ([FieldPresence; 3], [FieldPresence; 2]) {
        (
            [
                ("password", self.password.is_some()),
                ("code", self.code.is_some()),
                ("recovery_code", self.recovery_code.is_some()),
            ],
            [
                ("ceremony", self.ceremony.is_some()),
                ("credential", self.credential.is_some()),
            ],
        )
    }
}

impl RequestBody for ConfirmSessionBody {
    type Value = Confirmation;
    const WHOLE: &'static str = "password";

    fn value(self, _rules: &Rules) -> Result<Confirmation, FieldError> {
        if let Some((ceremony, credential)) = self.ceremony.zip(self.credential) {
            let credential = credential.into_value();
            return Ok(Confirmation::Passkey(PasskeyProof {
                ceremony,
                credential,
            }));
        }
        let missing = FieldError::new("password", Invalid::Required);
        let code = self.code.map(SecondFactorProof::Code);
        let recovery_code = self.recovery_code.map(SecondFactorProof::RecoveryCode);
        Ok(Confirmation::Password {
            password: Password::presented(&self.password.ok_or(missing)?),
            second_factor: code.or(recovery_code),
        })
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let (typed, passkey) = self.present();
        let all = || typed.into_iter().chain(passkey);
        if all().any(|(field, _)| is_rejected(field)) {
            return Vec::new();
        }
        let named = |fields: &[FieldPresence], is_present, reason| {
            let named = fields.iter().filter(|(_, present)| *present == is_present);
            named
                .map(|(field, _)| FieldError::new(*field, reason))
                .collect()
        };
        let has = |fields: &[FieldPresence]| fields.iter().any(|(_, is_present)| *is_present);
        let [(_, has_password), (_, has_code), (_, has_recovery_code)] = typed;
        match (has(&typed), has(&passkey)) {
            (true, true) => named(&all().collect::<Vec<_>>(), true, Invalid::ConflictingField),
            (false, true) => named(&passkey, false, Invalid::Required),
            (_, false) if !has_password => vec![FieldError::new("password", Invalid::Required)],
            (_, false) if has_code && has_recovery_code => {
                named(&typed[1..], true, Invalid::ConflictingField)
            }
            (_, false) => Vec::new(),
        }
    }
}

error_responses!(ConfirmSessionErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::CurrentPasswordWrong, ProblemCode::CodeInvalid, ProblemCode::PasskeyInvalid,
      ProblemCode::PasskeysNotConfigured, ProblemCode::TooManyRequests,
      ProblemCode::Overloaded],
);

/// Confirm the session
///
/// Confirms for ten minutes that the user of the session is the owner of the account, as operations
/// with the code `confirmation_required` need it. A signup and a login with every factor confirm
/// the session too.
///
/// With a second factor, the password alone is not enough: the response is `confirmation_required`
/// with the `methods`. A passkey that verifies its user is enough: start with
/// `POST /me/confirm/options`. Ten wrong tries within an hour revoke the session. A password costs
/// one hash.
#[utoipa::path(
    tag = "me",
    operation_id = "confirm_session",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = ConfirmSessionBody, description = "The factors that the user presents again."),
    responses(
        (status = 204, description = "The session is confirmed.",
         headers(
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        ConfirmSessionErrors
    )
)]
#[post("/me/confirm", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn confirm_session(
    service: web::Data<Service>,
    AuthenticatedJson(caller, confirmation): AuthenticatedJson<ConfirmSessionBody>,
) -> Result<HttpResponse, Problem> {
    service.confirm_session(&caller, confirmation).await?;
    Ok(HttpResponse::NoContent().finish())
}
