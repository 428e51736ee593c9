//! The table of routes for the metrics of requests, read from the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::openapi::{OpenApi, PathItem, path::Operation};

use crate::telemetry::metrics::{MeteredRoute, OTHER};

/// The statuses of requests whose path or method no route has, and of preflights.
pub const REJECTIONS: [u16; 6] = [200, 400, 403, 404, 405, 431];

/// The statuses of pages that the document does not describe.
const PAGE: [u16; 5] = [200, 302, 404, 431, 500];

/// The methods that a path has if it accepts every method.
const EVERY_METHOD: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER,
];

/// Returns the routes of a document and some pages below the base path, and pages outside it. A
/// route has one label, wherever it is served.
pub fn routes(
    base_path: &str,
    document: &OpenApi,
    pages: &[&str],
    pages_at_root: &[String],
) -> Vec<MeteredRoute> {
    let mut routes = BTreeMap::new();
    for (path, item) in &document.paths.paths {
        add(&mut routes, path, base_path, methods(path, item));
    }
    for page in pages {
        add(&mut routes, page, base_path, page_methods());
    }
    for page in pages_at_root {
        add(&mut routes, page, "", page_methods());
    }
    routes.into_values().collect()
}

/// Adds a path. The router's pattern of a path that continues is written `{path:.*}`, and the
/// document has `{path}`.
fn add(
    routes: &mut BTreeMap<String, MeteredRoute>,
    path: &str,
    base_path: &str,
    methods: Vec<(&'static str, Vec<u16>)>,
) {
    let path = path.replace(":.*}", "}");
    let continued = path.replace('}', ":.*}");
    let label = if path.is_empty() { "/" } else { &path };
    let route = routes
        .entry(label.to_owned())
        .or_insert_with(|| MeteredRoute {
            label: label.to_owned(),
            patterns: Vec::new(),
            methods,
        });
    for pattern in [path, continued] {
        route.patterns.push(format!("{base_path}{pattern}"));
    }
}

fn methods(path: &str, item: &PathItem) -> Vec<(&'static str, Vec<u16>)> {
    let operations = [
        ("GET", &item.get),
        ("HEAD", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    if let Some(operation) = &item.get
        && super::middleware::any_method::is_path(path)
    {
        return EVERY_METHOD
            .map(|method| (method, statuses(operation)))
            .into();
    }
    let described = operations
        .into_iter()
        .filter_map(|(method, operation)| Some((method, statuses(operation.as_ref()?))));
    described.collect()
}

fn page_methods() -> Vec<(&'static str, Vec<u16>)> {
    ["GET", "HEAD"].map(|method| (method, PAGE.to_vec())).into()
}

fn statuses(operation: &Operation) -> Vec<u16> {
    let statuses = operation.responses.responses.keys();
    statuses.filter_map(|status| status.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        domain::timestamp::Timestamp,
        http::{openapi, routes as http_routes},
        service::Statistics,
        telemetry::metrics::{Metrics, RequestMetrics},
    };

    /// The most bytes of one scrape.
    const MOST: usize = 256 * 1024;

    /// The digits by which each number may grow.
    const DIGITS: usize = 9;

    fn all_routes() -> Vec<MeteredRoute> {
        let document = openapi::document(http_routes::configure);
        let mut pages = vec![http_routes::pages::problems::WITH_SLASH];
        pages.extend(http_routes::pages::swagger_ui::PATHS);
        let at_root = [String::from("/.well-known/change-password")];
        routes("/auth", &document, &pages, &at_root)
    }

    #[test]
    fn every_series_of_every_route_fits_into_one_scrape() {
        let routes = all_routes();
        assert!(routes.len() > 45);
        let requests = RequestMetrics::new(routes.clone(), &REJECTIONS);
        let unmatched = [MeteredRoute {
            label: String::new(),
            patterns: vec![String::from("/nowhere")],
            methods: Vec::new(),
        }];
        for route in routes.iter().chain(&unmatched) {
            let methods = route.methods.iter().map(|(method, _)| *method);
            for method in methods.chain(["TRACE"]) {
                // Every status that HTTP can have.
                for status in (100..600).chain([999]) {
                    let duration = Duration::from_micros(999);
                    requests.record(Some(&route.patterns[0]), method, status, duration);
                }
            }
        }
        let metrics = Metrics::new(requests, Timestamp::from_micros(0));
        let text = metrics.text(Statistics::default()).unwrap();
        let grown = text.len() + DIGITS * text.lines().count();
        assert!(grown > MOST / 4, "{grown}");
        assert!(grown <= MOST, "{grown} bytes");
    }

    #[test]
    fn a_route_has_one_label_with_and_without_a_base_path() {
        let routes = all_routes();
        let patterns = |label: &str| {
            let route = routes.iter().find(|route| route.label == label);
            route.expect(label).patterns.join(" ")
        };
        assert!(patterns("/forward-auth/{path}").contains("/auth/forward-auth/{path:.*}"));
        assert!(patterns("/sessions/{id}").starts_with("/auth/sessions/{id} "));
        assert!(
            patterns("/.well-known/change-password").ends_with(" /.well-known/change-password")
        );
        let labels: std::collections::BTreeSet<_> =
            routes.iter().map(|route| &route.label).collect();
        assert_eq!(labels.len(), routes.len());
    }
}
