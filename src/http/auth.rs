//! Who a request comes from: the extractors that let only a living session through; it must not know what for.

use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderMap},
    web,
};

use super::{
    client,
    code::Code,
    cookie,
    json::{Body, Valid},
    language,
    problem::Problem,
    settings::Settings,
};
use crate::{
    domain::token::{Kind, TokenHash},
    service::{Accounts, Caller, Error},
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
        let body = Valid::<B>::from_request(request, payload);
        Box::pin(async move {
            let caller = caller.await?;
            Ok(Self(caller, body.await?.0))
        })
    }
}

/// The header wins over the cookie, also when it is invalid; a dead cookie is cleared.
pub(super) fn authenticate(
    request: &HttpRequest,
) -> impl Future<Output = Result<Caller, Problem>> + use<> {
    let settings = Settings::of(request);
    let accounts = request.app_data::<web::Data<Accounts>>().cloned();
    let has_header = request.headers().contains_key(AUTHORIZATION);
    let has_cookie = !has_header && cookie::is_present(request, &settings);
    let token = if has_header {
        bearer(request.headers(), Kind::Session)
    } else {
        cookie::token(request, &settings)
    };
    let ip = client::address(request);
    let language = language::accepted(request.headers());
    async move {
        let accounts = accounts.ok_or(Problem::new(Code::Internal))?;
        let caller = match token {
            Some(token) => accounts.authenticate(token, ip, language).await,
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

/// The token of `Authorization: Bearer` (RFC 6750 section 2.1); with two such headers neither counts.
pub(super) fn bearer(headers: &HeaderMap, kind: Kind) -> Option<TokenHash> {
    let mut lines = headers.get_all(AUTHORIZATION);
    let line = lines.next()?.to_str().ok()?;
    if lines.next().is_some() {
        return None;
    }
    let (scheme, token) = line.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| TokenHash::of_presented(kind, token.trim()))?
}
