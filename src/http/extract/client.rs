//! Where a request comes from: the network address that counts, and what the client calls itself; it must not know why.

use std::{
    future::{Ready, ready},
    net::IpAddr,
};

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

/// Characters of a `User-Agent` that are kept.
const USER_AGENT_LENGTH: usize = 256;

/// Who is at the other end, as far as it can be told.
#[derive(Clone, Debug)]
pub struct Client {
    /// The network address, without a port.
    pub ip: String,
    /// What it calls itself, shortened and without control characters.
    pub user_agent: String,
    /// The language that is read there.
    pub language: Language,
}

impl Client {
    /// Who asks, for use cases that know nobody.
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

/// The network address that counts, as text; empty for a peer that has none.
pub(crate) fn address(request: &HttpRequest) -> String {
    judged(request)
        .map(|address| address.to_string())
        .unwrap_or_default()
}

/// The last address that no trusted proxy stands for. The header is read from the right, because a client can write
/// anything to the left of what the proxies appended, and only where the peer is a trusted proxy itself.
fn judged(request: &HttpRequest) -> Option<IpAddr> {
    let settings = Settings::of(request);
    let is_trusted = |address: &IpAddr| {
        settings
            .trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    };
    let mut client = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(&client) {
        if is_private(&client) && forwards(request.headers()) {
            settings.untrusted_proxies.warn(&client);
        }
        return Some(client);
    }
    for hop in client_ip::hops(request.headers(), settings.forwarded_header) {
        // What is unreadable was not written by a proxy of ours: the last one that was keeps the blame.
        let Some(address) = hop else { break };
        client = address;
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

/// Whether only a neighbour can have this address: a proxy that nobody named, or somebody who pretends to be one.
fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_private() || address.is_loopback() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_unique_local() || address.is_loopback() || address.is_unicast_link_local()
        }
    }
}

fn forwards(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded"]
        .iter()
        .any(|name| headers.contains_key(*name))
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
