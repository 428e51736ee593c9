//! Who a request comes from: the extractors that let only a living session through; it must not know what for.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderValue},
    web,
};

use super::{
    client, cookie,
    json::{self, Body},
    language,
};
use crate::{
    domain::credential::token::{TokenHash, TokenKind},
    http::{
        problem::{Problem, code::Code},
        settings::Settings,
    },
    service::{Caller, Error, Service},
};

/// The caller of a route that needs a session.
#[derive(Debug)]
pub struct LoggedIn(pub Caller);

/// The caller and the body; the body is not looked at before the caller is known.
#[derive(Debug)]
pub struct LoggedInWith<B: Body>(pub Caller, pub B::Value);

impl FromRequest for LoggedIn {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = authenticate(request);
        Box::pin(async move { caller.await.map(Self) })
    }
}

impl<B: Body + 'static> FromRequest for LoggedInWith<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = authenticate(request);
        let body = json::read::<B>(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let caller = caller.await?;
            match body.await {
                Ok(value) => Ok(Self(caller, value)),
                Err(refused) => Err(refused.problem(&request, Some(&caller.user)).await),
            }
        })
    }
}

/// A bearer credential of ours wins over the cookie, also when it is invalid; a dead cookie is cleared.
pub(crate) fn authenticate(
    request: &HttpRequest,
) -> impl Future<Output = Result<Caller, Problem>> + use<> {
    let settings = Settings::of(request);
    let service = request.app_data::<web::Data<Service>>().cloned();
    let (token, has_cookie) = match credential(request) {
        Credential::None => (
            cookie::token(request, &settings),
            cookie::is_unambiguous(request, &settings),
        ),
        Credential::Bearer(token) => (TokenHash::of_presented(TokenKind::Session, &token), false),
        Credential::Ambiguous => (None, false),
    };
    let ip = client::address(request);
    let language = language::accepted(request.headers());
    async move {
        let service = service.ok_or(Problem::new(Code::Internal))?;
        let caller = match token {
            Some(token) => service.authenticate(token, ip, language).await,
            None => Err(Error::NotAuthenticated),
        };
        caller.map_err(|error| {
            let is_dead = has_cookie && matches!(error, Error::NotAuthenticated);
            let problem = Problem::from(error);
            if is_dead {
                problem.clearing_cookie()
            } else {
                problem
            }
        })
    }
}

/// The credential of ours in `Authorization`.
pub(crate) enum Credential {
    /// None: the cookie decides. Any other scheme and another issuer's bearer belong to another protection space
    /// (RFC 9110 section 11.5).
    None,
    /// A bearer credential that claims to be ours, valid or not.
    Bearer(String),
    /// Several headers, at least one of which is ours.
    Ambiguous,
}

/// Reads `Authorization`: the one place that decides between it and the cookie.
pub(crate) fn credential(request: &HttpRequest) -> Credential {
    let service = request.app_data::<web::Data<Service>>();
    let is_ours = |token: &String| service.is_some_and(|service| service.claims_to_be_ours(token));
    let mut lines = request.headers().get_all(AUTHORIZATION).peekable();
    let first = lines.next();
    let is_alone = lines.peek().is_none();
    match first
        .into_iter()
        .chain(lines)
        .filter_map(bearer)
        .find(is_ours)
    {
        None => Credential::None,
        Some(token) if is_alone => Credential::Bearer(token),
        Some(_) => Credential::Ambiguous,
    }
}

/// Whether the cookie decides, so that the cross-site rule applies.
pub(crate) fn uses_cookie(request: &HttpRequest) -> bool {
    matches!(credential(request), Credential::None)
}

/// The credential of the scheme `Bearer` (RFC 6750 section 2.1).
fn bearer(line: &HeaderValue) -> Option<String> {
    let line = line.as_bytes();
    let at = line.iter().position(|byte| *byte == b' ')?;
    let (scheme, token) = line.split_at_checked(at)?;
    scheme
        .eq_ignore_ascii_case(b"bearer")
        .then(|| String::from_utf8_lossy(token.trim_ascii()).into_owned())
}
