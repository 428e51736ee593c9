//! The signals that the service emits about itself.

mod logging;

pub use logging::{Stream, install};
