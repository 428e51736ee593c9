//! The client of a request: its IP address, its user agent and its language.

pub(crate) mod client_ip;
mod forwarded;

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, USER_AGENT},
};
use tracing_actix_web::RequestId;

use super::language;
pub use crate::domain::client::Client;
use crate::http::{problem::Problem, settings::Settings};

/// The maximum number of characters of a stored `User-Agent`.
const USER_AGENT_LENGTH: usize = 256;

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(of(request)))
    }
}

/// Returns the client of a request.
pub(crate) fn of(request: &HttpRequest) -> Client {
    let request_id = request
        .extensions()
        .get::<RequestId>()
        .map(RequestId::to_string);
    Client {
        ip: address(request),
        user_agent: user_agent(request.headers()),
        language: language::accepted(request.headers()),
        request_id: request_id.unwrap_or_default(),
    }
}

/// Returns the client IP as text. The text is empty if the peer has no address.
pub(crate) fn address(request: &HttpRequest) -> String {
    client_ip::of(request, &Settings::of(request))
        .map(|address| address.to_string())
        .unwrap_or_default()
}

fn user_agent(headers: &HeaderMap) -> String {
    let bytes = headers
        .get(USER_AGENT)
        .map_or(&[][..], |value| value.as_bytes());
    String::from_utf8_lossy(bytes)
        .chars()
        .filter(|character| !character.is_control())
        .take(USER_AGENT_LENGTH)
        .collect()
}
