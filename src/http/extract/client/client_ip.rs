//! The client IP, read through the trusted reverse proxies.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header::HeaderMap};

use super::forwarded;
use crate::http::settings::Settings;

/// Returns the last address that is not a trusted proxy.
///
/// The header is read only if the peer is a trusted proxy, and from the right: a client can write
/// anything to the left of what the proxies appended.
pub(crate) fn of(request: &HttpRequest, settings: &Settings) -> Option<IpAddr> {
    let is_trusted = |address: &IpAddr| is_trusted(address, settings);
    let mut client = request.peer_addr()?.ip().to_canonical();
    if !is_trusted(&client) {
        if is_private(&client) && is_forwarded(request.headers()) {
            settings.untrusted_proxies.warn(&client);
        }
        return Some(client);
    }
    for hop in forwarded::hops(request.headers(), settings.forwarded_header) {
        // No trusted proxy wrote an unreadable hop, so the last readable one counts as the client.
        let Some(address) = hop else { break };
        client = address;
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

/// Returns whether the peer of a request is a trusted proxy.
pub(crate) fn is_from_trusted_proxy(request: &HttpRequest, settings: &Settings) -> bool {
    let peer = request.peer_addr();
    peer.is_some_and(|peer| is_trusted(&peer.ip().to_canonical(), settings))
}

fn is_trusted(address: &IpAddr, settings: &Settings) -> bool {
    let mut networks = settings.trusted_proxies.iter();
    networks.any(|network| network.contains(address))
}

/// Returns whether the address is in a private network. A forwarding header from such an address is
/// from a proxy that is not configured, or from a client that imitates one.
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

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "forwarded"]
        .iter()
        .any(|name| headers.contains_key(*name))
}
