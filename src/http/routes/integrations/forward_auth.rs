//! `/forward-auth` and the paths below it, with any method.

use actix_web::{HttpRequest, HttpResponse, get};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use utoipa::IntoResponses;

use super::proxied_request::ProxiedRequest;
use crate::{
    http::{
        extract::{bearer, session},
        middleware::csrf,
        openapi::error_responses::{self, error_responses},
        problem::Problem,
        settings::Settings,
    },
    service::Caller,
};

/// The headers of every 200 response.
const HEADERS: [&str; 6] = [
    "X-Auth-User-Id",
    "X-Auth-Username",
    "X-Auth-Email",
    "X-Auth-Email-Verified",
    "X-Auth-Roles",
    "X-Auth-Session-Id",
];

/// The bytes that are encoded: all but the unreserved ones (RFC 3986 section 2.3). A value cannot
/// break the header, and any URL decoder reads it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

error_responses!(ForwardAuthErrors: error_responses::WITH_SESSION, error_responses::WITH_COOKIE);

/// The response to an authorized request.
#[derive(IntoResponses)]
#[response(
    status = 200,
    description = "The request is authorized.",
    headers(
        ("X-Auth-User-Id" = String, description = "The account's id."),
        ("X-Auth-Username" = String, description = "The username, UTF-8 percent-encoded."),
        ("X-Auth-Email" = String, description = "The email address, percent-encoded."),
        ("X-Auth-Email-Verified" = String, description = "`true` if the owner has verified the address. Do not trust an address that is not verified."),
        ("X-Auth-Roles" = String, description = "The roles of the account, joined by commas; empty without roles."),
        ("X-Auth-Session-Id" = String, description = "The session's id.")
    )
)]
struct Authorized;

/// Authorize a proxied request
///
/// For nginx's `auth_request`, Traefik's `forwardAuth` and Caddy's `forward_auth`. The reverse
/// proxy sends the headers of a client's request. The response is 200 with the caller in its
/// headers, 401 without a valid session, or 403 for an origin that is not allowed. Every method is
/// accepted.
///
/// A request with the cookie must come from an allowed origin if its method is unsafe or if it
/// opens a WebSocket. The method is in `X-Forwarded-Method` or `X-Original-Method`; a missing
/// method counts as unsafe.
///
/// Every 200 sets all six `X-Auth-` headers. The proxy must remove those that a client sent,
/// because some proxies do not copy an empty header. They are empty for a CORS preflight, which is
/// authorized only with `DAEMUN_FORWARD_AUTH_PREFLIGHT`.
#[utoipa::path(
    tag = "integrations",
    operation_id = "forward_auth",
    security(("bearer" = []), ("cookie" = [])),
    params(
        ("X-Forwarded-Method" = Option<String>, Header, nullable = false, description = "The method of the proxied request.", example = "GET"),
        ("X-Original-Method" = Option<String>, Header, nullable = false, description = "The method of the proxied request, as the nginx example sends it.", example = "GET"),
        ("X-Forwarded-Host" = Option<String>, Header, nullable = false, description = "The host of the proxied request, with its port: the origin of a page is compared with it. Without it, `Host` counts. Different hosts match no origin.", example = "app.example.com"),
    ),
    responses(Authorized, ForwardAuthErrors)
)]
#[get("/forward-auth")]
pub async fn forward_auth(request: HttpRequest) -> Result<HttpResponse, Problem> {
    authorize(&request, &ProxiedRequest::of_headers(&request)).await
}

/// Authorize a proxied request on its own path
///
/// For Envoy's `ext_authz`, which keeps the method and appends the path of the client's request.
/// The path is not read. The method of the request counts beside `X-Forwarded-Method` and
/// `X-Original-Method`: the check of the origin is skipped only if all of them are safe. Everything
/// else is as in `GET /forward-auth`.
#[utoipa::path(
    tag = "integrations",
    operation_id = "forward_auth_path",
    path = "/forward-auth/{path}",
    security(("bearer" = []), ("cookie" = [])),
    params(
        ("path" = String, Path, description = "The path of the proxied request, of any number of segments.", example = "app"),
        ("X-Forwarded-Host" = Option<String>, Header, nullable = false, description = "The host of the proxied request, if it is not in `Host`.", example = "app.example.com"),
    ),
    responses(Authorized, ForwardAuthErrors)
)]
#[get("/forward-auth/{path:.*}")]
pub async fn forward_auth_path(request: HttpRequest) -> Result<HttpResponse, Problem> {
    authorize(&request, &ProxiedRequest::with_own_method(&request)).await
}

async fn authorize(
    request: &HttpRequest,
    proxied: &ProxiedRequest<'_>,
) -> Result<HttpResponse, Problem> {
    let settings = Settings::of(request);
    if proxied.is_preflight(&settings) {
        return Ok(response(&Default::default()));
    }
    let caller = session::authenticate(request).await?;
    if proxied.may_act() && bearer::is_absent(request) {
        csrf::check(&proxied.headers(), &settings)?;
    }
    Ok(response(&values(&caller)))
}

/// Returns the values of the headers. The roles consist of characters that no header breaks at.
fn values(caller: &Caller) -> [String; HEADERS.len()] {
    let user = &caller.user;
    let encoded = |value| utf8_percent_encode(value, ENCODED).to_string();
    [
        user.id.to_string(),
        encoded(user.username.as_str()),
        encoded(user.email.as_str()),
        user.email_verified.to_string(),
        user.attributes.roles.joined().to_owned(),
        caller.session.id.to_string(),
    ]
}

fn response(values: &[String; HEADERS.len()]) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    for header in HEADERS.into_iter().zip(values) {
        response.insert_header((header.0, header.1.as_str()));
    }
    response.finish()
}
