//! `GET /forward-auth`

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{
        Method,
        header::{HOST, HeaderMap, HeaderValue, SEC_WEBSOCKET_KEY},
    },
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::{
    extract::{bearer, session::Authenticated},
    middleware::csrf,
    openapi::error_responses::{self, error_responses},
    problem::Problem,
    settings::Settings,
};

/// The headers with the method of the proxied request. Traefik and Caddy send the first, nginx
/// recipes the second.
const METHODS: [&str; 2] = ["x-forwarded-method", "x-original-method"];

/// The bytes that are encoded: all but the unreserved ones (RFC 3986 section 2.3). A value cannot
/// break the header, and any URL decoder reads it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

error_responses!(ForwardAuthErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// Authorize a proxied request
///
/// For nginx's `auth_request`, Traefik's `forwardAuth` and Caddy's `forward_auth`. The reverse
/// proxy sends the headers of a client's request. The response is 200 with the caller in its
/// headers, 401 without a valid session, or 403 for an origin that is not allowed.
///
/// A request with the cookie must come from an allowed origin if its method is unsafe or if it
/// opens a WebSocket. The method is in `X-Forwarded-Method` or `X-Original-Method`; a missing
/// method counts as unsafe.
///
/// Every 200 sets all five `X-Auth-` headers, so a proxy that copies them overwrites the headers
/// that a client sent.
#[utoipa::path(
    tag = "integrations",
    operation_id = "forward_auth",
    security(("bearer" = []), ("cookie" = [])),
    params(
        ("X-Forwarded-Method" = Option<String>, Header, nullable = false, description = "The method of the proxied request.", example = "GET"),
        ("X-Original-Method" = Option<String>, Header, nullable = false, description = "The method of the proxied request, as the nginx example sends it.", example = "GET"),
    ),
    responses(
        (status = 200, description = "The request is authorized.",
         headers(
            ("X-Auth-User-Id" = String, description = "The account's id."),
            ("X-Auth-Username" = String, description = "The username, UTF-8 percent-encoded."),
            ("X-Auth-Email" = String, description = "The email address, percent-encoded."),
            ("X-Auth-Email-Verified" = String, description = "`true` if the owner has verified the address. Do not trust an address that is not verified."),
            ("X-Auth-Session-Id" = String, description = "The session's id.")
         )),
        ForwardAuthErrors
    )
)]
#[get("/forward-auth")]
pub async fn forward_auth(
    request: HttpRequest,
    Authenticated(caller): Authenticated,
) -> Result<HttpResponse, Problem> {
    let headers = request.headers();
    // A WebSocket begins with a GET that any page can send with the cookie.
    let acts = !is_safe(headers) || headers.contains_key(SEC_WEBSOCKET_KEY);
    if acts && bearer::is_absent(&request) {
        csrf::check(&as_forwarded(headers), &Settings::of(&request))?;
    }
    let user = &caller.user;
    let encoded = |value| utf8_percent_encode(value, ENCODED).to_string();
    Ok(HttpResponse::Ok()
        .insert_header(("X-Auth-User-Id", user.id.to_string()))
        .insert_header(("X-Auth-Username", encoded(user.username.as_str())))
        .insert_header(("X-Auth-Email", encoded(user.email.as_str())))
        .insert_header(("X-Auth-Email-Verified", user.email_verified.to_string()))
        .insert_header(("X-Auth-Session-Id", caller.session.id.to_string()))
        .finish())
}

/// Returns whether the headers state at least one method, and only safe ones.
fn is_safe(headers: &HeaderMap) -> bool {
    let mut methods = METHODS
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .peekable();
    methods.peek().is_some()
        && methods.all(|method| {
            Method::from_bytes(method.as_bytes()).is_ok_and(|method| method.is_safe())
        })
}

/// Returns the headers with the host of the proxied request, because the proxy reaches this service
/// under another one. Two proxies may each send the same host. With different hosts no origin
/// matches.
fn as_forwarded(headers: &HeaderMap) -> HeaderMap {
    let mut forwarded = headers.clone();
    let mut hosts = headers
        .get_all("x-forwarded-host")
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|host| !host.is_empty());
    let Some(host) = hosts.next() else {
        return forwarded;
    };
    let is_one = hosts.all(|other| other.eq_ignore_ascii_case(host));
    match HeaderValue::from_bytes(host) {
        Ok(host) if is_one => drop(forwarded.insert(HOST, host)),
        _ => drop(forwarded.remove(HOST)),
    }
    forwarded
}
