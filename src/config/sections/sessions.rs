//! The section *Sessions*: how long a session lasts, and its cookie.

use std::{ops::RangeInclusive, time::Duration};

use clap::Args;

use crate::{
    config::{
        read::Reader,
        setting::{Given, Setting},
    },
    domain::host,
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Sessions")]
pub(in crate::config) struct SessionArgs {
    /// A remembered session expires after this time without use, 1d to 400d
    #[arg(
        long,
        env = "DAEMUN_SESSION_IDLE",
        value_name = "DURATION",
        default_value = "14d"
    )]
    session_idle: Setting,

    /// Maximum life of a remembered session, 1h to 400d
    #[arg(
        long,
        env = "DAEMUN_SESSION_MAX",
        value_name = "DURATION",
        default_value = "90d"
    )]
    session_max: Setting,

    /// Set the session cookie with `Secure` and the `__Host-` prefix: on or off; off on trusted
    /// networks only
    #[arg(
        long,
        env = "DAEMUN_COOKIE_SECURE",
        value_name = "SWITCH",
        default_value = "on"
    )]
    cookie_secure: Setting,

    /// A trusted device skips the second factor for this time, 1h to 400d, or off
    #[arg(
        long,
        env = "DAEMUN_TRUSTED_DEVICE",
        value_name = "DURATION",
        default_value = "30d"
    )]
    trusted_device: Setting,

    /// Domain whose hosts all receive the session cookie, such as `example.com`; it must contain
    /// the host of the public URL, and every server of the domain receives the session [default:
    /// none, the cookie is for one host]
    #[arg(long, env = "DAEMUN_COOKIE_DOMAIN", value_name = "DOMAIN")]
    cookie_domain: Option<Setting>,
}

/// The settings of the section *Sessions*, checked.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// The time without use after which a remembered session expires.
    pub idle: Duration,
    /// The maximum life of a remembered session.
    pub max: Duration,
    /// True if the cookie is `Secure`.
    pub cookie_secure: bool,
    /// The time for which a trusted device skips the second factor.
    pub trusted_device: Option<Duration>,
    /// The domain whose hosts share the cookie, in lower case.
    pub cookie_domain: Option<String>,
}

/// At least a day, of which the hour between two updates of `last_seen_at` is a small part; at most
/// 400 days.
const IDLE: RangeInclusive<Duration> = Duration::from_hours(24)..=Duration::from_hours(9600);

/// At least an hour, the precision of `last_seen_at`; at most the 400 days that browsers keep a
/// cookie (RFC 6265bis section 5.5).
const MAX: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(9600);

/// At least an hour, like a session; at most the 400 days for which a device is recognized.
const TRUST: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(9600);

impl SessionArgs {
    pub(in crate::config) fn parse(
        &self,
        reader: &mut Reader,
        public_host: Option<String>,
    ) -> SessionConfig {
        let cookie_secure = reader.switch("DAEMUN_COOKIE_SECURE", &self.cookie_secure);
        SessionConfig {
            idle: reader.duration("DAEMUN_SESSION_IDLE", &self.session_idle, IDLE),
            max: reader.duration("DAEMUN_SESSION_MAX", &self.session_max, MAX),
            trusted_device: match &*self.trusted_device {
                "off" | "false" => None,
                text => Some(reader.duration("DAEMUN_TRUSTED_DEVICE", text, TRUST)),
            },
            cookie_domain: self.cookie_domain(reader, cookie_secure, public_host),
            cookie_secure,
        }
    }

    fn cookie_domain(
        &self,
        reader: &mut Reader,
        is_secure: bool,
        public_host: Option<String>,
    ) -> Option<String> {
        let text = self.cookie_domain.given()?;
        let fault = if !host::is_domain(text) {
            format!("`{text}` is not a domain of two labels or more in ASCII")
        } else if !is_secure {
            String::from("a shared cookie needs DAEMUN_COOKIE_SECURE=on")
        } else {
            match public_host {
                Some(host) if host::is_in_domain(&host, text) => {
                    return Some(text.to_ascii_lowercase());
                }
                Some(host) => {
                    format!("`{text}` does not contain the host `{host}` of DAEMUN_PUBLIC_URL")
                }
                None => String::from(
                    "DAEMUN_PUBLIC_URL is not set, and the domain must contain its host",
                ),
            }
        };
        reader.fault(format!(
            "DAEMUN_COOKIE_DOMAIN: {fault}; for example example.com beside DAEMUN_PUBLIC_URL=https://auth.example.com"
        ));
        None
    }
}
