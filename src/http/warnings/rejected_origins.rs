//! The warnings about rejected browser origins: at most one per minute and origin.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::http::header::{HeaderMap, ORIGIN};

/// The minimum time between two warnings about one origin.
const INTERVAL: Duration = Duration::from_mins(1);

/// The maximum number of origins that are logged within one interval. Clients can send any origin.
const MAX_ORIGINS: usize = 32;

/// The maximum length of an origin that is logged, in bytes.
const MAX_LENGTH: usize = 256;

/// The origins that were logged within the interval.
#[derive(Clone, Debug, Default)]
pub struct RejectedOrigins(Arc<Mutex<HashMap<String, Instant>>>);

impl RejectedOrigins {
    /// Logs the origin of a rejected request, unless it was logged within the interval.
    pub fn warn(&self, headers: &HeaderMap) {
        let origin = headers.get(ORIGIN).and_then(|origin| origin.to_str().ok());
        let Some(origin) = origin.filter(|origin| origin.len() <= MAX_LENGTH) else {
            return;
        };
        if self.is_due(origin, Instant::now()) {
            tracing::warn!(
                event = "origin.rejected",
                origin,
                "a page of this origin was rejected; if it is your app, add the origin to DAEMUN_CORS_ORIGINS"
            );
        }
    }

    fn is_due(&self, origin: &str, now: Instant) -> bool {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.retain(|_, last| now.duration_since(*last) < INTERVAL);
        if logged.len() >= MAX_ORIGINS || logged.contains_key(origin) {
            return false;
        }
        logged.insert(origin.to_owned(), now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_origin_is_logged_once_per_interval_in_bounded_memory() {
        let origins = RejectedOrigins::default();
        let start = Instant::now();
        assert!(origins.is_due("https://a.example", start));
        assert!(!origins.is_due("https://a.example", start + INTERVAL / 2));
        assert!(origins.is_due("https://b.example", start));
        for number in 0..1_000 {
            origins.is_due(&format!("https://{number}.example"), start);
        }
        assert_eq!(origins.0.lock().unwrap().len(), MAX_ORIGINS);
        assert!(!origins.is_due("https://c.example", start));
        assert!(origins.is_due("https://a.example", start + INTERVAL));
        assert_eq!(origins.0.lock().unwrap().len(), 1);
    }
}
