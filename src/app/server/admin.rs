//! The admin listener: a server of its own, so that clients of the public one cannot keep the
//! operator out.

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_server::{Server, ServerHandle};
use actix_web::rt;

use super::super::error::StartError;
use crate::http::{self, AdminShared};

/// The most connections to the listener: a few for monitoring, and those of other services.
const MAX_CONNECTIONS: usize = 256;

/// The time that an idle connection stays open: longer than the usual interval of a scrape.
const KEEP_ALIVE: Duration = Duration::from_mins(2);

/// Seconds that requests in flight have to finish. One that hashes a password takes the longest.
const STOP_DEADLINE: u64 = 5;

/// Threads that may wait for the database. Writers wait in turn anyway.
const BLOCKING_THREADS: usize = 16;

/// The bound port of the admin listener.
pub(super) struct AdminListener {
    listener: TcpListener,
    address: SocketAddr,
}

/// The running admin listener.
pub(super) struct AdminServer(ServerHandle);

impl AdminListener {
    pub(super) fn bind(listen: SocketAddr) -> Result<Self, StartError> {
        let failed = |error| StartError::ListenAdmin(listen, error);
        let listener = TcpListener::bind(listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Returns the address that the listener is bound to.
    pub(super) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until [`AdminServer::stop`], also while the public server finishes its requests.
    pub(super) fn start(self, shared: AdminShared) -> Result<AdminServer, StartError> {
        let builder = Server::build()
            .workers(1)
            .worker_max_blocking_threads(BLOCKING_THREADS)
            .max_concurrent_connections(MAX_CONNECTIONS)
            .shutdown_timeout(STOP_DEADLINE)
            .disable_signals();
        let application = move || http::admin_application(&shared);
        let server = http::serve(builder, self.listener, KEEP_ALIVE, application);
        let server = server.map_err(StartError::System)?;
        let handle = server.handle();
        rt::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!(%error, "the admin listener stopped");
            }
        });
        Ok(AdminServer(handle))
    }
}

impl AdminServer {
    /// Closes the port and, once their requests are finished, the connections. A forced stop would
    /// log the end of the worker as an error.
    pub(super) async fn stop(self) {
        self.0.stop(true).await;
    }
}
