//! The server: binds the ports, serves requests and shuts down gracefully.

mod admin;
mod background;
mod fd_limit;
mod reload;
mod signals;

use std::{
    mem,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use actix_server::{Server, ServerBuilder, ServerHandle};
use actix_web::rt;

use super::{
    branding::{branding, is_at_app},
    database::open_database,
    error::StartError,
    passkeys,
    reseal::reseal,
    service::{cores, service},
};
use crate::{
    clock::Clock,
    config::Config,
    domain::timestamp::Timestamp,
    http::{
        self, AdminShared, ClientInLog, Draining, ForwardedHeader, PageSettings, Rules, Shared,
    },
    service::Service,
};
use admin::AdminListener;
use background::Background;
use fd_limit::max_connections;
use reload::Reload;
use signals::Signals;

/// Seconds that requests in flight have to finish when the service stops.
const STOP_DEADLINE: u64 = 10;

/// The number of threads of all workers that may wait for the database. Writers wait in turn
/// anyway.
const BLOCKING_THREADS: usize = 64;

/// A service that is ready to run: its ports are bound and its database is migrated.
pub struct Application {
    listener: TcpListener,
    address: SocketAddr,
    admin: Option<AdminListener>,
    service: Service,
    keep_alive: Duration,
    settings: http::Settings,
    reload: Reload,
    started: Timestamp,
}

/// Binds the ports, opens and migrates the database, and starts hashing. The ports come first, so
/// that a port in use is reported at once.
pub fn build(config: &Config, clock: Clock) -> Result<Application, StartError> {
    let listen = |error| StartError::Listen(config.server.listen, error);
    let listener = TcpListener::bind(config.server.listen).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let started = clock.now();
    let admin = config.server.admin.listen.map(AdminListener::bind);
    let admin = admin.transpose()?;
    let config = &config.bound_to(address);
    let email_domains = config.sign_up.email_domain_lists.read();
    let email_domains = email_domains.map_err(StartError::EmailDomains)?;
    let db = open_database(config)?;
    reseal(config, &db, &clock)?;
    passkeys::warn_of_unusable(config, &db)?;
    let service = service(config, db, clock)?;
    service.email_domains().replace(email_domains);
    Ok(Application {
        listener,
        address,
        admin,
        keep_alive: config.server.keep_alive,
        settings: http_settings(config, &service),
        reload: Reload::new(config, &service),
        started,
        service,
    })
}

impl Application {
    /// Returns the address that the service listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of the admin listener, if the operator configured one.
    #[must_use]
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin.as_ref().map(AdminListener::address)
    }

    /// Serves until a signal stops the process, then shuts down gracefully.
    pub fn run(self) -> Result<(), StartError> {
        let system = rt::System::new();
        let result = system.block_on(async {
            let signals = Signals::new().map_err(StartError::System)?;
            let stop = signals.stop(self.reload.clone());
            self.serve(stop).await
        });
        // Dropping the runtime would wait for blocking calls in flight, without end if the database
        // is silent. `serve` has finished everything else.
        mem::forget(system);
        result
    }

    /// Serves until `stop` completes, then shuts down gracefully.
    pub async fn serve(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), StartError> {
        let service = self.service.clone();
        let draining = self.settings.draining.clone();
        let metered_since = self.admin.is_some().then_some(self.started);
        let shared = Shared::new(self.service, self.settings.clone(), metered_since)
            .map_err(StartError::Document)?;
        let admin = self.admin.zip(shared.metrics());
        let admin = admin.map(|(listener, metrics)| {
            let shared = AdminShared::new(service.clone(), &self.settings, metrics);
            listener.start(shared.map_err(StartError::Document)?)
        });
        let admin = admin.transpose()?;
        let application = move || http::application(&shared);
        let server = http::serve(
            server_builder(),
            self.listener,
            self.keep_alive,
            application,
        )
        .map_err(StartError::System)?;
        rt::spawn(stop_gracefully(server.handle(), draining, stop));
        let background = Background::start(&service, admin.is_some());
        let result = server.await.map_err(StartError::System);
        background.stop().await;
        if let Err(error) = service.close().await {
            tracing::warn!(%error, "the write-ahead log could not be merged; the next start merges it");
        }
        if let Some(admin) = admin {
            admin.stop().await;
        }
        tracing::info!(event = "service.stopped", "stopped");
        result
    }
}

/// Stops the public server once `stop` completes. Actix's own signal would stop the runtime with
/// it, and so the admin listener too early.
async fn stop_gracefully(server: ServerHandle, draining: Draining, stop: impl Future<Output = ()>) {
    stop.await;
    draining.begin();
    tracing::info!(
        event = "service.stopping",
        "shutting down: requests in flight finish first"
    );
    server.stop(true).await;
}

fn server_builder() -> ServerBuilder {
    let workers = cores();
    Server::build()
        .disable_signals()
        .workers(workers)
        .worker_max_blocking_threads((BLOCKING_THREADS / workers).max(4))
        .max_concurrent_connections(max_connections(workers))
        .shutdown_timeout(STOP_DEADLINE)
}

fn http_settings(config: &Config, service: &Service) -> http::Settings {
    http::Settings {
        cookie_secure: config.sessions.cookie_secure,
        cookie_domain: config.sessions.cookie_domain.clone(),
        base_path: config.server.base_path.clone(),
        external_prefix: config.server.external_prefix().to_owned(),
        public_url: config.server.public_url.clone(),
        change_password_url: config.app.change_password_url.clone(),
        cors_origins: config.server.cors_origins.clone(),
        allows_local_origins: config.server.allows_local_origins,
        trusted_proxies: config.server.trusted_proxies.clone(),
        forwarded_header: if config.server.reads_forwarded {
            ForwardedHeader::Forwarded
        } else {
            ForwardedHeader::XForwardedFor
        },
        forward_auth_preflight: config.forward_auth.preflight,
        limits: config.limits,
        docs: config.server.docs,
        pages: PageSettings::new(branding(config), is_at_app(config)),
        rules: Rules {
            password_min: config.passwords.min_length,
            sign_up: config.sign_up.mode,
            email_domains: service.email_domains().clone(),
        },
        untrusted_proxies: http::ProxyWarning::default(),
        rejected_origins: http::RejectedOrigins::default(),
        demanded_captchas: http::DemandedCaptchas::default(),
        no_public_url: http::NoPublicUrl::default(),
        client_in_log: if config.logging.has_client {
            ClientInLog::Logged
        } else {
            ClientInLog::Omitted
        },
        draining: Draining::default(),
    }
}
