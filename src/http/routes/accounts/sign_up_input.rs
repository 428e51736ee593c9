//! The input of a signup: its body, its idempotency key, and the errors of both in one response.

use actix_web::HttpRequest;

use crate::{
    domain::session::transport::SessionTransport,
    http::{
        extract::{
            draft::PasswordDraft,
            idempotency_key::{self, BodyHash},
        },
        problem::{FieldError, Problem, code::ProblemCode},
    },
    service::SignUp,
};

/// The order of the fields in a response.
const ORDER: [&str; 3] = ["email", "password", "invitation"];

/// The value of a valid body.
pub struct SignUpInput {
    pub sign_up: SignUp,
    pub transport: SessionTransport,
    pub body_hash: BodyHash,
    /// The fields that the operator's policy rejects.
    pub rejected: Vec<FieldError>,
}

/// Returns the body with the idempotency key, or a problem with every rejected field of both. With
/// a key, the signup may be a retry, so the policy is not applied here.
pub async fn merge(
    request: &HttpRequest,
    body: Result<SignUpInput, Problem>,
) -> Result<(SignUp, SessionTransport), Problem> {
    match (body, idempotency_key::read(request)) {
        (Ok(input), Ok(Some(key))) => {
            let key = Some(key.with_body(input.body_hash));
            Ok((
                SignUp {
                    key,
                    ..input.sign_up
                },
                input.transport,
            ))
        }
        (Ok(input), Ok(None)) if input.rejected.is_empty() => Ok((input.sign_up, input.transport)),
        (Ok(input), key) => Err(rejection(request, input, key.err()).await),
        (Err(mut problem), Err(rejected)) if problem.code == ProblemCode::ValidationFailed => {
            problem.errors.push(rejected);
            Err(problem)
        }
        (Err(problem), _) => Err(problem),
    }
}

/// Returns the problem with every rejected field of a valid body. The header is the last.
async fn rejection(
    request: &HttpRequest,
    input: SignUpInput,
    header: Option<FieldError>,
) -> Problem {
    let SignUpInput {
        sign_up, rejected, ..
    } = input;
    let (username, email) = (Some(&sign_up.username), Some(&sign_up.email));
    let draft = PasswordDraft::of_sign_up(sign_up.password, username, email);
    let password = draft.rejection(request).await;
    let mut errors: Vec<_> = rejected.into_iter().chain(password).chain(header).collect();
    errors.sort_by_key(|error| {
        let place = ORDER.iter().position(|field| *field == error.field);
        place.unwrap_or(ORDER.len())
    });
    Problem::validation(errors)
}
