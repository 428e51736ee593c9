//! The section *Sessions*: how long a session lasts, and its cookie.

use std::{ops::RangeInclusive, time::Duration};

use clap::Args;

use crate::config::{read::Reader, setting::Setting};

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
}

/// At least a day, of which the hour between two updates of `last_seen_at` is a small part; at most
/// 400 days.
const IDLE: RangeInclusive<Duration> = Duration::from_hours(24)..=Duration::from_hours(9600);

/// At least an hour, the precision of `last_seen_at`; at most the 400 days that browsers keep a
/// cookie (RFC 6265bis section 5.5).
const MAX: RangeInclusive<Duration> = Duration::from_hours(1)..=Duration::from_hours(9600);

impl SessionArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> SessionConfig {
        SessionConfig {
            idle: reader.duration("DAEMUN_SESSION_IDLE", &self.session_idle, IDLE),
            max: reader.duration("DAEMUN_SESSION_MAX", &self.session_max, MAX),
            cookie_secure: reader.switch("DAEMUN_COOKIE_SECURE", &self.cookie_secure),
        }
    }
}
