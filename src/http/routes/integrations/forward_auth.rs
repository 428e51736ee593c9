//! `GET /forward-auth`: a reverse proxy asks whether to let a request through; it must not know which proxy asks.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{
        Method,
        header::{HOST, HeaderMap, HeaderValue, SEC_WEBSOCKET_KEY},
    },
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::http::{
    extract::session::{self, LoggedIn},
    middleware::csrf,
    openapi::error_responses::{self, failures},
    problem::Problem,
    settings::Settings,
};

/// What proxies tell the method of the judged request in: Traefik and Caddy the first, nginx's recipes the second.
const METHODS: [&str; 2] = ["x-forwarded-method", "x-original-method"];

/// Bytes that a value keeps as they are: the unreserved ones (RFC 3986 section 2.3), so that a header can't be broken and any
/// URL decoder reads it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

failures!(ForwardAuthFailures: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// May this request pass
///
/// For nginx's `auth_request`, Traefik's `forwardAuth` and Caddy's `forward_auth`: the proxy sends the headers of a request that it
/// is to let through, and gets 200 with the caller in headers, or a 401. A request with the cookie and an unsafe method
/// (`X-Forwarded-Method` or `X-Original-Method`; a missing one counts as unsafe) has to come from an allowed origin, and so has
/// one that opens a WebSocket.
///
/// All of them are always set, so that a proxy that copies them overwrites what a client sent under their names.
#[utoipa::path(
    tag = "neighbours",
    operation_id = "forward_auth",
    security(("bearer" = []), ("cookie" = [])),
    params(
        ("X-Forwarded-Method" = Option<String>, Header, nullable = false, description = "The method of the request that is judged.", example = "GET"),
        ("X-Original-Method" = Option<String>, Header, nullable = false, description = "The same, as nginx is told to write it.", example = "GET"),
    ),
    responses(
        (status = 200, description = "It may.",
         headers(
            ("X-Auth-User-Id" = String, description = "The account's id."),
            ("X-Auth-Username" = String, description = "The user name, UTF-8 percent-encoded."),
            ("X-Auth-Email" = String, description = "The address, percent-encoded."),
            ("X-Auth-Email-Verified" = String, description = "`true` where the owner proved to read that mailbox; until then the address is only a claim."),
            ("X-Auth-Session-Id" = String, description = "The session's id.")
         )),
        ForwardAuthFailures
    )
)]
#[get("/forward-auth")]
pub async fn forward_auth(
    request: HttpRequest,
    LoggedIn(caller): LoggedIn,
) -> Result<HttpResponse, Problem> {
    let headers = request.headers();
    // A WebSocket begins with a GET that any page may send with the cookie, and then acts.
    let acts = !is_safe(headers) || headers.contains_key(SEC_WEBSOCKET_KEY);
    if acts && session::uses_cookie(&request) {
        csrf::judge(&as_forwarded(headers), &Settings::of(&request))?;
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

/// Whether every method that is told is a safe one, and one is told.
fn is_safe(headers: &HeaderMap) -> bool {
    let mut told = METHODS
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .peekable();
    told.peek().is_some()
        && told.all(|method| {
            Method::from_bytes(method.as_bytes()).is_ok_and(|method| method.is_safe())
        })
}

/// The headers as the judged request had them: its host is not the one that the proxy reaches us by. Two proxies may each name
/// the same host; with different ones there is no host that an origin could be.
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
