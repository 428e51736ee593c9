//! The requests of the public listener: their number, their duration, and those in progress.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::exposition::Exposition;
use crate::meter::{Counter, DurationMeter};

/// The label of a method, or of a status, that the table of routes does not have.
pub const OTHER: &str = "_OTHER";

/// The label of the route of a request that matched none.
const UNMATCHED: &str = "unmatched";

/// A route, with each method and the statuses of its responses.
#[derive(Clone, Debug)]
pub struct MeteredRoute {
    /// The label.
    pub label: String,
    /// The patterns by which the router names the route.
    pub patterns: Vec<String>,
    /// Each method with its statuses. [`OTHER`] stands for every further method; without it, such a
    /// method is rejected.
    pub methods: Vec<(&'static str, Vec<u16>)>,
}

/// The meters of all routes. Their labels are fixed at start, so no client can add a series.
#[derive(Debug)]
pub struct RequestMetrics {
    routes: Vec<RouteMeter>,
    /// The place of each pattern's route.
    places: HashMap<String, usize>,
    unmatched: RouteMeter,
    active: Arc<AtomicU64>,
}

/// A request in progress.
#[derive(Debug)]
pub struct ActiveRequestCount(Arc<AtomicU64>);

#[derive(Debug)]
struct RouteMeter {
    label: String,
    duration: DurationMeter,
    methods: Vec<MethodMeter>,
    /// The requests of all other methods.
    other: MethodMeter,
}

#[derive(Debug)]
struct MethodMeter {
    method: &'static str,
    statuses: Vec<StatusMeter>,
    /// The responses of all other statuses.
    other: Counter,
}

#[derive(Debug)]
struct StatusMeter {
    status: u16,
    label: String,
    responses: Counter,
}

impl RequestMetrics {
    /// Meters for these routes. `rejections` are the statuses of requests whose method or path no
    /// route has.
    #[must_use]
    pub fn new(routes: Vec<MeteredRoute>, rejections: &[u16]) -> Self {
        let mut places = HashMap::new();
        let mut meters = Vec::with_capacity(routes.len());
        for (place, route) in routes.into_iter().enumerate() {
            places.extend(route.patterns.into_iter().map(|pattern| (pattern, place)));
            meters.push(RouteMeter::new(route.label, &route.methods, rejections));
        }
        Self {
            routes: meters,
            places,
            unmatched: RouteMeter::new(UNMATCHED.to_owned(), &[], rejections),
            active: Arc::default(),
        }
    }

    /// Counts a request as in progress until the value is dropped.
    #[must_use]
    pub fn begin(&self) -> ActiveRequestCount {
        self.active.fetch_add(1, Ordering::Relaxed);
        ActiveRequestCount(Arc::clone(&self.active))
    }

    /// Records a response. `pattern` is the router's name of the route, if one matched.
    pub fn record(&self, pattern: Option<&str>, method: &str, status: u16, duration: Duration) {
        let place = pattern.and_then(|pattern| self.places.get(pattern));
        let route = place.and_then(|place| self.routes.get(*place));
        let route = route.unwrap_or(&self.unmatched);
        route.duration.record(duration);
        route.method(method).record(status);
    }

    pub(super) fn write(&self, out: &mut Exposition<'_>) -> fmt::Result {
        let routes = || self.routes.iter().chain([&self.unmatched]);
        out.counters(
            "http_server_requests",
            "Responses by method, route and status.",
            routes().flat_map(RouteMeter::responses),
        )?;
        out.histograms(
            "http_server_request_duration",
            "Time from the head of a request to the head of its response, by route.",
            routes().filter_map(|route| {
                let reading = route.duration.read();
                let labels = [("http_route", route.label.as_str())];
                (reading.count() > 0).then_some((labels, reading))
            }),
        )?;
        out.gauge(
            "http_server_active_requests",
            "Requests whose response has not begun.",
            self.active.load(Ordering::Relaxed),
        )
    }
}

impl Drop for ActiveRequestCount {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl RouteMeter {
    fn new(label: String, methods: &[(&'static str, Vec<u16>)], rejections: &[u16]) -> Self {
        let named = methods.iter().filter(|(method, _)| *method != OTHER);
        let meters = named.map(|(method, statuses)| MethodMeter::new(method, statuses));
        let other = methods.iter().find(|(method, _)| *method == OTHER);
        let other = other.map_or(rejections, |(_, statuses)| statuses);
        Self {
            label,
            duration: DurationMeter::default(),
            methods: meters.collect(),
            other: MethodMeter::new(OTHER, other),
        }
    }

    fn method(&self, name: &str) -> &MethodMeter {
        let known = self.methods.iter().find(|known| known.method == name);
        known.unwrap_or(&self.other)
    }

    /// Returns the labels and the number of all responses that occurred. Server errors are shown
    /// from the start: a rate needs the zero before the first one.
    fn responses(&self) -> impl Iterator<Item = ([(&'static str, &str); 3], u64)> {
        let methods = self.methods.iter().chain([&self.other]);
        methods.flat_map(|method| {
            let others = (OTHER, method.other.value());
            let known = method.statuses.iter().map(StatusMeter::read);
            let shown = known.chain([others]).filter(|(status, count)| {
                *count > 0 || (method.method != OTHER && status.starts_with('5'))
            });
            shown.map(|(status, count)| {
                let labels = [
                    ("http_request_method", method.method),
                    ("http_route", self.label.as_str()),
                    ("http_response_status_code", status),
                ];
                (labels, count)
            })
        })
    }
}

impl StatusMeter {
    fn read(&self) -> (&str, u64) {
        (&self.label, self.responses.value())
    }
}

impl MethodMeter {
    fn new(method: &'static str, statuses: &[u16]) -> Self {
        let meters = statuses.iter().map(|&status| StatusMeter {
            status,
            label: status.to_string(),
            responses: Counter::new(),
        });
        Self {
            method,
            statuses: meters.collect(),
            other: Counter::new(),
        }
    }

    fn record(&self, status: u16) {
        let known = self.statuses.iter().find(|known| known.status == status);
        known
            .map_or(&self.other, |known| &known.responses)
            .increment();
    }
}
