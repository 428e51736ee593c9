//! Lets requests that need mail through only where there is mail; it must not know what they need it for.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use crate::{
    http::problem::{Problem, code::Code},
    service::{Error, Service},
};

/// There is a way to send mail. As a handler's first argument it is asked for before everything else.
#[derive(Debug)]
pub struct WithMail;

impl FromRequest for WithMail {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Service>>() {
            Some(service) if service.has_mail() => Ok(Self),
            Some(_) => Err(Problem::from(Error::MailNotConfigured)),
            None => Err(Problem::new(Code::Internal)),
        })
    }
}
