//! What the HTTP room is told at start; it must not know where the values came from.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, dev::ServiceRequest, web};
use ipnet::IpNet;

use super::middleware::rejected_origins::RejectedOrigins;
use crate::domain::rate_limit::RateLimits;

/// The one header that proxies tell the client's address in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// What validation needs to know besides the body itself.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Code points of a new password at least.
    pub password_min: usize,
}

/// The settings of the HTTP room.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether the session cookie has `Secure` and the `__Host-` prefix.
    pub cookie_secure: bool,
    /// Origins that may call with credentials, as browsers write them.
    pub cors_origins: Vec<String>,
    /// Networks whose forwarding header counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The header that counts.
    pub forwarded_header: ForwardedHeader,
    /// What a network may ask for, if that is bounded.
    pub limits: Option<RateLimits>,
    /// Whether Swagger UI is served.
    pub docs: bool,
    /// What bodies are judged by.
    pub rules: Rules,
    /// Warns of proxies that nobody named.
    pub untrusted_proxies: ProxyWarning,
    /// Warns of pages whose origin is not listed.
    pub rejected_origins: RejectedOrigins,
    /// Whether the service has been told to stop.
    pub draining: Draining,
}

/// How often the log warns of proxies that are not trusted, at most.
const WARNING_INTERVAL: Duration = Duration::from_mins(1);

/// Warns that a neighbour forwards requests and is not believed: then all that come through it count as one client.
#[derive(Clone, Debug, Default)]
pub struct ProxyWarning(Arc<Mutex<Option<Instant>>>);

impl ProxyWarning {
    /// Warns of this one, unless there was a warning within the minute.
    pub(super) fn warn(&self, proxy: &IpAddr) {
        let mut warned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|last| last.elapsed() >= WARNING_INTERVAL) {
            *warned = Some(Instant::now());
            tracing::warn!(event = "proxy.untrusted", peer.ip = %proxy, "a forwarding header from a neighbour is not believed, so all clients behind it are limited as one; if it is your proxy, name it in DAEMUN_TRUSTED_PROXIES");
        }
    }
}

/// Told once, when the service is to stop.
#[derive(Clone, Debug, Default)]
pub struct Draining(Arc<AtomicBool>);

impl Draining {
    /// From now on the service is stopping.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether it is stopping.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl Settings {
    /// The settings of the application that got this request.
    ///
    /// # Panics
    /// When the application was built without them: no request is served then, not the first one either.
    #[must_use]
    pub fn of(request: &HttpRequest) -> web::Data<Self> {
        present(request.app_data())
    }

    /// The same, inside a middleware.
    #[must_use]
    pub(super) fn of_service(request: &ServiceRequest) -> web::Data<Self> {
        present(request.app_data())
    }
}

#[expect(
    clippy::expect_used,
    reason = "application() is the only way to build the application and always adds them"
)]
fn present(settings: Option<&web::Data<Settings>>) -> web::Data<Settings> {
    settings.expect("the application has its settings").clone()
}
