//! The connection pool that both databases use, with the waits for its connections.

use std::{ops::Deref, sync::Arc, time::Duration};

use r2d2::{
    HandleEvent, ManageConnection, NopErrorHandler, Pool,
    event::{CheckoutEvent, TimeoutEvent},
};

use crate::meter::{DurationMeter, DurationReading};

/// The time that a request waits for a connection before the database counts as unavailable.
pub(crate) const CHECK_OUT: Duration = Duration::from_secs(2);

/// A pool, and the time that requests waited for its connections.
pub(crate) struct MeteredPool<M: ManageConnection> {
    name: &'static str,
    pool: Pool<M>,
    waits: Waits,
}

/// The state of a pool at one moment.
#[derive(Clone, Debug)]
pub struct PoolReading {
    /// The name of the pool.
    pub name: &'static str,
    /// The connections in use.
    pub used: u64,
    /// The open connections that are not in use.
    pub idle: u64,
    /// The waits for a connection.
    pub waits: DurationReading,
}

/// Records the waits that the pool reports.
#[derive(Clone, Debug, Default)]
struct Waits(Arc<DurationMeter>);

impl HandleEvent for Waits {
    fn handle_checkout(&self, event: CheckoutEvent) {
        self.0.record(event.duration());
    }

    fn handle_timeout(&self, event: TimeoutEvent) {
        self.0.record(event.timeout());
    }
}

impl<M: ManageConnection> Deref for MeteredPool<M> {
    type Target = Pool<M>;

    fn deref(&self) -> &Pool<M> {
        &self.pool
    }
}

impl<M: ManageConnection> MeteredPool<M> {
    /// Returns the state at this moment.
    pub(crate) fn read(&self) -> PoolReading {
        let state = self.pool.state();
        PoolReading {
            name: self.name,
            used: state
                .connections
                .saturating_sub(state.idle_connections)
                .into(),
            idle: state.idle_connections.into(),
            waits: self.waits.0.read(),
        }
    }
}

/// Returns a pool that opens no connection yet. `is_tested` says whether it tests connections
/// before each use, or its caller does.
pub(crate) fn pool<M: ManageConnection>(
    name: &'static str,
    manager: M,
    (size, idle): (u32, u32),
    is_tested: bool,
) -> MeteredPool<M> {
    let waits = Waits::default();
    let pool = Pool::builder()
        .max_size(size)
        .min_idle(Some(idle))
        .connection_timeout(CHECK_OUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_on_check_out(is_tested)
        // The caller reports errors; r2d2's own report would quote a URL with its password.
        .error_handler(Box::new(NopErrorHandler))
        .event_handler(Box::new(waits.clone()))
        .build_unchecked(manager);
    MeteredPool { name, pool, waits }
}
