//! The JSON of a problem document.

use std::borrow::Cow;

use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use super::{FieldError, Problem, code::ProblemCode, field_messages, hint};
use crate::domain::{invalid::Invalid, language::Language};

/// The request in which a problem occurred, and the language of its client.
pub struct Occurrence<'a> {
    pub language: Language,
    /// The path below which clients reach the service.
    pub external_prefix: &'a str,
    /// The path of the request.
    pub instance: Cow<'a, str>,
    pub request_id: &'a str,
    /// The trace that the request belongs to, if its client named one.
    pub trace_id: Option<&'a str>,
}

/// A failure (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument<'a> {
    /// The URI of the page of this server that explains the code.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/validation_failed")]
    kind: String,
    /// A short summary of the code.
    #[schema(example = "Validation failed")]
    title: &'a str,
    /// The status of the response.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// The cause, for users.
    #[schema(example = "Some fields are invalid.")]
    detail: &'a str,
    /// The path of the request.
    #[schema(format = "uri-reference", example = "/signup")]
    instance: &'a str,
    #[schema(inline, value_type = ProblemCode)]
    code: &'a str,
    /// The OAuth 2.0 error code (RFC 6749 section 5.2). Present if the authentication of a service
    /// failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, example = "invalid_client")]
    error: Option<&'static str>,
    /// The token of the login that waits for its second factor, for `POST /login/second-factor`.
    /// Valid for five minutes and five tries. Present with `second_factor_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = Option<String>,
        nullable = false,
        example = "dmx_Rm9yZ290dGVuLWtleXMtb3Blbi1uby1kb29ycy1oZXI"
    )]
    challenge: Option<&'a str>,
    /// The methods with which the user can authenticate further: `totp`, `passkey` and
    /// `recovery_code`, or `password` without a second factor. Present with
    /// `second_factor_required` and `confirmation_required`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = Option<Vec<String>>,
        nullable = false,
        example = json!(["totp", "recovery_code"])
    )]
    methods: Option<&'a [&'static str]>,
    /// The change of the request or of a setting that helps, for developers; always in English.
    /// Absent if only the user can help, by other input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = Option<String>,
        nullable = false,
        example = "Correct the fields in `errors`, which lists all of them. `GET /openapi.json` has the schema of the body."
    )]
    hint: Option<Cow<'static, str>>,
    /// The request's id in the log; also in the header `X-Request-Id`.
    #[schema(format = "uuid", example = "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b")]
    request_id: &'a str,
    /// The trace id of the request's `traceparent` header (W3C Trace Context), also in the log.
    /// Absent without a valid header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        value_type = Option<String>,
        nullable = false,
        min_length = 32,
        max_length = 32,
        example = "4bf92f3577b34da6a3ce929d0e0e4736"
    )]
    trace_id: Option<&'a str>,
    /// Every rejected field. Absent if no field is at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldErrorDocument<'a>>,
}

/// A rejected field.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldErrorDocument<'a> {
    /// The field's name in the body, or the header's name.
    #[schema(example = "email")]
    field: &'a str,
    #[schema(value_type = String, inline, schema_with = field_codes)]
    code: &'static str,
    /// The cause, for users.
    #[schema(value_type = String, example = "This is not an email address.")]
    message: Cow<'static, str>,
}

fn field_codes() -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .description(Some("The cause, as a stable code to compare with."))
        .enum_values(Some(Invalid::ALL.iter().map(|reason| reason.code())))
        .build()
}

impl<'a> ProblemDocument<'a> {
    /// Creates the document of a problem.
    pub fn new(problem: &'a Problem, occurrence: &'a Occurrence<'a>) -> Self {
        let Occurrence {
            language,
            external_prefix,
            ref instance,
            request_id,
            trace_id,
        } = *occurrence;
        let texts = problem.code.texts(language);
        let factors = problem.second_factor.as_ref();
        Self {
            kind: format!("{external_prefix}/problems/{}", problem.code.slug()),
            title: texts.title,
            status: problem.code.status().as_u16(),
            detail: texts.detail,
            instance,
            code: problem.code.slug(),
            error: problem.code.oauth_error(),
            challenge: factors
                .and_then(|factors| factors.challenge.as_ref().map(ExposeSecret::expose_secret)),
            methods: factors.map(|factors| &factors.methods[..]),
            hint: hint::text(problem.code, problem.exceeded_limit()),
            request_id,
            trace_id,
            errors: problem
                .errors
                .iter()
                .map(|error| FieldErrorDocument::new(error, language))
                .collect(),
        }
    }
}

impl<'a> FieldErrorDocument<'a> {
    fn new(error: &'a FieldError, language: Language) -> Self {
        let message = match error.limit {
            Some(limit) => Cow::Owned(field_messages::text_with_limit(
                error.reason,
                language,
                limit,
            )),
            None => Cow::Borrowed(field_messages::text(error.reason, language)),
        };
        Self {
            field: &error.field,
            code: error.reason.code(),
            message,
        }
    }
}
