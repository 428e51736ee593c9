//! The last hand on every answer: failures become problem documents, all get the same headers; it must not know any route.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use tracing_actix_web::RequestId;

use super::csrf;
use crate::http::{
    connection::idle::Busy,
    extract::{cookie, language},
    problem::{Problem, code::Code},
    settings::Settings,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an answer says unless its route knows better: it is nobody's to keep, and no page.
const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
];

/// Runs the rest of the application and finishes its response. A HEAD is served as the GET of the same address; the
/// connection leaves its body out. A request with `Transfer-Encoding` is the last one of its connection.
pub async fn finish(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let is_last = request.headers().contains_key(header::TRANSFER_ENCODING);
    let busy = Busy::with(&request);
    let response = next.call(request).await?.map_into_boxed_body();
    drop(busy);
    let id = response
        .request()
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut response = match problem(&response) {
        Some(problem) => render(response, &problem, &id),
        None => response,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        if !headers.contains_key(&name) {
            headers.insert(name, value);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    if is_last {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

/// The problem behind a failure, whoever raised it; `None` for an answer that is none.
fn problem(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    if !(response.status().is_client_error() || response.status().is_server_error()) {
        return None;
    }
    let error = response.response().error();
    if let Some(problem) = error.and_then(|error| error.as_error::<Problem>()) {
        return Some(problem.clone());
    }
    if error.is_some_and(|error| error.as_error::<actix_cors::CorsError>().is_some()) {
        return Some(Problem::new(Code::OriginNotAllowed));
    }
    Some(Problem::new(match response.status() {
        StatusCode::NOT_FOUND => Code::NotFound,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        StatusCode::BAD_REQUEST => Code::MalformedJson,
        status => {
            tracing::error!(status = status.as_u16(), "a failure without a code");
            Code::Internal
        }
    }))
}

/// The problem in the client's language, keeping what inner middlewares said in headers.
fn render(
    response: ServiceResponse<BoxBody>,
    problem: &Problem,
    id: &str,
) -> ServiceResponse<BoxBody> {
    let request = response.request();
    let language = language::accepted(request.headers());
    let settings = Settings::of(request);
    if problem.code == Code::OriginNotAllowed && !csrf::is_listed(request.headers(), &settings) {
        settings.rejected_origins.warn(request.headers());
    }
    let mut rendered = problem.response(language, request.path(), id, &settings.rules);
    if problem.clears_cookie {
        clear_cookie(&mut rendered, &settings);
    }
    keep(response.headers(), rendered.headers_mut());
    response.into_response(rendered)
}

fn clear_cookie(rendered: &mut HttpResponse, settings: &Settings) {
    if let Err(error) = rendered.add_cookie(&cookie::cleared(settings)) {
        tracing::error!(%error, "a dead cookie could not be cleared");
    }
}

fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            to.append(name.clone(), value.clone());
        }
    }
}
