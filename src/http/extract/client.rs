//! The client of a request: its IP address, its user agent and its language.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{HeaderMap, USER_AGENT},
};

use super::{client_ip, language};
use crate::{
    domain::language::Language,
    http::{problem::Problem, settings::Settings},
    service::Visitor,
};

/// The maximum number of characters of a stored `User-Agent`.
const USER_AGENT_LENGTH: usize = 256;

/// The client of a request.
#[derive(Clone, Debug)]
pub struct Client {
    /// The client IP, without a port.
    pub ip: String,
    /// The `User-Agent`, shortened and without control characters.
    pub user_agent: String,
    /// The preferred language.
    pub language: Language,
}

impl Client {
    /// Returns the client as use cases without a session see it.
    pub fn visitor(self) -> Visitor {
        Visitor {
            ip: self.ip,
            language: self.language,
        }
    }
}

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Ok(Self {
            ip: address(request),
            user_agent: user_agent(request.headers()),
            language: language::accepted(request.headers()),
        }))
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
