//! The session cookie and the device cookie: names, attributes and values.

use actix_web::{
    HttpRequest, HttpResponseBuilder,
    cookie::{Cookie, SameSite, time::Duration},
    http::header::COOKIE,
};

use crate::{
    domain::{
        credential::token::{TokenHash, TokenKind},
        session::device,
    },
    http::settings::Settings,
};

/// The name of the session cookie. The prefix makes browsers require `Secure`, `Path=/` and no
/// `Domain` (RFC 6265bis section 4.1.3.2).
pub const SECURE_NAME: &str = "__Host-daemun";

/// The name of the session cookie that the hosts of a domain share. The prefix makes browsers
/// require `Secure` (RFC 6265bis section 4.1.3.1).
const SHARED_NAME: &str = "__Secure-daemun";

/// The name of the session cookie without `Secure`.
pub const PLAIN_NAME: &str = "daemun";

/// The name of the device cookie, which makes a browser a recognized device.
pub const SECURE_DEVICE_NAME: &str = "__Host-daemun-device";

/// The name of the device cookie without `Secure`.
pub const PLAIN_DEVICE_NAME: &str = "daemun-device";

/// The most values of a shared session cookie that are looked up. Every host of the domain can
/// plant one.
const MOST_VALUES: usize = 3;

/// Returns the name of the session cookie in this deployment.
const fn name(settings: &Settings) -> &'static str {
    if settings.cookie_domain.is_some() {
        SHARED_NAME
    } else if settings.cookie_secure {
        SECURE_NAME
    } else {
        PLAIN_NAME
    }
}

const fn device_name(settings: &Settings) -> &'static str {
    if settings.cookie_secure {
        SECURE_DEVICE_NAME
    } else {
        PLAIN_DEVICE_NAME
    }
}

/// Adds the session cookie to a response. Without `max_age`, the browser deletes the cookie when it
/// closes. A cookie of one host alone is cleared if hosts share the cookie: it is from before they
/// did.
pub fn set(
    response: &mut HttpResponseBuilder,
    settings: &Settings,
    token: &str,
    max_age: Option<std::time::Duration>,
) {
    let mut cookie = session(settings, token.to_owned());
    if let Some(age) = max_age {
        cookie.set_max_age(Duration::try_from(age).unwrap_or(Duration::MAX));
    }
    response.cookie(cookie);
    if let Some(old) = of_one_host(settings) {
        response.cookie(old);
    }
}

/// Creates the device cookie. The cookie lives as long as the device is recognized.
#[must_use]
pub fn set_device(settings: &Settings, token: &str) -> Cookie<'static> {
    let mut cookie = bare(settings, device_name(settings), token.to_owned());
    cookie.set_max_age(Duration::try_from(device::LIFE).unwrap_or(Duration::MAX));
    cookie
}

/// Returns the removal of the session cookie that was read: its session has ended.
#[must_use]
pub fn dead(request: &HttpRequest, settings: &Settings) -> Cookie<'static> {
    let mut cookie = if is_read_of_one_host(request, settings) {
        bare(settings, SECURE_NAME, String::new())
    } else {
        session(settings, String::new())
    };
    cookie.make_removal();
    cookie
}

/// Returns cookies that make the browser delete the session cookie.
pub fn cleared(settings: &Settings) -> impl Iterator<Item = Cookie<'static>> {
    let mut cookie = session(settings, String::new());
    cookie.make_removal();
    std::iter::once(cookie).chain(of_one_host(settings))
}

/// Adds to a response what makes the browser delete the session cookie.
pub fn clear(response: &mut HttpResponseBuilder, settings: &Settings) {
    for cookie in cleared(settings) {
        response.cookie(cookie);
    }
}

/// Returns whether the request has a session cookie.
#[must_use]
pub fn is_present(request: &HttpRequest, settings: &Settings) -> bool {
    session_values(request, settings).next().is_some()
}

/// Returns whether the request has the session cookie with one value. If there are two values, the
/// cookie must not be cleared: a subdomain may have planted one, and only that one would be left.
#[must_use]
pub fn is_unambiguous(request: &HttpRequest, settings: &Settings) -> bool {
    only(session_values(request, settings)).is_some()
}

/// Returns the digests of the tokens in the session cookie, if the values have the form of a token.
/// A cookie of one host has one value or none. One that hosts share has up to three: at most one
/// of them is of a session, unless a host planted its own.
#[must_use]
pub fn tokens(request: &HttpRequest, settings: &Settings) -> Vec<TokenHash> {
    let values = session_values(request, settings);
    let mut tokens = Vec::new();
    if settings.cookie_domain.is_none() {
        tokens.extend(only(values).and_then(|value| token(TokenKind::Session, value)));
        return tokens;
    }
    for token in values.filter_map(|value| token(TokenKind::Session, value)) {
        if tokens.len() < MOST_VALUES && !tokens.contains(&token) {
            tokens.push(token);
        }
    }
    tokens
}

/// Returns the digest of the token in the device cookie, if the value has the form of a token.
#[must_use]
pub fn device_token(request: &HttpRequest, settings: &Settings) -> Option<TokenHash> {
    token(
        TokenKind::Device,
        only(values(request, device_name(settings)))?,
    )
}

fn token(kind: TokenKind, value: &[u8]) -> Option<TokenHash> {
    TokenHash::of_presented(kind, str::from_utf8(value).ok()?)
}

/// Returns the value of a cookie. Returns `None` if the cookie is absent or has different values.
fn only<'a>(mut values: impl Iterator<Item = &'a [u8]>) -> Option<&'a [u8]> {
    let value = values.next()?;
    values.all(|other| other == value).then_some(value)
}

/// Returns the values of the session cookie. The cookie of one host is read where no cookie of a
/// domain came, so that sessions outlive the change of the setting.
fn session_values<'a>(
    request: &'a HttpRequest,
    settings: &Settings,
) -> impl Iterator<Item = &'a [u8]> {
    let name = if is_read_of_one_host(request, settings) {
        SECURE_NAME
    } else {
        name(settings)
    };
    values(request, name)
}

/// Returns whether the cookie of one host is read although hosts share the cookie.
fn is_read_of_one_host(request: &HttpRequest, settings: &Settings) -> bool {
    settings.cookie_domain.is_some() && values(request, SHARED_NAME).next().is_none()
}

/// Returns the values of a cookie. Names are compared as bytes, and only SP and HTAB around them
/// are removed (RFC 6265bis section 5.6). Header values contain no other ASCII white space. Any
/// site may set a cookie whose name is `__Host-` after other white space.
fn values<'a>(request: &'a HttpRequest, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
    request
        .headers()
        .get_all(COOKIE)
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(move |pair| {
            let at = pair.iter().position(|byte| *byte == b'=')?;
            let (key, value) = (pair.get(..at)?, pair.get(at + 1..)?);
            (key.trim_ascii() == name.as_bytes()).then(|| value.trim_ascii())
        })
}

/// Returns the session cookie with this value.
fn session(settings: &Settings, value: String) -> Cookie<'static> {
    let mut cookie = bare(settings, name(settings), value);
    if let Some(domain) = &settings.cookie_domain {
        cookie.set_domain(domain.clone());
    }
    cookie
}

/// Returns the removal of the session cookie of one host, if hosts share the cookie.
fn of_one_host(settings: &Settings) -> Option<Cookie<'static>> {
    settings.cookie_domain.as_ref()?;
    let mut cookie = bare(settings, SECURE_NAME, String::new());
    cookie.make_removal();
    Some(cookie)
}

fn bare(settings: &Settings, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.cookie_secure)
        .finish()
}
