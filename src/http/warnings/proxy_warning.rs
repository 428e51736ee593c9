//! The warning about a reverse proxy that is not trusted.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The minimum time between two warnings.
const INTERVAL: Duration = Duration::from_mins(1);

/// The warning that a private address forwards requests but is not a trusted proxy. All clients
/// behind such a proxy count as one client IP.
#[derive(Clone, Debug, Default)]
pub struct ProxyWarning(Arc<Mutex<Option<Instant>>>);

impl ProxyWarning {
    /// Logs the address of the proxy, unless there was a warning within the interval.
    pub fn warn(&self, proxy: &IpAddr) {
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|last| last.elapsed() >= INTERVAL) {
            *warned = Some(Instant::now());
            tracing::warn!(
                event = "proxy.untrusted",
                peer.ip = %proxy,
                "ignored the forwarding header of an untrusted peer: all clients behind it share one rate limit; if it is your reverse proxy, add it to DAEMUN_TRUSTED_PROXIES"
            );
        }
    }
}
