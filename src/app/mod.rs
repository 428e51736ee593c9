//! The composition root: settings in, a running service out; the only place that may name every room.

mod database;
mod signals;
pub mod transfer;

use std::{
    fmt, io,
    net::{SocketAddr, TcpListener},
    thread,
    time::Duration,
};

use actix_server::Server;
use actix_web::rt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use secrecy::ExposeSecret;
use tokio::{
    sync::{Notify, oneshot},
    time::timeout,
};

use crate::{
    clock::{self, Clock},
    config::Config,
    domain::{credential::secret::Secret, modes::EmailVerification, session::Lifetime},
    hash::{self, Hasher},
    http::{self, Draining, ForwardedHeader, Rules, Shared},
    mail::{self, Mailer},
    service::{Backlog, Captcha, Issuing, Judge, KeyRing, Parts, Service, Sightings, WaitingLines},
    store::{Db, StoreError, tables::secrets},
};
use signals::Signals;

pub use database::{database, existing_database};

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

/// Why the service cannot start, as one clear line.
#[derive(Debug)]
pub enum StartError {
    /// The database cannot be opened or migrated.
    Database(StoreError),
    /// Hashing cannot start.
    Hashing(hash::HasherStartError),
    /// There can be no way out for mail.
    Mail(mail::Unusable),
    /// The address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The operating system refused something else.
    System(io::Error),
    /// The OpenAPI document cannot be written.
    Document(serde_json::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error @ StoreError::Absent(_)) => write!(
                formatter,
                "{error}; `daemun serve` and `daemun migrate` create one"
            ),
            Self::Database(error) => error.fmt(formatter),
            Self::Hashing(error) => error.fmt(formatter),
            Self::Mail(error) => error.fmt(formatter),
            Self::Listen(address, error) => {
                write!(formatter, "cannot listen on {address}: {error}")
            }
            Self::System(error) => error.fmt(formatter),
            Self::Document(error) => write!(formatter, "the OpenAPI document: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

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
    let listen = |error| StartError::Listen(config.listen, error);
    let listener = TcpListener::bind(config.listen).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let service = service(config, database(config)?, clock)?;
    Ok(Application {
        listener,
        address,
        service,
        keep_alive: config.keep_alive,
        settings: http_settings(config),
    })
}

/// The use cases over a migrated database, without a server: what the command line works with.
pub fn service(config: &Config, db: Db, clock: Clock) -> Result<Service, StartError> {
    let secret = secret(config, &db, &clock)?;
    let settings = hash::Settings {
        cost: config.bcrypt_cost,
        workers: config.hash_workers,
        deadline: config.hash_deadline,
    };
    let hasher = Hasher::start_with(settings, engine(config)).map_err(StartError::Hashing)?;
    let lifetime = Lifetime {
        idle: config.session_idle,
        max: config.session_max,
    };
    Ok(Service::new(Parts {
        db,
        hasher,
        judge: Judge::start(cores()).map_err(StartError::System)?,
        clock,
        lifetime,
        captcha: Captcha::new(config.captcha, &secret),
        sign_ups_seen: Sightings::default(),
        secret,
        issuing: issuing(config),
        key_ring: KeyRing::default(),
        mailer: mailer(config)?,
        mail_waiting: Notify::new(),
        mail_requests: Backlog::default(),
        pending_sign_ups: Backlog::default(),
        email_verification: email_verification(config),
        limits: config.limits,
        waiting: WaitingLines::default(),
        hash_deadline: config.hash_deadline,
        device_notices: config.device_notices,
    }))
}

/// What sends mail, if the settings name a way.
pub fn mailer(config: &Config) -> Result<Option<Mailer>, StartError> {
    let mail = config.mail.as_ref();
    mail.map(|mail| Mailer::new(mail, config.public_url.as_deref()).map_err(StartError::Mail))
        .transpose()
}

/// Without mail nobody could verify anything.
fn email_verification(config: &Config) -> EmailVerification {
    match config.mail {
        Some(_) => config.email_verification,
        None => EmailVerification::Off,
    }
}

/// Without a public address the issuer has a name of its own.
fn issuing(config: &Config) -> Issuing {
    let issuer = config
        .public_url
        .clone()
        .unwrap_or_else(|| String::from("daemun"));
    Issuing {
        audience: config.token_audience.clone().unwrap_or(issuer.clone()),
        issuer,
        key_age: config.token_key_age,
    }
}

/// The operator's secret, or the one that the first start made.
fn secret(config: &Config, db: &Db, clock: &Clock) -> Result<Secret, StartError> {
    match &config.secret {
        Some(text) => Ok(Secret::of_text(text.expose_secret())),
        None => db
            .write(|tx| secrets::get_or_keep(tx, &clock::random(), clock.now()))
            .map_err(StartError::Database),
    }
}

/// What the costs of bcrypt mean on this machine, and the highest that keeps a log-in within `target`.
#[must_use]
pub fn tuning(config: &Config, target: Duration) -> hash::Tuning {
    hash::Tuning::measure(config.hash_workers, engine(config), target)
}

fn engine(config: &Config) -> hash::Engine {
    config
        .hash_lanes
        .map_or(hash::Engine::Reference, hash::Engine::Lanes)
}

fn http_settings(config: &Config) -> http::Settings {
    http::Settings {
        cookie_secure: config.cookie_secure,
        cors_origins: config.cors_origins.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        forwarded_header: if config.reads_forwarded {
            ForwardedHeader::Forwarded
        } else {
            ForwardedHeader::XForwardedFor
        },
        limits: config.limits,
        docs: config.docs,
        rules: Rules {
            password_min: config.password_min,
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

/// What the process may use at a time, by affinity and quota.
fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
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
