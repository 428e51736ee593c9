//! The section *Forward-auth*: which proxied requests are authorized without a session.

use clap::Args;
use ipnet::IpNet;

use crate::{
    config::{read::Reader, setting::Setting},
    domain::modes::PreflightSource,
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Forward-auth")]
pub(in crate::config) struct ForwardAuthArgs {
    /// Authorize CORS preflights from trusted proxies without a session, and read their method
    /// from this source: off, x-forwarded-method, x-original-method or own; the app then receives
    /// unauthenticated OPTIONS requests
    #[arg(
        long,
        env = "DAEMUN_FORWARD_AUTH_PREFLIGHT",
        value_name = "SOURCE",
        default_value = "off"
    )]
    forward_auth_preflight: Setting,
}

/// The settings of the section *Forward-auth*, checked.
#[derive(Clone, Debug)]
pub struct ForwardAuthConfig {
    /// The source of the method of a proxied CORS preflight, if preflights are authorized.
    pub preflight: Option<PreflightSource>,
}

impl ForwardAuthArgs {
    pub(in crate::config) fn parse(
        &self,
        reader: &mut Reader,
        trusted_proxies: &[IpNet],
    ) -> ForwardAuthConfig {
        let preflight = reader.choice(
            "DAEMUN_FORWARD_AUTH_PREFLIGHT",
            &self.forward_auth_preflight,
            ("off", None),
            &[
                ("x-forwarded-method", Some(PreflightSource::ForwardedMethod)),
                ("x-original-method", Some(PreflightSource::OriginalMethod)),
                ("own", Some(PreflightSource::Own)),
            ],
        );
        if preflight.is_some() && trusted_proxies.is_empty() {
            reader.fault(
                "DAEMUN_FORWARD_AUTH_PREFLIGHT: preflights are authorized for trusted proxies only, and DAEMUN_TRUSTED_PROXIES is not set; for example DAEMUN_TRUSTED_PROXIES=172.16.0.0/12",
            );
        }
        ForwardAuthConfig { preflight }
    }
}
