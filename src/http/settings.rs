//! The settings of the HTTP layer.

use std::borrow::Cow;

use actix_web::{HttpRequest, dev::ServiceRequest, web};
use ipnet::IpNet;

use super::{
    draining::Draining,
    page_settings::PageSettings,
    warnings::{
        demanded_captchas::DemandedCaptchas, no_public_url::NoPublicUrl,
        proxy_warning::ProxyWarning, rejected_origins::RejectedOrigins,
    },
};
use crate::{
    domain::{
        modes::{PreflightSource, SignUpMode},
        rate_limit::RateLimits,
    },
    service::EmailDomainPolicy,
};

/// The header in which reverse proxies forward the client IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// The client of a request in its log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientInLog {
    /// The line has neither the client IP nor the user id.
    Omitted,
    /// The line has both.
    Logged,
}

/// The settings that the validation of request bodies depends on.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The minimum length of a new password, in code points.
    pub password_min: usize,
    /// The clients that may sign up.
    pub sign_up: SignUpMode,
    /// The domains that new addresses may have.
    pub email_domains: EmailDomainPolicy,
}

/// The settings of the HTTP layer.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `true` if the cookies have `Secure` and a prefix.
    pub cookie_secure: bool,
    /// The domain whose hosts share the session cookie, if they do.
    pub cookie_domain: Option<String>,
    /// The path below which requests arrive; empty at the root.
    pub base_path: String,
    /// The path below which clients reach the service: the base path, or one that a proxy strips.
    pub external_prefix: String,
    /// The base URL for clients: the issuer of access tokens.
    pub public_url: Option<String>,
    /// The page where users change their password.
    pub change_password_url: Option<String>,
    /// The origins that may send credentials, as browsers write them.
    pub cors_origins: Vec<String>,
    /// `true` if every origin on this machine may send credentials.
    pub allows_local_origins: bool,
    /// The networks whose forwarding header is trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// The forwarding header that is read.
    pub forwarded_header: ForwardedHeader,
    /// The statement of the method by which a proxied CORS preflight is recognized, if one is
    /// authorized without a session.
    pub forward_auth_preflight: Option<PreflightSource>,
    /// The rate limits, unless they are off.
    pub limits: Option<RateLimits>,
    /// `true` if Swagger UI is served.
    pub docs: bool,
    /// The settings of the pages.
    pub pages: PageSettings,
    /// The rules for request bodies.
    pub rules: Rules,
    /// Logs reverse proxies that are not trusted.
    pub untrusted_proxies: ProxyWarning,
    /// Logs browser origins that are not listed.
    pub rejected_origins: RejectedOrigins,
    /// Logs demanded proofs of work.
    pub demanded_captchas: DemandedCaptchas,
    /// Logs requests for metadata that only a public URL allows.
    pub no_public_url: NoPublicUrl,
    /// The client of a request in its log line.
    pub client_in_log: ClientInLog,
    /// The flag that the service is stopping.
    pub draining: Draining,
}

impl Settings {
    /// Returns the path of a request as its client wrote it. It differs only if a proxy strips the
    /// external prefix, and then there is no base path.
    pub(super) fn external_path<'a>(&self, path: &'a str) -> Cow<'a, str> {
        if self.external_prefix == self.base_path {
            Cow::Borrowed(path)
        } else {
            Cow::Owned(format!("{}{path}", self.external_prefix))
        }
    }

    /// Returns the `Location` of a redirect to a path of this service. The relative form also leads
    /// there below a prefix that a proxy strips unannounced.
    pub(super) fn location<'a>(&self, path: &str, relative: &'a str) -> Cow<'a, str> {
        match self.external_prefix.as_str() {
            "" => Cow::Borrowed(relative),
            prefix => Cow::Owned(format!("{prefix}{path}")),
        }
    }

    /// Returns the settings of the application that received this request.
    ///
    /// # Panics When the application was built without settings. Then every request panics, the
    /// first one too.
    #[must_use]
    pub fn of(request: &HttpRequest) -> web::Data<Self> {
        present(request.app_data())
    }

    /// Returns the same settings inside a middleware.
    #[must_use]
    pub(super) fn of_service(request: &ServiceRequest) -> web::Data<Self> {
        present(request.app_data())
    }
}

#[expect(
    clippy::expect_used,
    reason = "application() is the only way to build the application and always adds the settings"
)]
fn present(settings: Option<&web::Data<Settings>>) -> web::Data<Settings> {
    settings.expect("the application has its settings").clone()
}
