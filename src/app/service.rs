//! Builds the service from the settings and a migrated database.

use std::thread;

use secrecy::ExposeSecret;
use tokio::sync::Notify;

use super::error::StartError;
use crate::{
    clock::{self, Clock},
    config::Config,
    domain::{credential::secret::Secret, modes::EmailVerification, session::Lifetime},
    hash::{self, Hasher},
    mail::Mailer,
    service::{Backlog, Captcha, Issuing, Judge, KeyRing, Parts, Service, Sightings, WaitingLines},
    store::{Db, tables::secrets},
};

/// The use cases over a migrated database, without a server: what the command line works with.
pub fn service(config: &Config, db: Db, clock: Clock) -> Result<Service, StartError> {
    let secret = secret(config, &db, &clock)?;
    let settings = hash::Settings {
        cost: config.hashing.cost,
        workers: config.hashing.workers,
        deadline: config.hashing.deadline,
    };
    let hasher = Hasher::start_with(settings, engine(config)).map_err(StartError::Hashing)?;
    let lifetime = Lifetime {
        idle: config.sessions.idle,
        max: config.sessions.max,
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
        hash_deadline: config.hashing.deadline,
        device_notices: config.mail.device_notices,
    }))
}

/// What sends mail, if the settings name a way.
pub fn mailer(config: &Config) -> Result<Option<Mailer>, StartError> {
    let mail = config.mail.outgoing.as_ref();
    mail.map(|mail| {
        Mailer::new(mail, config.server.public_url.as_deref()).map_err(StartError::Mail)
    })
    .transpose()
}

/// Without mail nobody could verify anything.
fn email_verification(config: &Config) -> EmailVerification {
    match config.mail.outgoing {
        Some(_) => config.mail.email_verification,
        None => EmailVerification::Off,
    }
}

/// Without a public address the issuer has a name of its own.
fn issuing(config: &Config) -> Issuing {
    let issuer = config
        .server
        .public_url
        .clone()
        .unwrap_or_else(|| String::from("daemun"));
    Issuing {
        audience: config.tokens.audience.clone().unwrap_or(issuer.clone()),
        issuer,
        key_age: config.tokens.key_age,
    }
}

/// The operator's secret, or the one that the first start made.
fn secret(config: &Config, db: &Db, clock: &Clock) -> Result<Secret, StartError> {
    match &config.server.secret {
        Some(text) => Ok(Secret::of_text(text.expose_secret())),
        None => db
            .write(|tx| secrets::get_or_insert(tx, &clock::random(), clock.now()))
            .map_err(StartError::from),
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
