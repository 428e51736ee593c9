//! Tests of what monitoring tools see: the admin listener and the metrics.

mod admin_listener;
mod attempts;
mod bounds;
mod mechanisms;
mod requests;
mod scrape;
