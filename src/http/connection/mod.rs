//! Connections of clients: the server, the framing of their requests, and their deadlines.

pub(crate) mod chunked;
pub(crate) mod framing;
pub(crate) mod idle;
pub(crate) mod server;
pub(crate) mod stream;
