//! The client of a request.

pub mod network;

use super::language::Language;

/// The client of a request, and the id of that request.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// The client IP, without a port.
    pub ip: String,
    /// The `User-Agent`, shortened and without control characters.
    pub user_agent: String,
    /// The preferred language.
    pub language: Language,
    /// The id of the request, as its response and its log lines have it.
    pub request_id: String,
}
