//! The signals that the service emits about itself.

mod logging;
pub mod metrics;

pub use logging::{Stream, install};
