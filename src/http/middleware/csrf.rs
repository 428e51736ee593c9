//! The protection against cross-site request forgery: which pages may use the session cookie.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Uri,
        header::{HOST, HeaderMap, HeaderValue, ORIGIN},
    },
    middleware::Next,
};

use crate::{
    domain::host,
    http::{
        extract::{bearer, cookie},
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
};

/// Rejects an unsafe request that is authenticated by the cookie and comes from a page of another
/// origin.
pub async fn protect(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let settings = Settings::of_service(&request);
    let acts_with_cookie = !request.method().is_safe()
        && cookie::is_present(request.request(), &settings)
        && bearer::is_absent(request.request());
    if acts_with_cookie && let Err(problem) = check(request.headers(), &settings) {
        return Ok(request.error_response(problem));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Checks an unsafe request that carries or requests the cookie. The first rule that applies
/// decides:
///
/// 1. A configured origin passes.
/// 2. `Sec-Fetch-Site` (Fetch Metadata), as the browser sets it, decides.
/// 3. A request without `Origin` passes: no browser sends one.
/// 4. The origin must be this host.
pub fn check(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
    if is_listed(headers, settings) {
        return Ok(());
    }
    let origin = headers.get(ORIGIN);
    let is_allowed = match (headers.get("sec-fetch-site"), origin) {
        (Some(site), _) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        (None, None) => true,
        (None, Some(origin)) => is_this_host(origin, headers.get(HOST)),
    };
    if is_allowed {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::OriginNotAllowed))
    }
}

/// Rejects a page of another site that requests the cookie. Its browser drops a `SameSite` cookie,
/// even if the origin is listed (RFC 6265bis section 5.7).
pub fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    let is_cross_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"cross-site");
    if is_cross_site {
        Err(Problem::new(ProblemCode::CrossSiteCookie))
    } else {
        Ok(())
    }
}

/// Rejects a page on plain http that requests a `Secure` cookie, unless the page is on this
/// machine. Its browser would silently drop the cookie.
pub fn check_transport(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
    let is_dropped = settings.cookie_secure
        && headers
            .get(ORIGIN)
            .and_then(authority)
            .is_some_and(|(is_secure, host, _port)| !is_secure && !host::is_loopback(&host));
    if is_dropped {
        Err(Problem::new(ProblemCode::InsecureTransport))
    } else {
        Ok(())
    }
}

/// Returns whether the request comes from a page of a configured origin.
pub fn is_listed(headers: &HeaderMap, settings: &Settings) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| {
        let mut listed = settings.cors_origins.iter();
        listed.any(|listed| listed.as_bytes() == origin.as_bytes())
            || (settings.allows_local_origins && is_local(origin))
    })
}

/// Returns whether an origin is http or https on this machine.
pub fn is_local(origin: &HeaderValue) -> bool {
    authority(origin).is_some_and(|(_is_secure, host, _port)| host::is_loopback(&host))
}

fn is_this_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let Some((is_secure, name, port)) = authority(origin) else {
        return false;
    };
    let Some(host) = host.and_then(|host| host.to_str().ok()?.parse::<Uri>().ok()) else {
        return false;
    };
    let host_port = host.port_u16().unwrap_or(default_port(is_secure));
    host.host()
        .is_some_and(|host| host.eq_ignore_ascii_case(&name))
        && host_port == port
}

/// Returns whether the origin is https, its host in lower case, and its port. Returns `None` for
/// `null` and any unreadable origin.
fn authority(origin: &HeaderValue) -> Option<(bool, String, u16)> {
    let origin: Uri = origin.to_str().ok()?.parse().ok()?;
    let is_secure = match origin.scheme_str()? {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let port = origin.port_u16().unwrap_or(default_port(is_secure));
    Some((is_secure, origin.host()?.to_ascii_lowercase(), port))
}

const fn default_port(is_secure: bool) -> u16 {
    if is_secure { 443 } else { 80 }
}
