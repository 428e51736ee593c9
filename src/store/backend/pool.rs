//! The connection pool that both databases use.

use std::time::Duration;

use r2d2::{ManageConnection, NopErrorHandler, Pool};

/// The time that a request waits for a connection before the database counts as unavailable.
pub(crate) const CHECK_OUT: Duration = Duration::from_secs(2);

/// Returns a pool that opens no connection yet. `is_tested` says whether it tests connections
/// before each use, or its caller does.
pub(crate) fn pool<M: ManageConnection>(
    manager: M,
    size: u32,
    idle: u32,
    is_tested: bool,
) -> Pool<M> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(idle))
        .connection_timeout(CHECK_OUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_on_check_out(is_tested)
        // The caller reports errors; r2d2's own report would quote a URL with its password.
        .error_handler(Box::new(NopErrorHandler))
        .build_unchecked(manager)
}
