//! The values and rules of the domain, without input or output.

pub mod account;
pub mod branding;
pub mod client;
pub mod credential;
pub mod event;
pub mod host;
pub mod invalid;
pub mod json_object;
pub mod language;
pub mod message;
pub mod modes;
pub mod rate_limit;
pub mod session;
pub mod timestamp;
