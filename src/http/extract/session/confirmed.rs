//! The extractors of routes that need a confirmed session.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::authenticate;
use crate::{
    http::{
        extract::json::{self, RequestBody},
        problem::{Problem, code::ProblemCode},
    },
    service::{Caller, Service},
};

/// The caller of a route that needs a confirmed session: the owner presented every factor in it
/// within the last ten minutes.
#[derive(Debug)]
pub struct Confirmed(pub Caller);

/// The caller and the body. The body is read only after the session is found to be confirmed.
#[derive(Debug)]
pub struct ConfirmedJson<B: RequestBody>(pub Caller, pub B::Value);

/// The caller and the body of a route that needs a confirmed session where the account has a
/// second factor, because its body contains the password.
#[derive(Debug)]
pub struct SecondFactorConfirmedJson<B: RequestBody>(pub Caller, pub B::Value);

impl FromRequest for Confirmed {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { caller(&request, Demand::Always).await.map(Self) })
    }
}

impl<B: RequestBody + 'static> FromRequest for ConfirmedJson<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = caller_and_body::<B>(request, payload, Demand::Always);
        Box::pin(async move { read.await.map(|(caller, value)| Self(caller, value)) })
    }
}

impl<B: RequestBody + 'static> FromRequest for SecondFactorConfirmedJson<B> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let read = caller_and_body::<B>(request, payload, Demand::WithSecondFactor);
        Box::pin(async move { read.await.map(|(caller, value)| Self(caller, value)) })
    }
}

/// The accounts whose sessions have to be confirmed.
#[derive(Clone, Copy)]
enum Demand {
    Always,
    WithSecondFactor,
}

async fn caller(request: &HttpRequest, demand: Demand) -> Result<Caller, Problem> {
    let caller = authenticate(request).await?;
    let service = request.app_data::<web::Data<Service>>();
    let service = service.ok_or(Problem::new(ProblemCode::Internal))?;
    match demand {
        Demand::Always => service.require_confirmation(&caller).await?,
        Demand::WithSecondFactor => {
            service
                .require_confirmation_of_second_factor(&caller)
                .await?;
        }
    }
    Ok(caller)
}

fn caller_and_body<B: RequestBody + 'static>(
    request: &HttpRequest,
    payload: &mut Payload,
    demand: Demand,
) -> impl Future<Output = Result<(Caller, B::Value), Problem>> + use<B> {
    let body = json::read::<B>(request, payload);
    let request = request.clone();
    async move {
        let caller = caller(&request, demand).await?;
        match body.await {
            Ok(value) => Ok((caller, value)),
            Err(rejected) => Err(rejected.problem(&request, Some(&caller.user)).await),
        }
    }
}
