//! One scrape of the metrics.

use std::{collections::BTreeSet, fmt::Debug, str::FromStr};

use crate::support::Service;

/// A loopback address with a free port.
pub const ADMIN: (&str, &str) = ("DAEMUN_ADMIN_LISTEN", "127.0.0.1:0");

/// The text of one scrape.
pub struct Scrape(pub String);

impl Scrape {
    /// Scrapes a service.
    #[track_caller]
    pub fn of(service: &Service) -> Self {
        let reply = service.admin("GET", "/metrics").send().assert(200);
        let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        assert_eq!(reply.header("content-type"), expected);
        assert!(reply.text.ends_with("# EOF\n"), "{}", reply.text);
        Self(reply.text)
    }

    /// Returns the value of a series, or zero if it is absent.
    pub fn value(&self, series: &str) -> f64 {
        self.find(series).unwrap_or(0.0)
    }

    /// Returns the value of a series that counts, or zero if it is absent.
    pub fn count(&self, series: &str) -> u64 {
        self.find(series).unwrap_or(0)
    }

    /// Returns the value of a series.
    pub fn find<T: FromStr<Err: Debug>>(&self, series: &str) -> Option<T> {
        let mut samples = self.samples();
        let (_, value) = samples.find(|(name, _)| *name == series)?;
        Some(value.parse().unwrap())
    }

    /// Returns the number of responses of a route.
    pub fn requests(&self, method: &str, route: &str, status: &str) -> u64 {
        self.count(&format!(
            r#"http_server_requests_total{{http_request_method="{method}",http_route="{route}",http_response_status_code="{status}"}}"#
        ))
    }

    /// Returns the number of logins.
    pub fn log_ins(&self, method: &str, outcome: &str) -> u64 {
        self.count(&format!(
            r#"daemun_logins_total{{method="{method}",outcome="{outcome}"}}"#
        ))
    }

    /// Returns the number of signups.
    pub fn sign_ups(&self, outcome: &str) -> u64 {
        self.count(&format!(r#"daemun_signups_total{{outcome="{outcome}"}}"#))
    }

    /// Returns the name and the labels of each series.
    pub fn series(&self) -> BTreeSet<&str> {
        self.samples().map(|(series, _)| series).collect()
    }

    fn samples(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.rsplit_once(' ').unwrap())
    }
}
