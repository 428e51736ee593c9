//! The proxied request, as the headers of an authorization request describe it.

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
            UPGRADE,
        },
    },
};

use crate::{
    domain::modes::PreflightSource,
    http::{extract::client::client_ip, middleware::any_method, settings::Settings},
};

/// Traefik and Caddy name the method in this header.
const FORWARDED_METHOD: &str = "x-forwarded-method";

/// The nginx recipe names the method in this header.
const ORIGINAL_METHOD: &str = "x-original-method";

/// A request that a proxy asks about.
pub(super) struct ProxiedRequest<'a> {
    request: &'a HttpRequest,
    /// The method of the authorization request, where that is the proxied request's own.
    own_method: Option<Method>,
}

impl<'a> ProxiedRequest<'a> {
    /// Returns the request behind one to the route itself: proxies send such a request with a
    /// method of their own.
    pub(super) const fn of_headers(request: &'a HttpRequest) -> Self {
        Self {
            request,
            own_method: None,
        }
    }

    /// Returns the request behind one to a path below the route: Envoy keeps the method.
    pub(super) fn with_own_method(request: &'a HttpRequest) -> Self {
        Self {
            request,
            own_method: Some(any_method::received(request)),
        }
    }

    /// Returns whether the request may change something, or opens a WebSocket: that begins with a
    /// GET which any page can send with the cookie. A missing method counts as unsafe.
    pub(super) fn may_act(&self) -> bool {
        let is_safe =
            |method: &[u8]| Method::from_bytes(method).is_ok_and(|method| method.is_safe());
        let mut methods = self.methods().peekable();
        let is_known_safe = methods.peek().is_some() && methods.all(is_safe);
        !is_known_safe || self.opens_stream()
    }

    /// Returns whether the request opens a WebSocket. One over HTTP/2 has no `Sec-WebSocket-Key`
    /// (RFC 8441 section 5), and a proxy may drop `Upgrade`.
    fn opens_stream(&self) -> bool {
        let mut names = self.request.headers().keys();
        names.any(|name| *name == UPGRADE || name.as_str().starts_with("sec-websocket-"))
    }

    /// Returns whether the request is a CORS preflight (Fetch Standard) that a trusted proxy
    /// vouches for. The configured source must name the method, and no other may contradict it.
    pub(super) fn is_preflight(&self, settings: &Settings) -> bool {
        let headers = self.request.headers();
        let has_source = settings
            .forward_auth_preflight
            .is_some_and(|source| match source {
                PreflightSource::ForwardedMethod => headers.contains_key(FORWARDED_METHOD),
                PreflightSource::OriginalMethod => headers.contains_key(ORIGINAL_METHOD),
                PreflightSource::Own => self.own_method.is_some(),
            });
        let is_once = |name: HeaderName| headers.get_all(name).count() == 1;
        has_source
            && self.methods().all(|method| method == b"OPTIONS")
            && is_once(ORIGIN)
            && is_once(ACCESS_CONTROL_REQUEST_METHOD)
            && client_ip::is_from_trusted_proxy(self.request, settings)
    }

    /// Returns the headers with the host of the proxied request, because the proxy reaches this
    /// service under another one. Two proxies may each send the same host. With different hosts no
    /// origin matches.
    pub(super) fn headers(&self) -> HeaderMap {
        let mut forwarded = self.request.headers().clone();
        let headers = self.request.headers();
        let mut hosts = headers
            .get_all("x-forwarded-host")
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
            .map(<[u8]>::trim_ascii)
            .filter(|host| !host.is_empty());
        let Some(host) = hosts.next() else {
            return forwarded;
        };
        let is_one = hosts.all(|other| other.eq_ignore_ascii_case(host));
        match HeaderValue::from_bytes(host) {
            Ok(host) if is_one => drop(forwarded.insert(HOST, host)),
            _ => drop(forwarded.remove(HOST)),
        }
        forwarded
    }

    /// Returns every statement of the method.
    fn methods(&self) -> impl Iterator<Item = &[u8]> {
        let headers = self.request.headers();
        let own = self.own_method.iter();
        own.map(|method| method.as_str().as_bytes()).chain(
            [FORWARDED_METHOD, ORIGINAL_METHOD]
                .into_iter()
                .flat_map(|name| headers.get_all(name))
                .map(HeaderValue::as_bytes),
        )
    }
}
