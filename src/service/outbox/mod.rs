//! The outbox: messages that wait to be sent, and the worker that sends them.

pub(crate) mod circuit_breaker;
pub(crate) mod delivery;
pub(crate) mod messages;
pub(crate) mod worker;
