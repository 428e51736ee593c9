//! One span and one log line a request, with its id, route, status and duration; it must tell no address, query or body.

use std::time::{Duration, Instant};

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode},
};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};

/// How requests are told apart in the log.
#[derive(Debug)]
pub struct RequestSpan;

/// The methods of RFC 9110 and PATCH, which are logged by name.
const KNOWN: [Method; 9] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
    Method::CONNECT,
    Method::TRACE,
];

/// What the log line needs from the beginning of the request.
struct Started {
    at: Instant,
    method: Method,
}

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let started = Started {
            at: Instant::now(),
            method: request.method().clone(),
        };
        let mut extensions = request.extensions_mut();
        extensions.insert(started);
        if let Some(id) = extensions.get::<RequestId>() {
            tracing::info_span!("request", request.id = %id)
        } else {
            tracing::info_span!("request")
        }
    }

    fn on_request_end<B: MessageBody>(_span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(response) => {
                let extensions = response.request().extensions();
                let Some(Started { at, method }) = extensions.get::<Started>() else {
                    return;
                };
                let pattern = response.request().match_pattern();
                log(
                    method,
                    pattern.as_deref().unwrap_or("unmatched"),
                    response.status(),
                    *at,
                );
            }
            Err(error) => {
                let status = error.as_response_error().status_code();
                tracing::error!(
                    status = status.as_u16(),
                    "a request ended in front of every route"
                );
            }
        }
    }
}

fn log(method: &Method, route: &str, status: StatusCode, started: Instant) {
    // A method is any token of the client's choice, as long as a head may be.
    let method = if KNOWN.contains(method) {
        method.as_str()
    } else {
        "other"
    };
    let duration_ms = milliseconds(started.elapsed());
    tracing::info!(
        method,
        route,
        status = status.as_u16(),
        duration_ms,
        "request"
    );
}

/// Milliseconds with three decimals: a whole number of microseconds over 1000 prints no more.
fn milliseconds(span: Duration) -> f64 {
    f64::from(u32::try_from(span.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_three_decimals_at_most() {
        for (nanos, printed) in [
            (0, "0.0"),
            (1_234_567, "1.234"),
            (70_000_999, "70.0"),
            (3_000_300_000, "3000.3"),
            (u64::MAX, "4294967.295"),
        ] {
            assert_eq!(
                format!("{:?}", milliseconds(Duration::from_nanos(nanos))),
                printed
            );
        }
        for micros in 0..100_000 {
            let printed = milliseconds(Duration::from_micros(micros)).to_string();
            let decimals = printed.split_once('.').map_or(0, |(_, rest)| rest.len());
            assert!(decimals <= 3, "{printed}");
        }
    }
}
