//! Metrics in the text format of OpenMetrics. Their names are those of OpenTelemetry's semantic
//! conventions where these have one.
//!
//! Every label comes from a table of the program. No label holds a name, an address or an id.

mod attempts;
mod exposition;
mod mechanisms;
mod process;
mod requests;

use std::{fmt, sync::Arc};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, text},
    registry::Registry,
};

use crate::{domain::timestamp::Timestamp, service::Statistics};
use exposition::Exposition;

pub use attempts::{AttemptMetrics, LogInOutcome, LogInRoute, SignUpOutcome};
pub use requests::{ActiveRequestCount, MeteredRoute, OTHER, RequestMetrics};

/// The media type of the text.
pub const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The room for the text of an ordinary scrape.
const USUAL_SIZE: usize = 64 * 1024;

/// The metrics of a service. Clones share their counters.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Meters>);

/// The meters of the HTTP layer.
#[derive(Debug)]
pub struct Meters {
    /// The requests.
    pub requests: RequestMetrics,
    /// The logins and signups.
    pub attempts: AttemptMetrics,
    started: Timestamp,
}

/// The values of one scrape.
#[derive(Debug)]
struct Scrape {
    meters: Arc<Meters>,
    statistics: Statistics,
}

impl Metrics {
    /// Metrics that begin at zero. `started` is the start of the process.
    #[must_use]
    pub fn new(requests: RequestMetrics, started: Timestamp) -> Self {
        Self(Arc::new(Meters {
            requests,
            attempts: AttemptMetrics::default(),
            started,
        }))
    }

    /// Returns the meters that requests update.
    #[must_use]
    pub fn meters(&self) -> &Meters {
        &self.0
    }

    /// Returns the text of all metrics, with these statistics of the service.
    pub fn text(&self, statistics: Statistics) -> Result<String, fmt::Error> {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(Scrape {
            meters: Arc::clone(&self.0),
            statistics,
        }));
        let mut out = String::with_capacity(USUAL_SIZE);
        text::encode(&mut out, &registry)?;
        Ok(out)
    }
}

impl Collector for Scrape {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let out = &mut Exposition::new(encoder);
        let (meters, statistics) = (&self.meters, &self.statistics);
        meters.requests.write(out)?;
        meters.attempts.write(out, statistics.captchas_solved)?;
        mechanisms::hashing(out, &statistics.hashing)?;
        mechanisms::hash_gate(out, &statistics.hash_gate)?;
        mechanisms::mail(out, &statistics.mail)?;
        if let Some(webhooks) = &statistics.webhooks {
            mechanisms::webhooks(out, webhooks)?;
        }
        mechanisms::database(out, &statistics.database)?;
        mechanisms::events(out, &statistics.events)?;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        out.info("daemun_build", "The version of the service.", version)?;
        process::write(out, seconds(meters.started))
    }
}

/// Returns the seconds since the Unix epoch.
fn seconds(time: Timestamp) -> f64 {
    let since = time.since(Timestamp::from_micros(0));
    since.as_secs_f64()
}
