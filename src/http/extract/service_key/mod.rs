//! The credentials of a calling service: its key as a bearer token, or as the client secret of
//! OAuth 2.0 (RFC 6749 section 2.3.1).

pub(crate) mod scoped;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode;

use crate::{
    domain::credential::token::{TokenHash, TokenKind},
    http::problem::{Problem, code::ProblemCode},
    service::{Error, ServiceCredentials},
};

/// The challenge to a service that used HTTP Basic, whose realm is required (RFC 7617 section 2).
const BASIC_CHALLENGE: &str = "Basic realm=\"daemun\"";

/// A scheme of `Authorization` by which a service authenticates. Any other scheme belongs to
/// another protection space (RFC 9110 section 11.5).
#[derive(Clone, Copy, PartialEq, Eq)]
enum AuthorizationScheme {
    Bearer,
    Basic,
}

/// A parameter of a form. Parameters must not appear more than once (RFC 6749 section 3.2).
#[derive(Default)]
pub(crate) enum FormParameter {
    #[default]
    Absent,
    Once(String),
    Repeated,
}

/// The parameters `client_id` and `client_secret` of a form.
#[derive(Default)]
pub(crate) struct ClientParameters {
    id: FormParameter,
    secret: FormParameter,
}

impl FormParameter {
    /// Returns the parameter of this name.
    pub(crate) fn of<'a>(
        pairs: impl IntoIterator<Item = &'a (String, String)>,
        name: &str,
    ) -> Self {
        let mut values = pairs.into_iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (None, _) => Self::Absent,
            (Some((_, value)), None) => Self::Once(value.clone()),
            (Some(_), Some(_)) => Self::Repeated,
        }
    }
}

impl ClientParameters {
    /// Returns the client's parameters in a form. One without a value counts as absent (RFC 6749
    /// section 3.2).
    pub(crate) fn of(pairs: &[(String, String)]) -> Self {
        let given = || pairs.iter().filter(|(_, value)| !value.is_empty());
        Self {
            id: FormParameter::of(given(), "client_id"),
            secret: FormParameter::of(given(), "client_secret"),
        }
    }

    /// Returns whether the form authenticates the client. The id alone does not.
    const fn has_secret(&self) -> bool {
        !matches!(self.secret, FormParameter::Absent)
    }

    fn credentials(self) -> Option<ServiceCredentials> {
        match (self.id, self.secret) {
            (FormParameter::Once(name), FormParameter::Once(key)) => of_client(name, &key),
            _ => None,
        }
    }

    /// Returns whether the form names this client or none.
    fn agrees_with(&self, credentials: &ServiceCredentials) -> bool {
        match &self.id {
            FormParameter::Absent => true,
            FormParameter::Once(name) => credentials.name.as_ref() == Some(name),
            FormParameter::Repeated => false,
        }
    }
}

/// Returns the credentials of a request. More than one method at once is an error of its own
/// (RFC 6749 section 2.3).
pub(crate) fn credentials(
    headers: &HeaderMap,
    form: ClientParameters,
) -> Result<ServiceCredentials, Problem> {
    let presented: Vec<_> = headers
        .get_all(AUTHORIZATION)
        .filter_map(presented)
        .collect();
    let has = |scheme| presented.iter().any(|(other, _)| *other == scheme);
    let methods = [
        has(AuthorizationScheme::Bearer),
        has(AuthorizationScheme::Basic),
        form.has_secret(),
    ];
    if methods.into_iter().filter(|is_used| *is_used).count() > 1 {
        return Err(Problem::new(ProblemCode::ClientAuthenticationAmbiguous));
    }
    let credentials = match presented.as_slice() {
        [] => form.credentials(),
        [(AuthorizationScheme::Bearer, key)] => of_key(&String::from_utf8_lossy(key)),
        [(AuthorizationScheme::Basic, encoded)] => {
            basic(encoded).filter(|credentials| form.agrees_with(credentials))
        }
        // The same method twice.
        _ => None,
    };
    credentials.ok_or_else(|| Error::ServiceKeyInvalid.into())
}

/// Returns the credentials of a request that presents a key as a bearer token. Any other method,
/// and a second header, authenticates no service.
pub(crate) fn bearer_credentials(headers: &HeaderMap) -> Result<ServiceCredentials, Problem> {
    let mut lines = headers.get_all(AUTHORIZATION);
    let only = lines.next().filter(|_| lines.next().is_none());
    let credentials = match only.and_then(presented) {
        Some((AuthorizationScheme::Bearer, key)) => of_key(&String::from_utf8_lossy(key)),
        Some((AuthorizationScheme::Basic, _)) | None => None,
    };
    credentials.ok_or_else(|| Error::ServiceKeyInvalid.into())
}

/// Returns the challenge of a 401 response: the scheme that the request used, or else `Bearer`.
pub(crate) fn challenge(headers: &HeaderMap) -> &'static str {
    let scheme = headers.get_all(AUTHORIZATION).find_map(presented);
    match scheme {
        Some((AuthorizationScheme::Basic, _)) => BASIC_CHALLENGE,
        Some((AuthorizationScheme::Bearer, _)) | None => Problem::BEARER,
    }
}

/// Returns the scheme and the credentials of a line.
fn presented(line: &HeaderValue) -> Option<(AuthorizationScheme, &[u8])> {
    let line = line.as_bytes();
    let scheme_end = line.iter().position(|byte| *byte == b' ');
    let (scheme, credentials) = line.split_at_checked(scheme_end.unwrap_or(line.len()))?;
    let scheme = if scheme.eq_ignore_ascii_case(b"bearer") {
        AuthorizationScheme::Bearer
    } else if scheme.eq_ignore_ascii_case(b"basic") {
        AuthorizationScheme::Basic
    } else {
        return None;
    };
    Some((scheme, credentials.trim_ascii()))
}

/// Returns the credentials of HTTP Basic. Clients of OAuth 2.0 percent-encode both parts first.
fn basic(encoded: &[u8]) -> Option<ServiceCredentials> {
    let pair = STANDARD.decode(encoded).ok()?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    let (name, key) = (pair.get(..colon)?, pair.get(colon + 1..)?);
    // No name and no key contains a space, so `+` needs no decoding.
    let decoded = |part| percent_decode(part).decode_utf8().ok();
    of_client(decoded(name)?.into_owned(), &decoded(key)?)
}

fn of_client(name: String, key: &str) -> Option<ServiceCredentials> {
    let credentials = of_key(key)?;
    Some(ServiceCredentials {
        name: Some(name),
        ..credentials
    })
}

fn of_key(key: &str) -> Option<ServiceCredentials> {
    let key = TokenHash::of_presented(TokenKind::ServiceKey, key)?;
    Some(ServiceCredentials { name: None, key })
}
