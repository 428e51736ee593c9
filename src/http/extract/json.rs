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
    draft::Draft,
    fields::{Fields, Reading},
};
use crate::{
    domain::{account::user::User, invalid::Invalid},
    http::{
        problem::{FieldError, Problem, code::Code},
        settings::{Rules, Settings},
    },
};

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

    /// The new password that the body asks for, if it asks for one of the right form.
    fn draft(&self, _rules: &Rules) -> Option<Draft> {
        None
    }
}

/// A valid body, as the value that it became.
#[derive(Debug)]
pub struct Valid<B: Body>(pub B::Value);

impl<B: Body + 'static> FromRequest for Valid<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read::<B>(request, payload);
        let request = request.clone();
        Box::pin(async move {
            match body.await {
                Ok(value) => Ok(Self(value)),
                Err(refused) => Err(refused.problem(&request, None).await),
            }
        })
    }
}

/// Why a body did not become a value.
pub enum Refused {
    /// It cannot be read.
    Whole(Problem),
    /// Some of its fields are refused. Its new password is still to be judged.
    Fields(Reading<()>, Option<Draft>),
}

impl Refused {
    /// The problem with every refused field, once the new password is judged. `owner` is the caller, where there is one.
    pub(crate) async fn problem(self, request: &HttpRequest, owner: Option<&User>) -> Problem {
        let (mut reading, draft) = match self {
            Self::Whole(problem) => return problem,
            Self::Fields(reading, draft) => (reading, draft),
        };
        let draft = draft.map(|draft| match owner {
            Some(owner) => draft.of(owner),
            None => draft,
        });
        if let Some(draft) = draft
            && let Some(error) = draft.refusal(request).await
        {
            reading.refuse(error);
        }
        Problem::validation(reading.in_order())
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Whole(problem)
    }
}

/// Reads a request's body.
pub(crate) fn read<B: Body>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<B::Value, Refused>> + use<B> {
    let headers = check_headers(request.headers(), "application/json");
    let settings = Settings::of(request);
    let payload = web::Payload::from_request(request, payload);
    async move {
        headers?;
        let payload = payload.await.map_err(|_error| Problem::new(Code::Internal));
        let bytes = receive(payload?).await?;
        parse::<B>(&bytes, &settings.rules)
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
pub(crate) fn check_headers(headers: &HeaderMap, kind: &str) -> Result<(), Problem> {
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
pub(crate) async fn receive(payload: web::Payload) -> Result<web::Bytes, Problem> {
    match tokio::time::timeout(BODY_DEADLINE, payload.to_bytes_limited(MAX_BODY)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_cut_off))) => Err(Problem::new(Code::MalformedJson)),
        Ok(Err(_limit_exceeded)) => Err(Problem::new(Code::PayloadTooLarge)),
        Err(_elapsed) => Err(Problem::new(Code::RequestTimeout)),
    }
}

/// JSON to a body to its value, with every refused field.
fn parse<B: Body>(bytes: &[u8], rules: &Rules) -> Result<B::Value, Refused> {
    if is_too_deep(bytes) {
        return Err(Problem::new(Code::MalformedJson).into());
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
            .map_err(|error| Problem::validation(vec![error]).into()),
        body => {
            let draft = body.and_then(|body| body.draft(rules));
            let draft = draft.filter(|draft| !reading.has_refused(draft.field));
            Err(Refused::Fields(reading.without_body(), draft))
        }
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

/// Names and reasons alone: validator's own account of an error repeats the refused value. What is wrong with a field itself comes
/// before what is wrong with it beside others, because the first reason counts.
fn refused_fields(
    refused: &ValidationErrors,
    whole: &'static str,
) -> impl Iterator<Item = FieldError> {
    const WHOLE_BODY: &str = "__all__";
    let mut errors: Vec<_> = refused.field_errors().into_iter().collect();
    errors.sort_by_key(|(field, _)| field == WHOLE_BODY);
    errors.into_iter().filter_map(move |(field, errors)| {
        let field = if field == WHOLE_BODY { whole } else { &field };
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
