//! The limit on the size of request headers.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
    middleware::Next,
};

use crate::http::problem::{Problem, code::ProblemCode};

/// The maximum size of all header names and values together, in bytes.
const MAX_HEADERS: usize = 16 * 1024;

/// Rejects a request whose headers exceed the limit.
pub async fn enforce(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if size(request.headers()) > MAX_HEADERS {
        return Ok(request.error_response(Problem::new(ProblemCode::HeadersTooLarge)));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn size(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}
