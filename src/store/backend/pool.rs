//! What the pools of both databases have in common; it must not know either.

use std::time::Duration;

use r2d2::{ManageConnection, NopErrorHandler, Pool};

/// How long a request waits for a connection before it is told that the database is unavailable.
pub(crate) const CHECK_OUT: Duration = Duration::from_secs(2);

/// A pool whose connections are tried before each use, or by who uses them.
pub(crate) fn pool<M: ManageConnection>(
    manager: M,
    size: u32,
    idle: u32,
    is_tried: bool,
) -> Pool<M> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(idle))
        .connection_timeout(CHECK_OUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_on_check_out(is_tried)
        // What fails is told by who asked; r2d2's own account would quote a URL with its password.
        .error_handler(Box::new(NopErrorHandler))
        .build_unchecked(manager)
}
