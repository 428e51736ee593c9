//! Host names of the local machine.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Returns whether browsers trust plain HTTP to this host, written as in a URL: `localhost` and its
/// subdomains, 127.0.0.0/8 and `[::1]` (Secure Contexts section 3.1, RFC 6761 section 6.3).
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return address.is_loopback();
    }
    let bracketed = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = bracketed {
        return address.parse() == Ok(Ipv6Addr::LOCALHOST);
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_those_that_browsers_trust() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "app.localhost",
            "a.b.localhost",
            "127.0.0.1",
            "127.255.0.9",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "localhost.example.com",
            "notlocalhost",
            "localhost..",
            "128.0.0.1",
            "127.0.0.1.example.com",
            "127.1",
            "::1",
            "[::2]",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
