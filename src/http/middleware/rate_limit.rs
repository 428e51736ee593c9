//! The rate limits in front of the routes that compute a hash or create a row.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

use crate::{
    domain::client::network::Network,
    http::{
        extract::client,
        problem::{Problem, rate_limit_headers},
        rate_limit::{Limiter, RouteLimits},
    },
};

/// Limits signups.
pub async fn sign_ups(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    limit(|limits| &limits.sign_ups, request, next).await
}

/// Limits logins.
pub async fn log_ins(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    limit(|limits| &limits.log_ins, request, next).await
}

/// Limits requests for a mail. All routes that send one share a quota.
pub async fn mail_requests(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    limit(|limits| &limits.mail_requests, request, next).await
}

/// Counts a request for its client IP and describes the quota in the response's headers. Without
/// configured limits every request passes.
async fn limit(
    which: fn(&RouteLimits) -> &Limiter,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(limits) = request.app_data::<web::Data<RouteLimits>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let limiter = which(&limits);
    let networks = Network::all_of_text(&client::address(request.request()));
    match limiter.check(&networks) {
        Ok(quota) => {
            let mut response = next.call(request).await?.map_into_boxed_body();
            let headers = response.headers_mut();
            let policy = rate_limit_headers::policy(&limiter.rate_limit);
            append(headers, rate_limit_headers::POLICY, &policy);
            if let Some(quota) = quota {
                let state =
                    rate_limit_headers::state(&limiter.rate_limit, quota.left, quota.full_in);
                append(headers, rate_limit_headers::STATE, &state);
            }
            Ok(response)
        }
        Err(exceeded) => Ok(request.error_response(Problem::too_many(exceeded))),
    }
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(name, value);
    }
}
