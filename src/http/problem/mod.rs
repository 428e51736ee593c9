//! The one shape of every failure (RFC 9457); it must not know which route failed.

pub(crate) mod code;
pub(crate) mod field_messages;
pub(crate) mod rate_limit_headers;

use std::{borrow::Cow, fmt, time::Duration};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{extract::validate, settings::Rules};
use crate::{
    domain::{invalid::Invalid, language::Language, rate_limit::Exceeded},
    service::{Error, Unique},
};
use code::Code;
use rate_limit_headers::whole_seconds;

/// Why one field was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the body, or the header's name.
    pub field: String,
    /// Why.
    pub reason: Invalid,
}

impl FieldError {
    /// This field was refused for this reason.
    pub fn new(field: impl Into<String>, reason: Invalid) -> Self {
        Self {
            field: field.into(),
            reason,
        }
    }
}

impl FieldError {
    fn document(&self, language: Language, rules: &Rules) -> FieldDocument<'_> {
        let message = match validate::limit(&self.field, self.reason, rules) {
            Some(limit) => Cow::Owned(field_messages::text_with_limit(
                self.reason,
                language,
                limit,
            )),
            None => Cow::Borrowed(field_messages::text(self.reason, language)),
        };
        FieldDocument {
            field: &self.field,
            code: self.reason.code(),
            message,
        }
    }
}

/// A failure on its way out. The last middleware writes it in the client's language, with the request's id.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(super) code: Code,
    pub(super) errors: Vec<FieldError>,
    pub(super) retry_after: Option<u64>,
    pub(super) exceeded: Option<Box<Exceeded>>,
    pub(super) allow: Option<String>,
    pub(super) clears_cookie: bool,
}

/// The document, as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// A page of this server about the code.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/validation_failed")]
    kind: String,
    /// A short summary of the code.
    #[schema(example = "Validation failed")]
    title: &'a str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// What went wrong, for a person.
    #[schema(example = "Some fields were refused.")]
    detail: &'a str,
    /// The path of the request.
    #[schema(format = "uri-reference", example = "/signup")]
    instance: &'a str,
    #[schema(inline, value_type = Code)]
    code: &'a str,
    /// Names the request in the log; also in the header `X-Request-Id`.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    request_id: &'a str,
    /// The fields that were refused, all at once; absent where no field is to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldDocument<'a>>,
}

/// One refused field, as it is sent.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldDocument<'a> {
    /// The field's name in the body, or the header's name.
    #[schema(example = "email")]
    field: &'a str,
    /// Why, by a stable name.
    #[schema(value_type = String, inline, schema_with = field_codes)]
    code: &'static str,
    /// Why, for a person.
    #[schema(value_type = String, example = "This is not an e-mail address.")]
    message: Cow<'static, str>,
}

fn field_codes() -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .description(Some("Why, by a stable name to compare with."))
        .enum_values(Some(Invalid::ALL.iter().map(|reason| reason.code())))
        .build()
}

