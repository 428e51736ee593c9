//! The extractors that authenticate a request by its session.

pub(crate) mod confirmed;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};

use super::{
    bearer::{self, BearerCredential},
    client, cookie,
    json::{self, RequestBody},
};
use crate::{
    domain::{
        account::ids::UserId,
        credential::token::{TokenHash, TokenKind},
    },
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

/// The session of a route that anyone may call.
#[derive(Debug)]
pub struct PresentedSession {
    /// The caller, or `None` without a session.
    pub caller: Option<Caller>,
    /// `true` if the cookie authenticates no session, so the response clears it. A cookie with two
    /// values is kept, because a subdomain may have planted one of them.
    pub has_dead_cookie: bool,
}

/// The user of a request, for its log line: that of the session which authenticated it or which it
/// opened.
#[derive(Clone, Copy)]
pub(crate) struct RequestUser(pub(crate) UserId);

impl FromRequest for PresentedSession {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        Box::pin(Self::of(request))
    }
}

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

/// Authenticates a request that needs a session. The cookie of an expired session is cleared.
pub(crate) fn authenticate(
    request: &HttpRequest,
) -> impl Future<Output = Result<Caller, Problem>> + use<> {
    let session = PresentedSession::of(request);
    async move {
        let PresentedSession {
            caller,
            has_dead_cookie,
        } = session.await?;
        caller.ok_or_else(|| {
            let problem = Problem::from(Error::NotAuthenticated);
            if has_dead_cookie {
                problem.clearing_cookie()
            } else {
                problem
            }
        })
    }
}

impl PresentedSession {
    /// Reads the session of a request. A bearer token of this service takes precedence over the
    /// cookie. An invalid one is an error, and an invalid cookie is none.
    fn of(request: &HttpRequest) -> impl Future<Output = Result<Self, Problem>> + use<> {
        let settings = Settings::of(request);
        let service = request.app_data::<web::Data<Service>>().cloned();
        let (tokens, is_bearer) = match bearer::credential(request) {
            BearerCredential::Absent => (cookie::tokens(request, &settings), false),
            BearerCredential::Present(token) => {
                let token = TokenHash::of_presented(TokenKind::Session, &token);
                (token.into_iter().collect(), true)
            }
            BearerCredential::Ambiguous => (Vec::new(), true),
        };
        let has_dead_cookie = !is_bearer && cookie::is_unambiguous(request, &settings);
        let client = client::of(request);
        let request = request.clone();
        async move {
            let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
            match service.authenticate(tokens, client).await {
                Ok(caller) => {
                    request.extensions_mut().insert(RequestUser(caller.user.id));
                    Ok(Self {
                        caller: Some(caller),
                        has_dead_cookie: false,
                    })
                }
                Err(Error::NotAuthenticated) if !is_bearer => Ok(Self {
                    caller: None,
                    has_dead_cookie,
                }),
                Err(error) => Err(Problem::from(error)),
            }
        }
    }
}
