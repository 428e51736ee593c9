//! Failures on their way to the client as problem documents (RFC 9457).

pub(crate) mod code;
mod code_schema;
pub(crate) mod document;
pub(crate) mod field_messages;
mod from_service;
pub(crate) mod hint;
pub(crate) mod rate_limit_headers;
mod response;
pub(crate) mod texts;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use secrecy::SecretString;

use crate::domain::{
    invalid::Invalid,
    rate_limit::{Exceeded, limit_name::LimitName},
};
use code::ProblemCode;

/// The reason why one field is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the body, or the header's name.
    pub field: String,
    /// The reason.
    pub reason: Invalid,
    /// The minimum or maximum length that the field breaks.
    pub limit: Option<usize>,
}

impl FieldError {
    /// Rejects a field for a reason.
    pub fn new(field: impl Into<String>, reason: Invalid) -> Self {
        Self {
            field: field.into(),
            reason,
            limit: None,
        }
    }
}

/// A failure. The outermost middleware renders it in the client's language, with the request's id.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", .code.slug())]
pub struct Problem {
    pub(super) code: ProblemCode,
    pub(super) errors: Vec<FieldError>,
    pub(super) retry_after: Option<u64>,
    pub(super) exceeded: Option<Box<Exceeded>>,
    pub(super) allow: Option<String>,
    pub(super) clears_cookie: bool,
    pub(super) challenge: &'static str,
    pub(super) second_factor: Option<Box<PresentableFactors>>,
}

/// The methods with which a client can authenticate further.
#[derive(Clone, Debug)]
pub struct PresentableFactors {
    /// The token of a login that waits for its second factor. Its `Debug` hides it.
    pub challenge: Option<SecretString>,
    /// The names of the methods.
    pub methods: Vec<&'static str>,
}

impl Problem {
    /// The challenge of a 401 response, unless the request used another scheme.
    pub const BEARER: &'static str = "Bearer";

    /// Creates a problem with this code and no further details.
    #[must_use]
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            errors: Vec::new(),
            retry_after: None,
            exceeded: None,
            allow: None,
            clears_cookie: false,
            challenge: Self::BEARER,
            second_factor: None,
        }
    }

    /// Creates a problem that lists all rejected fields.
    #[must_use]
    pub fn validation(errors: Vec<FieldError>) -> Self {
        Self {
            errors,
            ..Self::new(ProblemCode::ValidationFailed)
        }
    }

    /// Creates a problem for a method that the path does not support. `allow` lists the methods
    /// that it supports.
    #[must_use]
    pub fn method_not_allowed(allow: String) -> Self {
        Self {
            allow: Some(allow),
            ..Self::new(ProblemCode::MethodNotAllowed)
        }
    }

    /// Creates a problem for an exceeded rate limit.
    #[must_use]
    pub fn too_many(exceeded: Exceeded) -> Self {
        Self {
            retry_after: Some(rate_limit_headers::whole_seconds(exceeded.retry_after)),
            exceeded: Some(Box::new(exceeded)),
            ..Self::new(ProblemCode::TooManyRequests)
        }
    }

    /// Returns the name of the exceeded rate limit, if there is one.
    pub(super) fn exceeded_limit(&self) -> Option<LimitName> {
        self.exceeded.as_ref().map(|exceeded| exceeded.policy.name)
    }

    /// Sets the challenge that the response has if it is 401 (RFC 9110 section 11.6.1).
    #[must_use]
    pub fn challenging(self, challenge: &'static str) -> Self {
        Self { challenge, ..self }
    }

    /// Makes the response clear the session cookie too.
    #[must_use]
    pub fn clearing_cookie(self) -> Self {
        Self {
            clears_cookie: true,
            ..self
        }
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
