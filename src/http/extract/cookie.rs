//! The cookies of a session and of a device: how they are named, set, read and cleared; it must not know what either is good for.

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

/// The cookie's name; the prefix makes browsers insist on `Secure`, `Path=/` and no `Domain` (RFC 6265bis section 4.1.3.2).
pub const SECURE_NAME: &str = "__Host-daemun";

/// Its name where it is not `Secure`.
pub const PLAIN_NAME: &str = "daemun";

/// The same two of the cookie that makes a browser a known device.
pub const SECURE_DEVICE_NAME: &str = "__Host-daemun-device";
/// Without `Secure`.
pub const PLAIN_DEVICE_NAME: &str = "daemun-device";

/// The name in force.
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

/// A cookie that carries this session's token; it outlives the browser by `max_age`, if given.
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

/// A cookie that carries this device's token, for as long as the device is known.
#[must_use]
pub fn set_device(settings: &Settings, token: &str) -> Cookie<'static> {
    let mut cookie = bare(settings, device_name(settings), token.to_owned());
    cookie.set_max_age(Duration::try_from(device::LIFE).unwrap_or(Duration::MAX));
    cookie
}

/// A cookie that makes the browser forget its own.
#[must_use]
pub fn cleared(settings: &Settings) -> Cookie<'static> {
    let mut cookie = bare(settings, name(settings), String::new());
    cookie.make_removal();
    cookie
}

/// Whether the request carries the cookie at all.
#[must_use]
pub fn is_present(request: &HttpRequest, settings: &Settings) -> bool {
    values(request, name(settings)).next().is_some()
}

/// Whether the request carries the cookie with one value. A browser whose cookie has another beside it must not lose it: the
/// other may be planted by a subdomain, and would be the only one left.
#[must_use]
pub fn is_unambiguous(request: &HttpRequest, settings: &Settings) -> bool {
    value(request, name(settings)).is_some()
}

/// The digest of the token in the request's cookie, if it can be a token.
#[must_use]
pub fn token(request: &HttpRequest, settings: &Settings) -> Option<TokenHash> {
    TokenHash::of_presented(TokenKind::Session, value(request, name(settings))?)
}

/// The digest of the token in the request's device cookie, if it can be a token.
#[must_use]
pub fn device_token(request: &HttpRequest, settings: &Settings) -> Option<TokenHash> {
    TokenHash::of_presented(TokenKind::Device, value(request, device_name(settings))?)
}

/// The cookie's value; `None` for an absent cookie, for different values under its name, and for what no token can be.
fn value<'a>(request: &'a HttpRequest, name: &'a str) -> Option<&'a str> {
    let mut values = values(request, name);
    let value = values.next()?;
    if values.any(|other| other != value) {
        return None;
    }
    str::from_utf8(value).ok()
}

/// The values under a cookie's name, all compared as bytes: a browser keeps `__Host-` for this host, and a name that only begins with
/// other white space than SP and HTAB for anybody (RFC 6265bis section 5.6). Header values hold no other ASCII white space.
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
