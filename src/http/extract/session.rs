//! The extractors that authenticate a request by its session.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::{
    bearer::{self, BearerCredential},
    client, cookie,
    json::{self, RequestBody},
    language,
};
use crate::{
    domain::credential::token::{TokenHash, TokenKind},
    http::{
        problem::{Problem, code::ProblemCode},
        settings::Settings,
    },
    service::{Caller, Error, Service},
};

/// The caller of a route that needs a session.
#[derive(Debug)]
pub struct Authenticated(pub Caller);

/// The caller and the body. The body is read only after the caller is authenticated.
#[derive(Debug)]
pub struct AuthenticatedJson<B: RequestBody>(pub Caller, pub B::Value);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = authenticate(request);
        Box::pin(async move { caller.await.map(Self) })
    }
}

impl<B: RequestBody + 'static> FromRequest for AuthenticatedJson<B> {
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
                Err(rejected) => Err(rejected.problem(&request, Some(&caller.user)).await),
            }
        })
    }
}

/// Authenticates a request. A bearer token of this service takes precedence over the cookie, even
/// if it is invalid. The cookie of an expired session is cleared.
pub(crate) fn authenticate(
    request: &HttpRequest,
) -> impl Future<Output = Result<Caller, Problem>> + use<> {
    let settings = Settings::of(request);
    let service = request.app_data::<web::Data<Service>>().cloned();
    let (token, has_cookie) = match bearer::credential(request) {
        BearerCredential::Absent => (
            cookie::token(request, &settings),
            cookie::is_unambiguous(request, &settings),
        ),
        BearerCredential::Present(token) => {
            (TokenHash::of_presented(TokenKind::Session, &token), false)
        }
        BearerCredential::Ambiguous => (None, false),
    };
    let ip = client::address(request);
    let language = language::accepted(request.headers());
    async move {
        let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
        let caller = match token {
            Some(token) => service.authenticate(token, ip, language).await,
            None => Err(Error::NotAuthenticated),
        };
        caller.map_err(|error| {
            let is_expired = has_cookie && matches!(error, Error::NotAuthenticated);
            let problem = Problem::from(error);
            if is_expired {
                problem.clearing_cookie()
            } else {
                problem
            }
        })
    }
}
