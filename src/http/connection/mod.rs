//! Client connections: the server and the framing of requests.

pub(crate) mod chunked;
pub(crate) mod framing;
pub(crate) mod server;
pub(crate) mod stream;
