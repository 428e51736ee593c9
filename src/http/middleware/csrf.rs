//! The cross-site rule: which pages may act with the session's cookie; it must not know what they act on.

use actix_web::http::{
    Uri,
    header::{HOST, HeaderMap, HeaderValue, ORIGIN},
};

use crate::{
    domain::host,
    http::{
        problem::{Problem, code::Code},
        settings::Settings,
    },
};

/// Rejects a request for the cookie by a page of another site: its browser drops a `SameSite` cookie, listed origin or not
/// (RFC 6265bis section 5.7).
pub fn check_site(headers: &HeaderMap) -> Result<(), Problem> {
    let is_cross_site = headers
        .get("sec-fetch-site")
        .is_some_and(|site| site.as_bytes() == b"cross-site");
    if is_cross_site {
        Err(Problem::new(Code::CrossSiteCookie))
    } else {
        Ok(())
    }
}

/// Judges an unsafe request that carries or asks for the cookie, in this order: a configured origin passes; what the
/// browser says of the request's site (Fetch Metadata) decides; no `Origin` is no browser; else it must be this host.
pub fn judge(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
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
        Err(Problem::new(Code::OriginNotAllowed))
    }
}

/// Refuses to set a cookie that the browser would drop without a word: `Secure` on plain http, except on this machine.
pub fn check_transport(headers: &HeaderMap, settings: &Settings) -> Result<(), Problem> {
    let is_dropped = settings.cookie_secure
        && headers
            .get(ORIGIN)
            .and_then(authority)
            .is_some_and(|(is_secure, host, _port)| !is_secure && !host::is_loopback(&host));
    if is_dropped {
        Err(Problem::new(Code::InsecureTransport))
    } else {
        Ok(())
    }
}

/// Whether the request comes from a page of a configured origin.
pub fn is_listed(headers: &HeaderMap, settings: &Settings) -> bool {
    headers.get(ORIGIN).is_some_and(|origin| {
        settings
            .cors_origins
            .iter()
            .any(|listed| listed.as_bytes() == origin.as_bytes())
    })
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

/// Whether it is https, its host in lower case, and its port; `None` for `null` and anything unreadable.
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
