//! `GET /config`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, schema::Type},
};

use crate::{
    domain::{
        account::username::Username,
        credential::password::NewPassword,
        modes::{CaptchaMode, EmailVerification, SignUpMode},
    },
    http::{openapi::error_responses::error_responses, settings::Settings},
    service::Service,
};

/// The settings that the forms of a frontend depend on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Config)]
pub struct ConfigResponse {
    #[schema(value_type = String, inline, schema_with = sign_up_modes)]
    sign_up: &'static str,
    #[schema(value_type = String, inline, schema_with = email_verification_modes)]
    email_verification: &'static str,
    #[schema(value_type = String, inline, schema_with = captcha_modes)]
    captcha: &'static str,
    /// `true` if the service can send mail. If not, hide password reset and change of email.
    #[schema(example = true)]
    mail: bool,
    /// `true` if the service offers passkeys. If not, hide them.
    #[schema(example = true)]
    passkeys: bool,
    /// `true` if owners can log in with a mailed code (`POST /login/code`).
    #[schema(example = false)]
    email_log_in: bool,
    username: LengthRangeResponse,
    password: LengthRangeResponse,
}

/// The minimum and the maximum length of a field, in Unicode code points after NFC.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LengthRange)]
pub struct LengthRangeResponse {
    /// The minimum length.
    #[schema(minimum = 1, example = 8)]
    min_length: usize,
    /// The maximum length.
    #[schema(minimum = 1, example = 128)]
    max_length: usize,
}

fn sign_up_modes() -> Object {
    choices(
        "The clients that may sign up. `open`: all. `invited`: those that send an `invitation`. `closed`: none; hide the signup \
         form.",
        SignUpMode::ALL.map(SignUpMode::name),
    )
}

fn email_verification_modes() -> Object {
    choices(
        "The rights of an account with an unverified email. `off`: all; no mail is sent. `optional`: all; a signup sends a \
         mail. `required`: none; the account exists once its email is verified. Without mail always `off`.",
        EmailVerification::ALL.map(EmailVerification::name),
    )
}

fn captcha_modes() -> Object {
    choices(
        "When signup and login require a proof of work. `off`: never. `adaptive`: after failed logins and many signups. \
         `always`: in every request.",
        CaptchaMode::ALL.map(CaptchaMode::name),
    )
}

fn choices(description: &str, names: [&str; 3]) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .enum_values(Some(names))
        .build()
}

error_responses!(GetConfigErrors: &[]);

/// Get the public configuration
///
/// Returns the settings that a frontend needs to know before a signup or login. The response may be
/// cached for a minute. No authentication is needed.
#[utoipa::path(
    tag = "service",
    operation_id = "get_config",
    responses(
        (status = 200, description = "The configuration.", body = ConfigResponse,
         headers(("Cache-Control" = String, description = "The time for which the response may be cached."))),
        GetConfigErrors
    )
)]
#[get("/config")]
pub async fn get_config(
    service: web::Data<Service>,
    settings: web::Data<Settings>,
) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=60"))
        .json(ConfigResponse {
            sign_up: service.sign_up_mode().name(),
            email_verification: service.email_verification().name(),
            captcha: service.captcha_mode().name(),
            mail: service.has_mail(),
            passkeys: service.has_passkeys(),
            email_log_in: service.allows_email_log_in(),
            username: LengthRangeResponse {
                min_length: Username::MIN,
                max_length: Username::MAX,
            },
            password: LengthRangeResponse {
                min_length: settings.rules.password_min,
                max_length: NewPassword::MAX,
            },
        })
}
