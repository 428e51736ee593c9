//! The bearer credential in `Authorization`, and whether it takes precedence over the cookie.

use actix_web::{
    HttpRequest,
    http::header::{AUTHORIZATION, HeaderValue},
    web,
};

use crate::service::Service;

/// The bearer credential of a request.
pub(crate) enum BearerCredential {
    /// The request has none, so the cookie authenticates it. Another scheme, or the bearer token of
    /// another issuer, belongs to another protection space (RFC 9110 section 11.5).
    Absent,
    /// A token that claims to be issued by this service. It may be invalid.
    Present(String),
    /// Several headers, at least one of which claims to be issued by this service.
    Ambiguous,
}

/// Reads `Authorization`.
pub(crate) fn credential(request: &HttpRequest) -> BearerCredential {
    let service = request.app_data::<web::Data<Service>>();
    let is_ours = |token: &String| service.is_some_and(|service| service.claims_to_be_ours(token));
    let mut lines = request.headers().get_all(AUTHORIZATION).peekable();
    let first = lines.next();
    let is_alone = lines.peek().is_none();
    match first
        .into_iter()
        .chain(lines)
        .filter_map(token)
        .find(is_ours)
    {
        None => BearerCredential::Absent,
        Some(token) if is_alone => BearerCredential::Present(token),
        Some(_) => BearerCredential::Ambiguous,
    }
}

/// Returns whether the cookie authenticates the request, so that the protection against cross-site
/// request forgery applies.
pub(crate) fn is_absent(request: &HttpRequest) -> bool {
    matches!(credential(request), BearerCredential::Absent)
}

/// Returns the token of the scheme `Bearer` (RFC 6750 section 2.1).
fn token(line: &HeaderValue) -> Option<String> {
    let line = line.as_bytes();
    let at = line.iter().position(|byte| *byte == b' ')?;
    let (scheme, token) = line.split_at_checked(at)?;
    scheme
        .eq_ignore_ascii_case(b"bearer")
        .then(|| String::from_utf8_lossy(token.trim_ascii()).into_owned())
}
