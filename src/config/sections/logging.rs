//! The section *Logging*: which log lines are written and in which format, and how long the audit
//! log keeps events.

use std::{ops::RangeInclusive, time::Duration};

use clap::Args;
use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use crate::config::{
    read::Reader,
    setting::{Given, Setting},
};

#[derive(Args, Clone)]
#[command(next_help_heading = "Logging")]
pub(in crate::config) struct LoggingArgs {
    /// Level (error, warn, info or debug), or a filter such as `info,daemun::store=debug`
    #[arg(
        long,
        env = "DAEMUN_LOG",
        value_name = "FILTER",
        default_value = "info"
    )]
    log: Setting,

    /// Format of log lines: text or json [default: text on a terminal, else json]
    #[arg(long, env = "DAEMUN_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<Setting>,

    /// Write the client IP, and the user id if there is a session, to the log line of each request:
    /// on or off
    #[arg(
        long,
        env = "DAEMUN_LOG_CLIENT_IP",
        value_name = "SWITCH",
        default_value = "off"
    )]
    log_client_ip: Setting,
    /// Time for which the audit log keeps events, 1d to 3650d
    #[arg(
        long,
        env = "DAEMUN_EVENT_RETENTION",
        value_name = "DURATION",
        default_value = "90d"
    )]
    event_retention: Setting,
}

/// The shortest and the longest time for which events are kept.
const RETENTION: RangeInclusive<Duration> =
    Duration::from_hours(24)..=Duration::from_hours(3650 * 24);

/// The settings of the section *Logging*, checked.
#[derive(Clone, Debug)]
pub struct LoggingConfig {
    /// The log lines that are written.
    pub filter: String,
    /// The format of log lines. `None` leaves it to whether the output is a terminal.
    pub format: Option<LogFormat>,
    /// `true` if the line of a request has the client IP and the user id.
    pub has_client: bool,
    /// The time for which the audit log keeps events.
    pub event_retention: Duration,
}

impl LoggingConfig {
    /// Returns the format of log lines on an output that is a terminal or not.
    #[must_use]
    pub fn format_on(&self, is_terminal: bool) -> LogFormat {
        self.format.unwrap_or(if is_terminal {
            LogFormat::Text
        } else {
            LogFormat::Json
        })
    }
}

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

impl LoggingArgs {
    pub(in crate::config) fn parse(&self, reader: &mut Reader) -> LoggingConfig {
        LoggingConfig {
            filter: self.filter(reader),
            format: self.log_format.given().map(|text| {
                reader.choice(
                    "DAEMUN_LOG_FORMAT",
                    text,
                    ("text", LogFormat::Text),
                    &[("json", LogFormat::Json)],
                )
            }),
            has_client: reader.switch("DAEMUN_LOG_CLIENT_IP", &self.log_client_ip),
            event_retention: reader.duration(
                "DAEMUN_EVENT_RETENTION",
                &self.event_retention,
                RETENTION,
            ),
        }
    }

    /// Reads a level and the targets with a level of their own. A bare word that is no level is a
    /// fault, because it would be read as a target and turn everything else off.
    fn filter(&self, reader: &mut Reader) -> String {
        let text: &str = &self.log;
        let parts = text.split(',').map(str::trim);
        let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
        let filter = parts.join(",");
        let is_directive =
            |part: &&str| part.contains(['=', '[', ']']) || part.parse::<LevelFilter>().is_ok();
        let is_filter = !parts.is_empty()
            && parts.iter().all(is_directive)
            && EnvFilter::builder().parse(&filter).is_ok();
        if !is_filter {
            reader.fault(format!(
                "DAEMUN_LOG: `{text}` is not a level (error, warn, info, debug) or filter; for example info,daemun::store=debug"
            ));
        }
        filter
    }
}
