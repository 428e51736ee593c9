//! `POST /login/second-factor`

use actix_web::{HttpResponse, http::StatusCode, middleware::from_fn, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{client::Client, invalid::Invalid},
    http::{
        extract::{
            free_object::FreeObject,
            json::{RequestBody, Valid},
        },
        middleware::rate_limit,
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::session_responder::{LoginResponse, SessionResponder},
        settings::Rules,
    },
    service::{
        PasskeyProof, SecondFactorLogIn, SecondFactorProof, Service, SessionRequest, WaitingLogIn,
    },
};

/// The challenge of a login and its second factor: `code`, `recovery_code`, or `ceremony` with
/// `credential`. Any other combination is `validation_failed`.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = LogInWithSecondFactor, example = json!({
    "challenge": "dmx_Rm9yZ290dGVuLWtleXMtb3Blbi1uby1kb29ycy1oZXI", "code": "493027"
}))]
pub struct SecondFactorLogInBody {
    /// The `challenge` of `second_factor_required`.
    #[schema(example = "dmx_Rm9yZ290dGVuLWtleXMtb3Blbi1uby1kb29ycy1oZXI")]
    challenge: String,
    /// The six digits that the authenticator app shows. Blanks and hyphens are ignored, and digits
    /// of any script are accepted.
    #[schema(example = "493027")]
    code: Option<String>,
    /// A recovery code, which is used up. The owner gets a mail.
    #[schema(example = "4m9x-0qzv-e7h2-kc5t-83ra-jn6w")]
    recovery_code: Option<String>,
    /// The `ceremony` of `POST /login/second-factor/options`, with `credential`.
    #[schema(example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ")]
    ceremony: Option<String>,
    /// The result of `navigator.credentials.get()`, as its `toJSON()` returns it, with `ceremony`.
    #[schema(value_type = Option<BTreeMap<String, Value>>, example = json!({ "id": "", "rawId": "", "type": "public-key", "response": {} }))]
    credential: Option<FreeObject>,
    /// Lets this device skip the second factor for 30 days, or as the operator has set. With
    /// `DAEMUN_TRUSTED_DEVICE=off` it has no effect. Absent means `false`.
    #[schema(example = false)]
    trust_device: Option<bool>,
}

/// The second step of a login whose challenge is not looked up yet.
pub struct SecondStep {
    challenge: String,
    proof: SecondFactorProof,
    trust_device: bool,
}

impl SecondStep {
    fn of(self, waiting: WaitingLogIn, opening: SessionRequest) -> SecondFactorLogIn {
        SecondFactorLogIn {
            waiting,
            proof: self.proof,
            trust_device: self.trust_device,
            opening,
        }
    }
}

impl RequestBody for SecondFactorLogInBody {
    type Value = SecondStep;
    const WHOLE: &'static str = "code";

    fn value(self, _rules: &Rules) -> Result<SecondStep, FieldError> {
        let passkey = self.ceremony.zip(self.credential);
        let proof = match (self.code, self.recovery_code, passkey) {
            (Some(code), None, None) => SecondFactorProof::Code(code),
            (None, Some(code), None) => SecondFactorProof::RecoveryCode(code),
            (None, None, Some((ceremony, credential))) => {
                SecondFactorProof::Passkey(PasskeyProof {
                    ceremony,
                    credential: credential.into_value(),
                })
            }
            _ => return Err(FieldError::new("code", Invalid::Required)),
        };
        Ok(SecondStep {
            challenge: self.challenge,
            proof,
            trust_device: self.trust_device.unwrap_or_default(),
        })
    }

    fn mismatches(&self, is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        let fields = [
            ("code", self.code.is_some()),
            ("recovery_code", self.recovery_code.is_some()),
            ("ceremony", self.ceremony.is_some()),
            ("credential", self.credential.is_some()),
        ];
        if fields.into_iter().any(|(field, _)| is_rejected(field)) {
            return Vec::new();
        }
        let present = fields.map(|(_, is_present)| is_present);
        let (reason, is_named): (_, fn(bool) -> bool) = match present {
            [true, false, false, false]
            | [false, true, false, false]
            | [false, false, true, true] => return Vec::new(),
            [false, false, _, _] => (Invalid::Required, |is_present| !is_present),
            _ => (Invalid::ConflictingField, |is_present| is_present),
        };
        let is_passkey = matches!(present, [false, false, true, _] | [false, false, _, true]);
        let named = fields.into_iter().filter(|(field, is_present)| {
            let is_code = matches!(*field, "code" | "recovery_code");
            is_named(*is_present) && !(is_passkey && is_code)
        });
        named
            .map(|(field, _)| FieldError::new(field, reason))
            .collect()
    }
}

error_responses!(SecondFactorLogInErrors:
    error_responses::WITH_BODY, error_responses::WITH_COOKIE,
    &[ProblemCode::InsecureTransport, ProblemCode::CrossSiteCookie, ProblemCode::CodeInvalid,
      ProblemCode::PasskeyInvalid, ProblemCode::PasskeysNotConfigured, ProblemCode::ChallengeExpired,
      ProblemCode::TooManyRequests, ProblemCode::DatabaseUnavailable],
);

/// Log in with a second factor
///
/// Completes a login that was answered with `second_factor_required`, and creates the session that
/// the first step asked for: with its `transport`, `remember` and `device_token`.
///
/// A challenge is valid for five minutes and five tries. After a few wrong codes for the account,
/// further tries are rejected with 429 until the backoff ends, whatever challenge they are for. A
/// code is valid once.
#[utoipa::path(
    tag = "accounts",
    operation_id = "log_in_with_second_factor",
    request_body(content = SecondFactorLogInBody, description = "The challenge and the second factor."),
    responses(
        (status = 200, description = "The session is created.", body = LoginResponse,
         headers(
            ("Set-Cookie" = String, description = "If the first step asked for a cookie: the session cookie, and the device cookie if the device was not recognized."),
            ("RateLimit-Policy" = String, description = "The rate limit, such as `\"log-in\";q=30;w=60`."),
            ("RateLimit" = String, description = "The remaining quota, such as `\"log-in\";r=29;t=2`.")
         )),
        SecondFactorLogInErrors
    )
)]
#[post("/login/second-factor", wrap = "from_fn(rate_limit::log_ins)")]
pub async fn log_in_with_second_factor(
    service: web::Data<Service>,
    responder: SessionResponder,
    Valid(step): Valid<SecondFactorLogInBody>,
) -> Result<HttpResponse, Problem> {
    let waiting = service.waiting_log_in(&step.challenge).await?;
    let transport = waiting.transport();
    let requested = SessionRequest {
        transport,
        remember: waiting.remember(),
        client: Client::default(),
        device: waiting.device().cloned(),
        replaces: Vec::new(),
    };
    let opening = responder.complete(requested, transport)?;
    let new = service
        .log_in_with_second_factor(step.of(waiting, opening))
        .await?;
    Ok(responder.respond(StatusCode::OK, transport, &new))
}
