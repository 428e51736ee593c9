//! What is refused before any route sees it: headers out of proportion, and a cookie used from somebody else's page.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::HeaderMap,
    middleware::Next,
};

use super::csrf;
use crate::http::{
    extract::{cookie, session},
    problem::{Problem, code::Code},
    settings::Settings,
};

/// Bytes of all header names and values together.
const MAX_HEADERS: usize = 16 * 1024;

/// Lets a request through to its route, or refuses it.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match check(&request) {
        Ok(()) => Ok(next.call(request).await?.map_into_boxed_body()),
        Err(problem) => Ok(request.error_response(problem)),
    }
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    let headers = request.headers();
    if size(headers) > MAX_HEADERS {
        return Err(Problem::new(Code::HeadersTooLarge));
    }
    let settings = Settings::of_service(request);
    let acts_with_cookie = !request.method().is_safe()
        && cookie::is_present(request.request(), &settings)
        && session::uses_cookie(request.request());
    if acts_with_cookie {
        csrf::judge(headers, &settings)?;
    }
    Ok(())
}

fn size(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}
