//! Builds the service from the settings and a migrated database.

use std::{sync::Arc, thread, time::Duration};

use tokio::sync::Notify;

use super::{
    branding::branding, error::StartError, foreign_hashes, passkeys, password_filter, secrets,
    webhooks,
};
use crate::{
    clock::Clock,
    config::Config,
    database::Database,
    domain::{
        credential::secret::Secret, event::OccurredEvent, modes::EmailVerification,
        session::Lifetime,
    },
    events::{self, EventMeters},
    hash::{self, HashError, Hasher},
    mail::Mailer,
    outbox::{Outbox, WebhookOutbox},
    passwords::Passwords,
    service::{EmailDomainPolicy, Mechanisms, Policy, Service},
    store::{Db, EventSink},
    throttle::{self, Throttle},
    tokens::{Issuer, Tokens},
};

/// Builds the use cases over a migrated database, without a server.
pub fn service(config: &Config, db: Db, clock: Clock) -> Result<Service, StartError> {
    let secret = secrets::current(config, &db, &clock)?;
    let sealing_keys = secrets::sealing_keys(config, &db, &secret)?;
    let hasher = hasher(config)?;
    let due_webhooks = Arc::new(Notify::new());
    let (database, event_meters) = database(config, db, &due_webhooks);
    let passwords = passwords(config, &hasher, &database)?;
    let throttle = throttle(config, hasher, &database, &clock, &secret);
    let passkeys = passkeys::passkeys(config, &secret);
    let outbox = Outbox::new(
        database.clone(),
        clock.clone(),
        secret,
        throttle.mail_quota(),
        mailer(config)?,
    );
    let receiver = webhooks::receiver(config)?;
    let webhooks = WebhookOutbox::new(database.clone(), clock.clone(), due_webhooks, receiver);
    let tokens = Tokens::new(
        database.clone(),
        clock.clone(),
        sealing_keys.clone(),
        issuer(config),
    );
    Ok(Service::new(Mechanisms {
        database,
        event_meters,
        clock,
        sealing_keys,
        passwords,
        throttle,
        passkeys,
        outbox,
        webhooks,
        tokens,
        policy: policy(config),
    }))
}

/// The database, whose committed events go to the log and to the returned meters, and wake the
/// worker of webhooks.
fn database(config: &Config, db: Db, due_webhooks: &Arc<Notify>) -> (Database, Arc<EventMeters>) {
    let event_meters = Arc::new(EventMeters::default());
    let counting = Arc::clone(&event_meters);
    let count = move |occurred: &OccurredEvent| counting.count(occurred);
    let due = Arc::clone(due_webhooks);
    let wake = move |_occurred: &OccurredEvent| due.notify_one();
    let sinks: [EventSink; 3] = [Arc::new(events::log), Arc::new(count), Arc::new(wake)];
    let types = config.webhooks.as_ref().map(|config| config.types.clone());
    let db = db.with_event_sinks(sinks).with_published_events(types);
    (Database::new(db), event_meters)
}

fn passwords(
    config: &Config,
    hasher: &Hasher,
    database: &Database,
) -> Result<Passwords, StartError> {
    let filters = password_filter::filters(config)?;
    let gate = foreign_hashes::gate(config)?;
    Passwords::start(hasher.clone(), gate, cores(), filters, database.clone())
        .map_err(StartError::System)
}

fn throttle(
    config: &Config,
    hasher: Hasher,
    database: &Database,
    clock: &Clock,
    secret: &Secret,
) -> Throttle {
    Throttle::new(
        database.clone(),
        clock.clone(),
        secret,
        throttle_settings(config),
        Box::new(move || overload(&hasher)),
    )
}

fn hasher(config: &Config) -> Result<Hasher, StartError> {
    let settings = hash::Settings {
        cost: config.hashing.cost,
        workers: config.hashing.workers,
        deadline: config.hashing.deadline,
    };
    Hasher::start_with(settings, engine(config)).map_err(StartError::Hashing)
}

/// Returns when a request should be retried, while the hasher is overloaded.
fn overload(hasher: &Hasher) -> Option<Duration> {
    match hasher.admits() {
        Err(HashError::Overloaded { retry_after }) => Some(retry_after),
        Ok(()) | Err(HashError::Failed) => None,
    }
}

const fn throttle_settings(config: &Config) -> throttle::Settings {
    throttle::Settings {
        limits: config.limits,
        captcha: config.captcha,
        hash_deadline: config.hashing.deadline,
    }
}

/// Without mail no email can be verified. Commands of the operator apply no lists of domains; the
/// server reads them when it starts.
fn policy(config: &Config) -> Policy {
    Policy {
        app_name: app_name(config),
        lifetime: Lifetime {
            idle: config.sessions.idle,
            max: config.sessions.max,
        },
        email_verification: match config.mail.mailer {
            Some(_) => config.mail.email_verification,
            None => EmailVerification::Off,
        },
        trusted_device: config.sessions.trusted_device,
        device_notices: config.mail.device_notices,
        email_log_in: config.mail.email_log_in,
        sign_up: config.sign_up.mode,
        event_retention: config.logging.event_retention,
        email_domains: EmailDomainPolicy::default(),
    }
}

/// Returns the name that users see: the app's own, else the host of its public URL.
fn app_name(config: &Config) -> String {
    let name = config.app.name.clone();
    name.or_else(|| config.server.public_host())
        .unwrap_or_else(|| branding(config).name)
}

/// Builds the mailer, if mail is configured.
pub fn mailer(config: &Config) -> Result<Option<Mailer>, StartError> {
    let mail = config.mail.mailer.as_ref();
    mail.map(|mail| {
        let public_url = config.server.public_url.as_deref();
        let invitation_url = config.sign_up.invitation_url.clone();
        let mailer = Mailer::new(mail, branding(config), public_url).map_err(StartError::Mail)?;
        Ok(mailer.with_invitation_url(invitation_url))
    })
    .transpose()
}

/// Without a public URL the issuer and the client are `daemun`.
fn issuer(config: &Config) -> Issuer {
    let unnamed = || String::from("daemun");
    let name = config.server.public_url.clone().unwrap_or_else(unnamed);
    Issuer {
        client_id: config.server.public_host().unwrap_or_else(unnamed),
        audience: config.tokens.audience.clone().unwrap_or(name.clone()),
        metadata_keys: config.tokens.metadata.clone(),
        name,
        key_age: config.tokens.key_age,
    }
}

/// Returns the bcrypt engine that the settings name.
pub(super) fn engine(config: &Config) -> hash::Engine {
    config
        .hashing
        .lanes
        .map_or(hash::Engine::Reference, hash::Engine::Lanes)
}

/// Returns the number of CPUs that the process may use at a time, by affinity and quota.
pub(super) fn cores() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
