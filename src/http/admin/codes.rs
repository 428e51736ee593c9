//! The codes that many routes of the admin API have.

use crate::http::{openapi::error_responses, problem::code::ProblemCode};

/// The codes of every route that needs a service key. Each rejects unknown parameters of the query.
pub const WITH_KEY: &[ProblemCode] = &[
    ProblemCode::ServiceKeyInvalid,
    ProblemCode::ScopeMissing,
    ProblemCode::ValidationFailed,
    ProblemCode::DatabaseUnavailable,
];

/// The codes of a route of one account.
pub const WITH_USER: &[ProblemCode] = &[ProblemCode::UserNotFound];

/// The codes of a list with pages.
pub const WITH_PAGES: &[ProblemCode] = &[ProblemCode::CursorInvalid];

/// The codes of a route with a body.
pub const WITH_BODY: &[ProblemCode] = error_responses::WITH_BODY;
