//! The composition root: settings in, a running service out; the only place that may name every room.

mod database;
mod error;
mod service;
mod signals;
pub mod transfer;

use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_server::Server;
use actix_web::rt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{sync::oneshot, time::timeout};

use crate::{
    clock::Clock,
    config::Config,
    hash,
    http::{self, Draining, ForwardedHeader, Rules, Shared},
    service::Service,
};
use service::{cores, engine};
use signals::Signals;

pub use database::{database, existing_database};
pub use error::StartError;
pub use service::{mailer, service};

/// How long requests in flight may take to finish when the service is told to stop, in seconds.
const STOP_DEADLINE: u64 = 10;

/// How long messages on their way may take then.
const MAIL_DEADLINE: Duration = Duration::from_secs(10);

/// Threads of all workers that may wait for the database; the writers among them wait in turn anyway.
const BLOCKING_THREADS: usize = 64;

/// Connections to clients at most, the file descriptors of each, and those kept for everything else.
const MAX_CONNECTIONS: u64 = 4_096;
const FILES_PER_CONNECTION: u64 = 2;
const OTHER_FILES: u64 = 64;
const OTHER_FILES_PER_WORKER: u64 = 8;

/// Pause between two removals of expired rows.
const PURGE_INTERVAL: Duration = Duration::from_mins(10);

/// A service that is ready to run: its database is migrated and its port is bound.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    service: Service,
    keep_alive: Duration,
    settings: http::Settings,
}

/// Binds the port, which tells at once where another service has it, opens and migrates the database and starts hashing.
pub fn build(config: &Config, clock: Clock) -> Result<Application, StartError> {
    let listen = |error| StartError::Listen(config.server.listen, error);
    let listener = TcpListener::bind(config.server.listen).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let service = service(config, database(config)?, clock)?;
    Ok(Application {
        listener,
        address,
        service,
        keep_alive: config.server.keep_alive,
        settings: http_settings(config),
    })
}

/// What the costs of bcrypt mean on this machine, and the highest that keeps a log-in within `target`.
#[must_use]
pub fn tuning(config: &Config, target: Duration) -> hash::Tuning {
    hash::Tuning::measure(config.hashing.workers, engine(config), target)
}

fn http_settings(config: &Config) -> http::Settings {
    http::Settings {
        cookie_secure: config.sessions.cookie_secure,
        cors_origins: config.server.cors_origins.clone(),
        trusted_proxies: config.server.trusted_proxies.clone(),
        forwarded_header: if config.server.reads_forwarded {
            ForwardedHeader::Forwarded
        } else {
            ForwardedHeader::XForwardedFor
        },
        limits: config.limits,
        docs: config.server.docs,
        rules: Rules {
            password_min: config.passwords.min_length,
        },
        untrusted_proxies: http::ProxyWarning::default(),
        rejected_origins: http::RejectedOrigins::default(),
        draining: Draining::default(),
    }
}

impl Application {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until a signal stops the process, then finishes what it has begun.
    pub fn run(self) -> Result<(), StartError> {
        rt::System::new().block_on(async {
            let signals = Signals::new().map_err(StartError::System)?;
            self.serve(signals.stop()).await
        })
    }

    /// Serves until `stop` comes to pass, then finishes what it has begun.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError> {
        let service = self.service.clone();
        let draining = self.settings.draining.clone();
        let shared = Shared::new(self.service, self.settings).map_err(StartError::Document)?;
        let workers = cores();
        let builder = Server::build()
            .workers(workers)
            .worker_max_blocking_threads((BLOCKING_THREADS / workers).max(4))
            .max_concurrent_connections(max_connections(workers))
            .shutdown_timeout(STOP_DEADLINE)
            .shutdown_signal(async move {
                stop.await;
                draining.begin();
                tracing::info!(
                    event = "service.stopping",
                    "told to stop: requests in flight are finished"
                );
            });
        let server = http::serve(builder, self.listener, shared, self.keep_alive)
            .map_err(StartError::System)?;
        let purging = rt::spawn(purge(service.clone()));
        let (stop_mail, is_stopped) = oneshot::channel::<()>();
        let mail = rt::spawn(service.clone().send_mail(async {
            let _stopped_or_dropped = is_stopped.await;
        }));
        let outcome = server.await.map_err(StartError::System);
        purging.abort();
        drop(stop_mail);
        if timeout(MAIL_DEADLINE, mail).await.is_err() {
            tracing::warn!("a message that was on its way is sent again after the next start");
        }
        if let Err(error) = service.close().await {
            tracing::warn!(%error, "the database's log could not be folded; the next start does it");
        }
        tracing::info!(event = "service.stopped", "stopped");
        outcome
    }
}

/// Connections that a worker takes: what the process may open, shared among the workers.
fn max_connections(workers: usize) -> usize {
    let count = u64::try_from(workers).unwrap_or(u64::MAX);
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit on open files could not be raised");
            limit.current
        }
    };
    let connections = current
        .unwrap_or(MAX_CONNECTIONS)
        .saturating_sub(OTHER_FILES + OTHER_FILES_PER_WORKER * count)
        .div_euclid(FILES_PER_CONNECTION)
        .clamp(16, MAX_CONNECTIONS);
    usize::try_from(connections)
        .unwrap_or(usize::MAX)
        .div_ceil(workers)
}

async fn purge(service: Service) {
    loop {
        match service.purge().await {
            Ok(0) => {}
            Ok(rows) => {
                tracing::info!(event = "database.purged", rows, "expired rows were removed");
            }
            Err(error) => {
                tracing::warn!(%error, "expired rows could not be removed; the next round tries again");
            }
        }
        rt::time::sleep(PURGE_INTERVAL).await;
    }
}
