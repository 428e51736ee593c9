//! The extractor of routes that need a service key with a scope.

use std::{
    future::{Future, Ready, ready},
    marker::PhantomData,
    pin::Pin,
};

use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, web};

use super::bearer_credentials;
use crate::{
    domain::credential::service_key::Scope,
    http::{
        extract::{client, page::QueryReader},
        problem::{Problem, code::ProblemCode},
    },
    service::{Administrator, Service},
};

/// The calling service, whose key has the scope `S`, its query, and the rest of its request. They
/// are read only after the service is authenticated.
#[derive(Debug)]
pub struct Scoped<S, R = (), Q = NoQuery> {
    /// The calling service.
    pub by: Administrator,
    /// The query.
    pub query: Q,
    /// The rest of the request.
    pub rest: R,
    scope: PhantomData<S>,
}

/// The query of a route that has no parameters. Any parameter is rejected.
#[derive(Debug)]
pub struct NoQuery;

impl FromRequest for NoQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let mut query = QueryReader::of(request.query_string());
        query.reject_unknown();
        ready(query.checked().map(|()| Self))
    }
}

/// A scope as a type, so that a handler's signature states it.
pub trait RequiredScope {
    /// The scope.
    const SCOPE: Scope;
}

/// Declares a type for each scope.
macro_rules! scopes {
    ($($(#[$meaning:meta])+ $name:ident,)+) => {$(
        $(#[$meaning])+
        #[derive(Debug)]
        pub struct $name;

        impl RequiredScope for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )+};
}

scopes! {
    /// `users:read`
    UsersRead,
    /// `users:write`
    UsersWrite,
    /// `events:read`
    EventsRead,
    /// `invitations:write`
    InvitationsWrite,
}

impl<S, R, Q> FromRequest for Scoped<S, R, Q>
where
    S: RequiredScope,
    R: FromRequest + 'static,
    Q: FromRequest + 'static,
{
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let by = authenticate(request, S::SCOPE);
        let query = Q::from_request(request, payload);
        let rest = R::from_request(request, payload);
        Box::pin(async move {
            Ok(Self {
                by: by.await?,
                query: query.await.map_err(Into::into)?,
                rest: rest.await.map_err(Into::into)?,
                scope: PhantomData,
            })
        })
    }
}

/// Returns the calling service, if its key has a scope.
pub(crate) fn authenticate(
    request: &HttpRequest,
    scope: Scope,
) -> impl Future<Output = Result<Administrator, Problem>> + use<> {
    let service = request.app_data::<web::Data<Service>>().cloned();
    let presented = bearer_credentials(request.headers());
    let client = client::of(request);
    async move {
        let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
        let name = service.authenticate_service(presented?, scope).await?;
        Ok(Administrator::Service { name, client })
    }
}
