//! Databases with few and many accounts, and measurements of a service on them.

pub mod measurement;
pub mod subject;
