//! The span and the log line of each request. Neither has a query or a body, and an address only if
//! the operator enabled it.

use std::time::{Duration, Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use tracing::{Span, field::display};
use tracing_actix_web::{RequestId, RootSpanBuilder};

use super::{
    request_metrics::{self, CompletedRequest},
    trace_context,
};
use crate::{
    http::{
        extract::{client, session::RequestUser},
        settings::{ClientInLog, Settings},
    },
    telemetry::metrics::ActiveRequestCount,
};

/// The span of a request: it carries the request id, and the trace id if the client sent one.
#[derive(Debug)]
pub struct RequestSpan;

/// The methods that are logged by name: those of RFC 9110 and PATCH.
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

/// The data that the log line needs from the beginning of the request.
struct RequestStart {
    at: Instant,
    method: Method,
    _active: Option<ActiveRequestCount>,
}

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let start = RequestStart {
            at: Instant::now(),
            method: request.method().clone(),
            _active: request_metrics::begin(request),
        };
        let mut extensions = request.extensions_mut();
        extensions.insert(start);
        let id = extensions.get::<RequestId>().map(display);
        let trace_id = trace_context::trace_id(request.headers());
        tracing::info_span!("request", request.id = id, trace.id = trace_id)
    }

    fn on_request_end<B: MessageBody>(_span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(response) => {
                let extensions = response.request().extensions();
                let Some(RequestStart { at, method, .. }) = extensions.get::<RequestStart>() else {
                    return;
                };
                let pattern = response.request().match_pattern();
                let request = CompletedRequest {
                    method: known(method),
                    pattern: pattern.as_deref(),
                    status: response.status(),
                    duration: at.elapsed(),
                };
                log(response.request(), request);
                request_metrics::record(response.request(), request);
            }
            Err(error) => {
                let status = error.as_response_error().status_code();
                tracing::error!(
                    status = status.as_u16(),
                    "a request failed before it reached a route"
                );
            }
        }
    }
}

/// Returns the method for the log and the metrics. A client can send any token as method, up to the
/// size of a head.
fn known(method: &Method) -> &str {
    if KNOWN.contains(method) {
        method.as_str()
    } else {
        "other"
    }
}

fn log(request: &HttpRequest, completed: CompletedRequest<'_>) {
    let (ip, user) = match Settings::of(request).client_in_log {
        ClientInLog::Omitted => (None, None),
        ClientInLog::Logged => {
            let extensions = request.extensions();
            let user = extensions.get::<RequestUser>().map(|user| display(user.0));
            (Some(client::address(request)), user)
        }
    };
    tracing::info!(
        method = completed.method,
        route = completed.pattern.unwrap_or("unmatched"),
        status = completed.status.as_u16(),
        duration_ms = milliseconds(completed.duration),
        client.ip = ip,
        user.id = user,
        "request"
    );
}

/// Returns milliseconds with at most three decimals: whole microseconds divided by 1000.
fn milliseconds(span: Duration) -> f64 {
    f64::from(u32::try_from(span.as_micros()).unwrap_or(u32::MAX)) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_at_most_three_decimals() {
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
