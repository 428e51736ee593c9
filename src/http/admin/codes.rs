//! The codes that many routes of the admin API have.

use crate::http::{openapi::error_responses, problem::code::ProblemCode};

/// The codes of every route that needs a service key.
pub const WITH_KEY: &[ProblemCode] = &[
    ProblemCode::ServiceKeyInvalid,
    ProblemCode::ScopeMissing,
    ProblemCode::DatabaseUnavailable,
];

/// The codes of a route of one account.
pub const WITH_USER: &[ProblemCode] = &[ProblemCode::UserNotFound];

/// The codes of a list with pages.
pub const WITH_PAGES: &[ProblemCode] = &[ProblemCode::CursorInvalid, ProblemCode::ValidationFailed];

/// The codes of a route with a body.
pub const WITH_BODY: &[ProblemCode] = error_responses::WITH_BODY;
