//! Networks: what one subscriber has for himself, and so what is counted as one; it must not know where addresses come from.

use std::net::{IpAddr, Ipv6Addr};

/// The network of an address: the address itself in IPv4, its /64 in IPv6, of which a subscriber has at least one
/// (RFC 6177 section 2) and could otherwise be 2^64 people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network([u8; 16]);

impl Network {
    /// The network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let mut bytes = match address.to_canonical() {
            IpAddr::V4(address) => return Self(address.to_ipv6_mapped().octets()),
            IpAddr::V6(address) => address.octets(),
        };
        bytes[8..].fill(0);
        Self(bytes)
    }

    /// The network of an address as text. What is none, such as the peer of a local socket, is all one network.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of(text.parse().unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
    }

    /// As it goes into a digest.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn is_the_address_in_ipv4_and_its_64_in_ipv6() {
        let one = Network::of_text;
        assert_ne!(one("192.0.2.1"), one("192.0.2.2"));
        assert_eq!(one("192.0.2.1"), one("::ffff:192.0.2.1"));
        assert_eq!(
            one("2001:db8:1:2::1"),
            one("2001:db8:1:2:ffff:ffff:ffff:ffff")
        );
        assert_ne!(one("2001:db8:1:2::1"), one("2001:db8:1:3::1"));
        assert_ne!(one("2001:db8::1"), one("192.0.2.1"));
        assert_eq!(one(""), one("unix"));
        assert_ne!(one(""), Network::of(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    }
}
