//! The settings of the admin listener.

use std::{
    env,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
};

use clap::Args;

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Admin listener")]
pub(super) struct AdminArgs {
    /// Address and port at which the admin API is served to other services with a key, and
    /// `/metrics`, `/healthz` and `/readyz` without one, such as `127.0.0.1:9464` [default: none]
    #[arg(long, env = "DAEMUN_ADMIN_LISTEN", value_name = "ADDRESS")]
    admin_listen: Option<Setting>,

    /// Accept an address of the admin listener that other networks may reach: on or off
    #[arg(
        long,
        env = "DAEMUN_ADMIN_PUBLIC",
        value_name = "SWITCH",
        default_value = "off"
    )]
    admin_public: Setting,
}

/// The settings of the admin listener, checked.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// The address to listen on, if there is an admin listener.
    pub listen: Option<SocketAddr>,
}

impl AdminConfig {
    /// Returns the address if other networks may reach it.
    #[must_use]
    pub fn exposed(&self) -> Option<SocketAddr> {
        self.listen
            .filter(|address| Reach::of(address.ip()) != Reach::Private)
    }
}

/// The clients that can reach an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// Those of this machine or of a private network.
    Private,
    /// Those of every network that the machine is connected to.
    EveryNetwork,
    /// Those of the internet.
    Public,
}

impl Reach {
    fn of(ip: IpAddr) -> Self {
        let is_private = match ip.to_canonical() {
            IpAddr::V4(ip) => {
                ip.is_loopback() || ip.is_private() || ip.is_link_local() || is_shared(ip)
            }
            IpAddr::V6(ip) => {
                ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
            }
        };
        if ip.to_canonical().is_unspecified() {
            Self::EveryNetwork
        } else if is_private {
            Self::Private
        } else {
            Self::Public
        }
    }
}

/// Returns whether an address belongs to 100.64.0.0/10 (RFC 6598), which overlay networks use.
const fn is_shared(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    first == 100 && second & 0b1100_0000 == 64
}

impl AdminArgs {
    pub(super) fn parse(&self, reader: &mut Reader) -> AdminConfig {
        let is_public = reader.switch("DAEMUN_ADMIN_PUBLIC", &self.admin_public);
        let listen = self
            .admin_listen
            .given()
            .map(|text| reader.address("DAEMUN_ADMIN_LISTEN", text));
        if let Some(address) = listen.filter(|_| !is_public)
            && let Some(networks) = exposing_networks(address.ip(), is_in_container())
        {
            reader.fault(format!(
                "DAEMUN_ADMIN_LISTEN: `{address}` is reachable from {networks}; set DAEMUN_ADMIN_PUBLIC=on to accept that, or listen elsewhere; for example 127.0.0.1:{}",
                address.port()
            ));
        }
        AdminConfig { listen }
    }
}

/// Returns the networks to which an address exposes the listener, unless the address is safe. A
/// container has an address of its own, so `0.0.0.0` opens no port of its machine.
fn exposing_networks(ip: IpAddr, is_in_container: bool) -> Option<&'static str> {
    match Reach::of(ip) {
        Reach::Private => None,
        Reach::EveryNetwork if is_in_container => None,
        Reach::EveryNetwork => Some("every network of this machine"),
        Reach::Public => Some("a public network"),
    }
}

/// Returns whether the process runs in a container of Docker, Podman or Kubernetes.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable is no setting: it is the mark of the platform"
)]
fn is_in_container() -> bool {
    Path::new("/.dockerenv").exists()
        || Path::new("/run/.containerenv").exists()
        || env::var_os("KUBERNETES_SERVICE_HOST").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_of_an_address_follows_its_registry() {
        for (ip, reach) in [
            ("127.0.0.1", Reach::Private),
            ("127.9.9.9", Reach::Private),
            ("::1", Reach::Private),
            ("10.0.0.1", Reach::Private),
            ("172.31.255.255", Reach::Private),
            ("192.168.1.1", Reach::Private),
            ("169.254.0.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.127.255.255", Reach::Private),
            ("fd00::1", Reach::Private),
            ("fe80::1", Reach::Private),
            ("::ffff:10.0.0.1", Reach::Private),
            ("0.0.0.0", Reach::EveryNetwork),
            ("::", Reach::EveryNetwork),
            ("::ffff:0.0.0.0", Reach::EveryNetwork),
            ("172.32.0.1", Reach::Public),
            ("100.63.255.255", Reach::Public),
            ("100.128.0.1", Reach::Public),
            ("192.0.2.1", Reach::Public),
            ("2001:db8::1", Reach::Public),
            ("::ffff:192.0.2.1", Reach::Public),
        ] {
            assert_eq!(Reach::of(ip.parse().unwrap()), reach, "{ip}");
        }
    }

    #[test]
    fn a_container_may_listen_on_every_address_of_its_own() {
        let accepts = |ip: &str, is_in_container| {
            exposing_networks(ip.parse().unwrap(), is_in_container).is_none()
        };
        for is_in_container in [true, false] {
            assert!(accepts("127.0.0.1", is_in_container));
            assert!(!accepts("192.0.2.1", is_in_container));
            assert_eq!(accepts("0.0.0.0", is_in_container), is_in_container);
            assert_eq!(accepts("::", is_in_container), is_in_container);
        }
    }
}
