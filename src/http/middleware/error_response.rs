//! The outermost middleware: turns every failure into a problem document and completes the headers.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    cookie::Cookie,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method, StatusCode,
        header::{self, HeaderMap},
    },
    middleware::Next,
};
use tracing_actix_web::RequestId;

use super::{
    csrf, default_headers, idle_connection::ActiveRequest, request_metrics, trace_context,
};
use crate::http::{
    extract::{client, cookie, language},
    problem::{Problem, code::ProblemCode, document::Occurrence},
    settings::Settings,
};

/// Runs the rest of the application and completes its response.
///
/// A HEAD request is served as a GET request; the connection omits the body. A request with
/// `Transfer-Encoding` is the last one of its connection.
pub async fn error_response(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let is_last = request.headers().contains_key(header::TRANSFER_ENCODING);
    let active = ActiveRequest::begin(&request);
    let response = next.call(request).await?.map_into_boxed_body();
    drop(active);
    let id = request_id(&response);
    let mut response = match problem(&response) {
        Some(problem) => render(response, &problem, &id),
        None => response,
    };
    default_headers::add(response.headers_mut(), &id);
    if is_last {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

fn request_id(response: &ServiceResponse<BoxBody>) -> String {
    let extensions = response.request().extensions();
    extensions
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Returns the problem behind a failure, wherever it was raised. Returns `None` for a response that
/// is not a failure.
fn problem(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return None;
    }
    let error = response.response().error();
    if let Some(problem) = error.and_then(|error| error.as_error::<Problem>()) {
        return Some(problem.clone());
    }
    if error.is_some_and(|error| error.as_error::<actix_cors::CorsError>().is_some()) {
        return Some(Problem::new(ProblemCode::OriginNotAllowed));
    }
    Some(Problem::new(code_of(response.status())))
}

/// Returns the code for a failure that Actix raised.
fn code_of(status: StatusCode) -> ProblemCode {
    match status {
        StatusCode::NOT_FOUND => ProblemCode::NotFound,
        StatusCode::REQUEST_TIMEOUT => ProblemCode::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
        StatusCode::BAD_REQUEST => ProblemCode::MalformedJson,
        status => {
            tracing::error!(status = status.as_u16(), "a failure has no problem code");
            ProblemCode::Internal
        }
    }
}

/// Renders the problem in the client's language. The headers that inner middleware set are kept.
fn render(
    response: ServiceResponse<BoxBody>,
    problem: &Problem,
    id: &str,
) -> ServiceResponse<BoxBody> {
    let request = response.request();
    let settings = Settings::of(request);
    request_metrics::note_problem(&response, problem);
    if problem.code == ProblemCode::OriginNotAllowed
        && !csrf::is_listed(request.headers(), &settings)
    {
        settings.rejected_origins.warn(request.headers());
    }
    if problem.code == ProblemCode::CaptchaRequired {
        let route = request.match_pattern().unwrap_or_default();
        let client_ip = client::address(request);
        settings.demanded_captchas.log(&client_ip, &route);
    }
    let mut rendered = problem.response(&Occurrence {
        language: language::accepted(request.headers()),
        external_prefix: &settings.external_prefix,
        instance: settings.external_path(request.path()),
        request_id: id,
        trace_id: trace_context::trace_id(request.headers()),
    });
    if problem.clears_cookie {
        clear_cookie(&mut rendered, &cookie::dead(request, &settings));
    }
    keep(response.headers(), rendered.headers_mut());
    response.into_response(rendered)
}

fn clear_cookie(rendered: &mut HttpResponse, dead: &Cookie<'_>) {
    if let Err(error) = rendered.add_cookie(dead) {
        tracing::error!(%error, "could not clear the cookie of an expired session");
    }
}

fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            to.append(name.clone(), value.clone());
        }
    }
}
