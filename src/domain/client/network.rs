//! The networks in which a client IP is counted.

use std::net::{IpAddr, Ipv6Addr};

/// A network in which a client IP is counted.
///
/// In IPv4 it is the address itself. In IPv6 it is the /64, the least that a subscriber has (RFC
/// 6177 section 2), who could otherwise be 2^64 clients, and the /56 and /48, which many
/// subscribers have (RFC 6177 section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network {
    prefix: [u8; 16],
    quotas: u8,
}

/// The wider prefixes in which an IPv6 address is counted: bytes, bits and quotas of each.
const WIDER: [(usize, u8, u8); 2] = [(7, 56, 4), (6, 48, 16)];

impl Network {
    /// The quotas of networks, the narrowest first.
    pub const QUOTAS: [u8; 3] = [1, WIDER[0].2, WIDER[1].2];

    /// Returns the narrowest network of an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        let prefix = match address.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => prefix(&address.octets(), 8),
        };
        Self { prefix, quotas: 1 }
    }

    /// Returns the narrowest network of an address as text. All texts that are no address, such as
    /// the peer of a local socket, share one network.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self::of(address(text))
    }

    /// Returns the widest network of an address as text.
    #[must_use]
    pub fn widest_of_text(text: &str) -> Self {
        let widest = Self::all_of_text(text).pop();
        widest.unwrap_or_else(|| Self::of_text(text))
    }

    /// Returns every network of an address as text, the narrowest first.
    #[must_use]
    pub fn all_of_text(text: &str) -> Vec<Self> {
        let address = address(text);
        let narrowest = Self::of(address);
        let mut all = vec![narrowest];
        if let IpAddr::V6(address) = address.to_canonical() {
            all.extend(WIDER.map(|(bytes, bits, quotas)| {
                let mut prefix = prefix(&address.octets(), bytes);
                // Networks of 64 bits or fewer do not use this byte, so it distinguishes the
                // prefixes.
                prefix[15] = bits;
                Self { prefix, quotas }
            }));
        }
        all
    }

    /// Returns the factor by which the network's quota exceeds that of one client.
    #[must_use]
    pub const fn quotas(&self) -> u8 {
        self.quotas
    }

    /// Returns the bytes for a digest, different for each network.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.prefix
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

fn prefix(address: &[u8; 16], bytes: usize) -> [u8; 16] {
    let mut prefix = [0; 16];
    for (kept, byte) in prefix.iter_mut().zip(address).take(bytes) {
        *kept = *byte;
    }
    prefix
}

#[cfg(test)]
mod tests {
    use std::{collections::HashSet, net::Ipv4Addr};

    use super::*;

    #[test]
    fn narrowest_network_is_the_ipv4_address_or_ipv6_64() {
        let narrowest = Network::of_text;
        assert_ne!(narrowest("192.0.2.1"), narrowest("192.0.2.2"));
        assert_eq!(narrowest("192.0.2.1"), narrowest("::ffff:192.0.2.1"));
        assert_eq!(
            narrowest("2001:db8:1:2::1"),
            narrowest("2001:db8:1:2:ffff:ffff:ffff:ffff")
        );
        assert_ne!(narrowest("2001:db8:1:2::1"), narrowest("2001:db8:1:3::1"));
        assert_ne!(narrowest("2001:db8::1"), narrowest("192.0.2.1"));
        assert_eq!(narrowest(""), narrowest("unix"));
        assert_ne!(
            narrowest(""),
            Network::of(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
        );
    }

    #[test]
    fn ipv6_has_three_networks_and_ipv4_one() {
        let quotas = |text| {
            let all = Network::all_of_text(text);
            all.iter().map(Network::quotas).collect::<Vec<_>>()
        };
        assert_eq!(quotas("192.0.2.1"), [1]);
        assert_eq!(quotas("::ffff:192.0.2.1"), [1]);
        assert_eq!(quotas("2001:db8:1:2::1"), [1, 4, 16]);
        // Addresses of one /56, of one /48 and of two.
        let shared = |one, other| {
            let all: HashSet<_> = Network::all_of_text(one).into_iter().collect();
            let other = Network::all_of_text(other);
            other.iter().filter(|network| all.contains(network)).count()
        };
        assert_eq!(shared("2001:db8:1:2::1", "2001:db8:1:ff::1"), 2);
        assert_eq!(shared("2001:db8:1:2::1", "2001:db8:1:102::1"), 1);
        assert_eq!(shared("2001:db8:1:2::1", "2001:db8:2:2::1"), 0);
        // The /64, /56 and /48 with the same first bits are counted apart.
        let zeros = Network::all_of_text("2001:db8:1::1");
        let bytes: HashSet<_> = zeros.iter().map(Network::as_bytes).collect();
        assert_eq!(bytes.len(), 3);
    }
}
