//! The session cookie and the device cookie: names, attributes and values.

use actix_web::{
    HttpRequest,
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

/// The name of the session cookie without `Secure`.
pub const PLAIN_NAME: &str = "daemun";

/// The name of the device cookie, which makes a browser a recognized device.
pub const SECURE_DEVICE_NAME: &str = "__Host-daemun-device";

/// The name of the device cookie without `Secure`.
pub const PLAIN_DEVICE_NAME: &str = "daemun-device";

/// Returns the name of the session cookie in this deployment.
#[must_use]
pub const fn name(settings: &Settings) -> &'static str {
    if settings.cookie_secure {
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

/// Creates the session cookie. Without `max_age`, the browser deletes the cookie when it closes.
#[must_use]
pub fn set(
    settings: &Settings,
    token: &str,
    max_age: Option<std::time::Duration>,
) -> Cookie<'static> {
    let mut cookie = bare(settings, name(settings), token.to_owned());
    if let Some(age) = max_age {
        cookie.set_max_age(Duration::try_from(age).unwrap_or(Duration::MAX));
    }
    cookie
}

/// Creates the device cookie. The cookie lives as long as the device is recognized.
#[must_use]
pub fn set_device(settings: &Settings, token: &str) -> Cookie<'static> {
    let mut cookie = bare(settings, device_name(settings), token.to_owned());
    cookie.set_max_age(Duration::try_from(device::LIFE).unwrap_or(Duration::MAX));
    cookie
}

/// Creates a cookie that makes the browser delete the session cookie.
#[must_use]
pub fn cleared(settings: &Settings) -> Cookie<'static> {
    let mut cookie = bare(settings, name(settings), String::new());
    cookie.make_removal();
    cookie
}

/// Returns whether the request has a session cookie.
#[must_use]
pub fn is_present(request: &HttpRequest, settings: &Settings) -> bool {
    values(request, name(settings)).next().is_some()
}

/// Returns whether the request has the session cookie with one value. If there are two values, the
/// cookie must not be cleared: a subdomain may have planted one, and only that one would be left.
#[must_use]
pub fn is_unambiguous(request: &HttpRequest, settings: &Settings) -> bool {
    value(request, name(settings)).is_some()
}

/// Returns the digest of the token in the session cookie, if the value has the form of a token.
#[must_use]
pub fn token(request: &HttpRequest, settings: &Settings) -> Option<TokenHash> {
    TokenHash::of_presented(TokenKind::Session, value(request, name(settings))?)
}

/// Returns the digest of the token in the device cookie, if the value has the form of a token.
#[must_use]
pub fn device_token(request: &HttpRequest, settings: &Settings) -> Option<TokenHash> {
    TokenHash::of_presented(TokenKind::Device, value(request, device_name(settings))?)
}

/// Returns the cookie's value. Returns `None` if the cookie is absent, has different values, or is
/// not UTF-8.
fn value<'a>(request: &'a HttpRequest, name: &'a str) -> Option<&'a str> {
    let mut values = values(request, name);
    let value = values.next()?;
    if values.any(|other| other != value) {
        return None;
    }
    str::from_utf8(value).ok()
}

/// Returns the values of a cookie. Names are compared as bytes, and only SP and HTAB around them
/// are removed (RFC 6265bis section 5.6). Header values contain no other ASCII white space. Any
/// site may set a cookie whose name is `__Host-` after other white space.
fn values<'a>(request: &'a HttpRequest, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
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

fn bare(settings: &Settings, name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build(name, value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.cookie_secure)
        .finish()
}
