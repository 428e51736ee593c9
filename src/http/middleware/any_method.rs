//! The paths that accept every method, because a proxy forwards that of the proxied request.

use std::mem;

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    middleware::Next,
};

use crate::http::settings::Settings;

/// The path that accepts every method, with all paths below it.
const PATH: &str = "/forward-auth";

/// The method with which a request arrived.
struct ReceivedMethod(Method);

/// Serves every request to these paths as a GET request. Their routes decide by the method with
/// which the request arrived, so the checks of CORS and CSRF in front of other routes do not.
pub async fn serve_as_get(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let settings = Settings::of_service(&request);
    if accepts_every_method(request.path(), &settings) {
        let method = mem::replace(&mut request.head_mut().method, Method::GET);
        request.extensions_mut().insert(ReceivedMethod(method));
    }
    next.call(request).await
}

fn accepts_every_method(path: &str, settings: &Settings) -> bool {
    path.strip_prefix(settings.base_path.as_str())
        .is_some_and(is_path)
}

/// Returns whether a path below the base path accepts every method.
pub fn is_path(path: &str) -> bool {
    path.strip_prefix(PATH)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the method with which a request arrived.
pub fn received(request: &HttpRequest) -> Method {
    let extensions = request.extensions();
    let received = extensions.get::<ReceivedMethod>();
    received.map_or_else(|| request.method().clone(), |method| method.0.clone())
}