impl Problem {
    /// A failure with this code and nothing more to say.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            errors: Vec::new(),
            retry_after: None,
            exceeded: None,
            allow: None,
            clears_cookie: false,
        }
    }

    /// Refused fields, all of them.
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(Code::ValidationFailed)
        }
    }

    /// The same, telling the browser to forget its dead cookie.
    #[must_use]
    pub fn clearing_cookie(self) -> Self {
        Self {
            clears_cookie: true,
            ..self
        }
    }

    /// A failure of what sets a new password.
    #[must_use]
    pub fn of_new_password(error: Error) -> Self {
        if let Error::PasswordRefused(reason) = error {
            return Self::validation(vec![FieldError::new("new_password", reason)]);
        }
        Self::from(error)
    }

    /// A wrong method, with those that the address takes.
    #[must_use]
    pub fn method_not_allowed(allow: String) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(Code::MethodNotAllowed)
        }
    }

    /// The whole answer.
    #[must_use]
    pub fn response(
        &self,
        language: Language,
        instance: &str,
        request_id: &str,
        rules: &Rules,
    ) -> HttpResponse {
        let texts = self.code.texts(language);
        let document = ProblemDocument {
            kind: format!("/problems/{}", self.code.slug()),
            title: texts.title,
            status: self.code.status().as_u16(),
            detail: texts.detail,
            instance,
            code: self.code.slug(),
            request_id,
            errors: self
                .errors
                .iter()
                .map(|error| error.document(language, rules))
                .collect(),
        };
        let mut response = HttpResponseBuilder::new(self.code.status());
        response
            .insert_header((header::CONTENT_TYPE, "application/problem+json"))
            .insert_header((header::CONTENT_LANGUAGE, language.tag()));
        if self.code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after.or(self.code.default_retry_after()) {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(exceeded) = &self.exceeded {
            response
                .append_header((
                    rate_limit_headers::POLICY,
                    rate_limit_headers::policy(&exceeded.policy),
                ))
                .append_header((
                    rate_limit_headers::STATE,
                    rate_limit_headers::nothing_left(exceeded),
                ));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        match serde_json::to_string(&document) {
            Ok(body) => response.body(body),
            Err(error) => {
                tracing::error!(%error, "a problem document could not be written");
                response.finish()
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code.slug())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// A page that could not be rendered.
impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        tracing::error!(%error, "a page could not be rendered");
        Self::new(Code::Internal)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Taken(taken) => Self::taken(&taken),
            Error::PasswordRefused(reason) => {
                Self::validation(vec![FieldError::new("password", reason)])
            }
            Error::IdempotencyKeyReused => Self::new(Code::IdempotencyKeyReused),
            Error::InvalidCredentials => Self::new(Code::InvalidCredentials),
            Error::AccountDisabled => Self::new(Code::AccountDisabled),
            Error::EmailNotVerified => Self::new(Code::EmailNotVerified),
            Error::CaptchaRequired => Self::new(Code::CaptchaRequired),
            Error::CaptchaInvalid => Self::new(Code::CaptchaInvalid),
            Error::TokenInvalid => Self::new(Code::TokenInvalid),
            Error::CodeInvalid => Self::new(Code::CodeInvalid),
            Error::MailNotConfigured => Self::new(Code::MailNotConfigured),
            Error::NotAuthenticated => Self::new(Code::NotAuthenticated),
            Error::ServiceKeyInvalid => Self::new(Code::ServiceKeyInvalid),
            Error::CurrentPasswordWrong => Self::new(Code::CurrentPasswordWrong),
            Error::SessionNotFound => Self::new(Code::SessionNotFound),
            Error::UserNotFound => Self::new(Code::NotFound),
            Error::TooMany(exceeded) => Self::too_many(exceeded),
            Error::Overloaded { retry_after } => Self::overloaded(retry_after),
            Error::Unavailable(cause) => {
                tracing::error!(%cause, "the database is unavailable");
                Self::new(Code::DatabaseUnavailable)
            }
            Error::Internal(cause) => {
                tracing::error!(%cause, "a request failed by a fault of the service");
                Self::new(Code::Internal)
            }
        }
    }
}

impl Problem {
    fn taken(taken: &[Unique]) -> Self {
        let mut codes = Vec::new();
        let mut errors = Vec::new();
        for unique in taken {
            match unique {
                Unique::Username => {
                    codes.push(Code::UsernameTaken);
                    errors.push(FieldError::new("username", Invalid::UsernameTaken));
                }
                Unique::Email => {
                    codes.push(Code::EmailTaken);
                    errors.push(FieldError::new("email", Invalid::EmailTaken));
                }
                Unique::IdempotencyKey => codes.push(Code::IdempotencyKeyReused),
                Unique::ServiceKeyName | Unique::Random => codes.push(Code::Internal),
            }
        }
        let code = codes.first().copied().unwrap_or(Code::Internal);
        Self {
            errors,
            ..Self::new(code)
        }
    }

    /// A limit that is reached, by its name.
    #[must_use]
    pub fn too_many(exceeded: Exceeded) -> Self {
        Self {
            retry_after: Some(whole_seconds(exceeded.retry_after)),
            exceeded: Some(Box::new(exceeded)),
            ..Self::new(Code::TooManyRequests)
        }
    }

    fn overloaded(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after.as_secs().max(1)),
            ..Self::new(Code::Overloaded)
        }
    }
}
