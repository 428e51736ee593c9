//! The extractors that reject a request if mail, or the login by mail, is not configured.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use crate::{
    http::problem::{Problem, code::ProblemCode},
    service::{Error, Service},
};

/// Proof that a mail transport is configured. As a handler's first argument it is checked before
/// everything else.
#[derive(Debug)]
pub struct RequireMail;

impl FromRequest for RequireMail {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Service>>() {
            Some(service) if service.has_mail() => Ok(Self),
            Some(_) => Err(Problem::from(Error::MailNotConfigured)),
            None => Err(Problem::new(ProblemCode::Internal)),
        })
    }
}

/// Proof that owners can log in with a mailed code. Otherwise the route does not exist. As a
/// handler's first argument it is checked before everything else.
#[derive(Debug)]
pub struct RequireEmailLogIn;

impl FromRequest for RequireEmailLogIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Service>>() {
            Some(service) if service.allows_email_log_in() => Ok(Self),
            Some(_) => Err(Problem::new(ProblemCode::NotFound)),
            None => Err(Problem::new(ProblemCode::Internal)),
        })
    }
}
