//! `POST /me/passkeys`

use actix_web::{HttpResponse, http::header::LOCATION, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    domain::{account::display_name::DisplayName, credential::recovery_code::RecoveryCode},
    http::{
        extract::{
            free_object::FreeObject, json::RequestBody, session::AuthenticatedJson, validate,
        },
        openapi::error_responses::{self, error_responses},
        problem::{FieldError, Problem, code::ProblemCode},
        routes::models::PasskeyResponse,
        settings::{Rules, Settings},
    },
    service::{NewPasskey, PasskeyProof, RegisteredPasskey, Service},
};

/// The response of the authenticator, and a name for the passkey.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(context = Rules)]
#[schema(as = RegisterPasskey)]
pub struct RegisterPasskeyBody {
    /// The `ceremony` of `POST /me/passkeys/options`.
    #[schema(example = "dmp_AAZmUfqVwABJsv3g6nAYnLo_tj9Xm6YSKzOtlP8-wzAITkKR85HbTJ")]
    ceremony: String,
    /// The user's name for the passkey: 1 to 64 characters, no line breaks.
    #[validate(custom(function = "validate::display_name"))]
    #[schema(min_length = 1, max_length = 64, example = "Minji's phone")]
    name: String,
    /// The result of `navigator.credentials.create()`, as its `toJSON()` returns it.
    #[schema(value_type = BTreeMap<String, Value>, example = json!({ "id": "", "rawId": "", "type": "public-key", "response": {} }))]
    credential: FreeObject,
}

impl RequestBody for RegisterPasskeyBody {
    type Value = NewPasskey;
    const WHOLE: &'static str = "credential";

    fn value(self, _rules: &Rules) -> Result<NewPasskey, FieldError> {
        let name =
            DisplayName::parse(&self.name).map_err(|reason| FieldError::new("name", reason))?;
        let response = PasskeyProof {
            ceremony: self.ceremony,
            credential: self.credential.into_value(),
        };
        Ok(NewPasskey { response, name })
    }
}

/// A passkey that was registered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RegisteredPasskey)]
pub struct RegisteredPasskeyResponse {
    passkey: PasskeyResponse,
    /// Ten recovery codes, if the passkey is the account's first second factor. They are shown
    /// once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 10, example = json!(["4m9x-0qzv-e7h2-kc5t-83ra-jn6w"]))]
    recovery_codes: Option<Vec<String>>,
}

impl From<RegisteredPasskey> for RegisteredPasskeyResponse {
    fn from(registered: RegisteredPasskey) -> Self {
        let exposed = |codes: Vec<RecoveryCode>| codes.iter().map(RecoveryCode::expose).collect();
        Self {
            passkey: PasskeyResponse::from(&registered.passkey),
            recovery_codes: registered.recovery_codes.map(exposed),
        }
    }
}

error_responses!(RegisterPasskeyErrors:
    error_responses::WITH_CONFIRMATION, error_responses::WITH_COOKIE, error_responses::WITH_BODY,
    &[ProblemCode::PasskeyInvalid, ProblemCode::PasskeyLimitReached,
      ProblemCode::PasskeyAlreadyRegistered, ProblemCode::PasskeysNotConfigured],
);

/// Register a passkey
///
/// Registers the passkey that the browser created with the options of `POST /me/passkeys/options`.
/// It is a second factor from now on, and can log in without a password if it is discoverable and
/// verifies its user. The owner gets a mail.
///
/// If the passkey is the account's first second factor, the response contains ten recovery codes.
/// Let the user print or store them: each one replaces the passkey once.
///
/// The account's other sessions are no longer confirmed: see `POST /me/confirm`. A passkey or an
/// app that one of them began to set up is rejected.
#[utoipa::path(
    tag = "passkeys",
    operation_id = "register_passkey",
    security(("bearer" = []), ("cookie" = [])),
    request_body(content = RegisterPasskeyBody, description = "The passkey."),
    responses(
        (status = 201, description = "The passkey is registered.", body = RegisteredPasskeyResponse,
         headers(("Location" = String, description = "The path of the passkey, such as `/me/passkeys/019aab12-3c4e-7c32-9a5b-6c7d8e9f0a1b`."))),
        RegisterPasskeyErrors
    )
)]
#[post("/me/passkeys")]
pub async fn register_passkey(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
    AuthenticatedJson(caller, new): AuthenticatedJson<RegisterPasskeyBody>,
) -> Result<HttpResponse, Problem> {
    let registered = service.register_passkey(&caller, new).await?;
    let prefix = &settings.external_prefix;
    let location = format!("{prefix}/me/passkeys/{}", registered.passkey.id);
    Ok(HttpResponse::Created()
        .insert_header((LOCATION, location))
        .json(RegisteredPasskeyResponse::from(registered)))
}
