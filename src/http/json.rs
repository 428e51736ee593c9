//! Request bodies: a body that reaches a handler is already valid; it must not know what any field means.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
    web,
};
use serde::de::{DeserializeOwned, IgnoredAny};
use validator::{ValidateArgs, ValidationErrors};

use super::{
    code::Code,
    fields::Fields,
    problem::{FieldError, Problem},
    settings::{Rules, Settings},
};
use crate::domain::invalid::Invalid;

/// Bytes of a body; the largest honest one, every field at its limit and every character escaped, is well below.
pub const MAX_BODY: usize = 16 * 1024;

/// Arrays and objects inside each other at most.
const MAX_DEPTH: u32 = 32;

/// How long a body may take to arrive, so that a slow sender holds a connection no longer.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A request body: what it may hold, and what it becomes once nothing is wrong with it.
pub trait Body: DeserializeOwned + for<'a> ValidateArgs<'a, Args = &'a Rules> {
    /// What a handler gets.
    type Value;

    /// The field that is to blame where a rule about the whole body is broken.
    const WHOLE: &'static str;

    /// The handler's value; an error here only repeats what validation says.
    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError>;

    /// Every field that does not go with the others, where fields depend on each other. `is_refused` names fields that were sent
    /// and are refused by themselves: they hold placeholders.
    fn mismatches(&self, _is_refused: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        Vec::new()
    }
}

/// A valid body, as the value that it became.
#[derive(Debug)]
pub struct Valid<B: Body>(pub B::Value);

impl<B: Body + 'static> FromRequest for Valid<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = check_headers(request.headers(), "application/json");
        let settings = Settings::of(request);
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            headers?;
            let bytes = receive(
                payload
                    .await
                    .map_err(|_error| Problem::new(Code::Internal))?,
            )
            .await?;
            parse::<B>(&bytes, &settings.rules).map(Self)
        })
    }
}

/// Whether the headers say that the body is of this kind, whatever its parameters.
fn is_of_kind(headers: &HeaderMap, kind: &str) -> bool {
    text(headers, CONTENT_TYPE).is_some_and(|told| {
        let essence = told.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(kind)
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("unreadable"))
}

/// Refuses by the headers alone what is not of this kind, compressed or too large.
pub(super) fn check_headers(headers: &HeaderMap, kind: &str) -> Result<(), Problem> {
    let is_plain = headers
        .get_all(CONTENT_ENCODING)
        .all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !is_of_kind(headers, kind) || !is_plain {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let length = text(headers, CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(Problem::new(Code::PayloadTooLarge));
    }
    Ok(())
}

/// The whole body, in time and within its limit.
pub(super) async fn receive(payload: web::Payload) -> Result<web::Bytes, Problem> {
    match tokio::time::timeout(BODY_DEADLINE, payload.to_bytes_limited(MAX_BODY)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_cut_off))) => Err(Problem::new(Code::MalformedJson)),
        Ok(Err(_limit_exceeded)) => Err(Problem::new(Code::PayloadTooLarge)),
        Err(_elapsed) => Err(Problem::new(Code::RequestTimeout)),
    }
}

/// JSON to a body to its value, with every refused field.
fn parse<B: Body>(bytes: &[u8], rules: &Rules) -> Result<B::Value, Problem> {
    if is_too_deep(bytes) {
        return Err(Problem::new(Code::MalformedJson));
    }
    let fields: Fields = serde_json::from_slice(bytes).map_err(|error| {
        // Reading stops where it sees no object; whether the whole is JSON shows only at its end.
        if error.is_data() && serde_json::from_slice::<IgnoredAny>(bytes).is_ok() {
            Problem::validation(vec![FieldError::new("body", Invalid::InvalidType)])
        } else {
            Problem::new(Code::MalformedJson)
        }
    })?;
    let mut reading = fields.read::<B>();
    let body = reading.body.take();
    if let Some(Err(refused)) = body.as_ref().map(|body| body.validate_with_args(rules)) {
        refused_fields(&refused, B::WHOLE).for_each(|error| reading.refuse(error));
    }
    let mismatches = body
        .as_ref()
        .map(|body| body.mismatches(&|field| reading.has_refused(field)));
    for error in mismatches.into_iter().flatten() {
        reading.refuse(error);
    }
    match body {
        Some(body) if reading.errors.is_empty() => body
            .value(rules)
            .map_err(|error| Problem::validation(vec![error])),
        _ => Err(Problem::validation(reading.in_order())),
    }
}

/// Whether brackets are nested deeper than the limit. Text that is not JSON is left to the parser.
fn is_too_deep(bytes: &[u8]) -> bool {
    let (mut depth, mut is_in_text, mut is_escaped) = (0_u32, false, false);
    bytes.iter().any(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_text,
            b'"' => is_in_text = !is_in_text,
            b'[' | b'{' if !is_in_text => depth += 1,
            b']' | b'}' if !is_in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

/// Names and reasons alone: validator's own account of an error repeats the refused value.
fn refused_fields(
    refused: &ValidationErrors,
    whole: &'static str,
) -> impl Iterator<Item = FieldError> {
    let errors = refused.field_errors().into_iter();
    errors.filter_map(move |(field, errors)| {
        let field = if field == "__all__" { whole } else { &field };
        Some(FieldError::new(field, reason(&errors.first()?.code)))
    })
}

fn reason(code: &str) -> Invalid {
    Invalid::ALL
        .iter()
        .copied()
        .find(|reason| reason.code() == code)
        .unwrap_or(Invalid::InvalidValue)
}
