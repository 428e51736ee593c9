//! JSON request bodies. A body that reaches a handler is valid.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap},
    web,
};
use serde::de::DeserializeOwned;
use validator::ValidateArgs;

use super::{
    draft::PasswordDraft,
    fields::{Fields, Reading, Unreadable},
    validate,
};
use crate::{
    domain::{account::user::User, invalid::Invalid},
    http::{
        problem::{FieldError, Problem, code::ProblemCode},
        settings::{Rules, Settings},
    },
};

/// The maximum size of a body in bytes. The largest valid one, with every field at its limit and
/// every character escaped, is much smaller.
pub const MAX_BODY: usize = 16 * 1024;

/// The time within which a body must arrive, so that a slow client does not hold a connection.
pub const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// A request body, and the value that it becomes when all its fields are valid.
pub trait RequestBody: DeserializeOwned + for<'a> ValidateArgs<'a, Args = &'a Rules> {
    /// The input of the use case.
    type Value;

    /// The field that is named if a rule about the whole body is broken.
    const WHOLE: &'static str;

    /// Converts a valid body. An error here only repeats what validation found.
    fn value(self, rules: &Rules) -> Result<Self::Value, FieldError>;

    /// Returns every field that does not match the others, if fields depend on each other.
    /// `is_rejected` names the fields that are invalid on their own: they contain placeholders.
    fn mismatches(&self, _is_rejected: &dyn Fn(&str) -> bool) -> Vec<FieldError> {
        Vec::new()
    }

    /// Returns the well-formed fields that the operator's policy rejects. They are listed beside
    /// other rejected fields. A body without others becomes a value first, because it may be a
    /// retry of a request that an earlier policy accepted.
    fn rejected_by_policy(
        &self,
        _rules: &Rules,
        _is_rejected: &dyn Fn(&str) -> bool,
    ) -> Vec<FieldError> {
        Vec::new()
    }

    /// Returns the new password in the body, if it has one that is well formed.
    fn draft(&self, _rules: &Rules) -> Option<PasswordDraft> {
        None
    }
}

/// The value of a valid body.
#[derive(Debug)]
pub struct Valid<B: RequestBody>(pub B::Value);

impl<B: RequestBody + 'static> FromRequest for Valid<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read::<B>(request, payload);
        let request = request.clone();
        Box::pin(async move {
            match body.await {
                Ok(value) => Ok(Self(value)),
                Err(rejected) => Err(rejected.problem(&request, None).await),
            }
        })
    }
}

/// The reason why a body is rejected.
pub enum RejectedBody {
    /// The body cannot be read.
    Whole(Problem),
    /// Some fields are rejected. The strength of the new password is not checked yet.
    Fields(Reading<()>, Option<PasswordDraft>),
}

impl RejectedBody {
    /// Returns the problem with every rejected field, after it checks the new password. `owner` is
    /// the caller, if there is one.
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
            && let Some(error) = draft.rejection(request).await
        {
            reading.reject(error);
        }
        Problem::validation(reading.in_order())
    }
}

impl From<Problem> for RejectedBody {
    fn from(problem: Problem) -> Self {
        Self::Whole(problem)
    }
}

/// Reads a request's body.
pub(crate) fn read<B: RequestBody>(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<B::Value, RejectedBody>> + use<B> {
    let headers = check_headers(request.headers(), "application/json");
    let settings = Settings::of(request);
    let payload = web::Payload::from_request(request, payload);
    async move {
        headers?;
        let payload = payload
            .await
            .map_err(|_error| Problem::new(ProblemCode::Internal));
        let bytes = receive(payload?).await?;
        parse::<B>(&bytes, &settings.rules)
    }
}

/// Returns whether the body has this media type, with any parameters.
fn has_media_type(headers: &HeaderMap, media_type: &str) -> bool {
    text(headers, CONTENT_TYPE).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case(media_type)
    })
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("unreadable"))
}

/// Rejects a body whose headers state another media type, a compression or too large a size.
pub(crate) fn check_headers(headers: &HeaderMap, media_type: &str) -> Result<(), Problem> {
    let is_plain = headers
        .get_all(CONTENT_ENCODING)
        .all(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !has_media_type(headers, media_type) || !is_plain {
        return Err(Problem::new(ProblemCode::UnsupportedMediaType));
    }
    let length = text(headers, CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(Problem::new(ProblemCode::PayloadTooLarge));
    }
    Ok(())
}

/// Receives the whole body within its deadline and its maximum size.
pub(crate) async fn receive(payload: web::Payload) -> Result<web::Bytes, Problem> {
    match tokio::time::timeout(BODY_DEADLINE, payload.to_bytes_limited(MAX_BODY)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_cut_off))) => Err(Problem::new(ProblemCode::MalformedJson)),
        Ok(Err(_limit_exceeded)) => Err(Problem::new(ProblemCode::PayloadTooLarge)),
        Err(_elapsed) => Err(Problem::new(ProblemCode::RequestTimeout)),
    }
}

/// Parses and validates a body. The error has every rejected field.
fn parse<B: RequestBody>(bytes: &[u8], rules: &Rules) -> Result<B::Value, RejectedBody> {
    let fields = Fields::parse(bytes).map_err(|unreadable| match unreadable {
        Unreadable::Malformed => Problem::new(ProblemCode::MalformedJson),
        Unreadable::NotAnObject => {
            Problem::validation(vec![FieldError::new("body", Invalid::InvalidType)])
        }
    })?;
    let mut reading = fields.read::<B>();
    let body = reading.body.take();
    if let Some(Err(errors)) = body.as_ref().map(|body| body.validate_with_args(rules)) {
        for error in validate::field_errors(&errors, B::WHOLE, rules) {
            reading.reject(error);
        }
    }
    let mismatches = body
        .as_ref()
        .map(|body| body.mismatches(&|field| reading.has_rejected(field)));
    for error in mismatches.into_iter().flatten() {
        reading.reject(error);
    }
    match body {
        Some(body) if reading.errors.is_empty() => body
            .value(rules)
            .map_err(|error| Problem::validation(vec![error]).into()),
        body => {
            let policy = body
                .as_ref()
                .map(|body| body.rejected_by_policy(rules, &|field| reading.has_rejected(field)));
            for error in policy.into_iter().flatten() {
                reading.reject(error);
            }
            let draft = body.and_then(|body| body.draft(rules));
            let draft = draft.filter(|draft| !reading.has_rejected(draft.field));
            Err(RejectedBody::Fields(reading.without_body(), draft))
        }
    }
}
